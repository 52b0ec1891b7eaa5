"""The forms of the desk: they show what was written last, and overwrite nothing unseen."""

import uuid

from django import forms

from ..models import Post, WorkingCopy, check_published_at
from .content import FIELDS, at_desk, base_of, content_of, plain_lines

CONFLICT = (
    "別の画面で書き換えられていたため、まだ保存していません。どちらの文章も履歴に残っています。"
    "この文章で保存するときは、もう一度ボタンを押してください。"
)
MET = "保存が重なった文章"


def hidden():
    # A browser that comes back to the page must not fill in what was seen then.
    return forms.HiddenInput({"autocomplete": "off"})


class DeskForm(forms.ModelForm):
    """The form of a post: it shows the working copy, and knows what this desk has seen."""

    class Media:
        js = [forms.Script("js/desk.js", type="module")]

    # The post as it stands while it is saved; none where it is new, or the form has another fault.
    saved = None

    base = forms.CharField(required=False, widget=hidden())
    # The number of the report that a desk begins.
    desk = forms.UUIDField(required=False, widget=hidden())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound:
            return
        text = at_desk(self.instance)
        self.initial["base"] = base_of(text)
        if self.instance.pk:
            self.initial |= {name: getattr(text, name) for name in FIELDS}
        else:
            self.initial["desk"] = uuid.uuid4()

    def clean_body(self):
        return plain_lines(self.cleaned_data["body"])

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and not self.errors:
            # The lock lets two who save at once count one after the other.
            self.saved = post = Post.objects.select_for_update().get(pk=self.instance.pk)
            text = WorkingCopy(**{name: cleaned[name] for name in FIELDS})
            if cleaned["base"] and overwrites(post, text, [cleaned["base"]]):
                keep_both(post, text, self.user)
                self.data = self.data.copy()
                self.data[self.add_prefix("base")] = base_of(at_desk(post))
                self.add_error("body", CONFLICT)
        return cleaned


class AutosaveForm(forms.ModelForm):
    """What a desk sends while somebody is writing; a text need not be finished."""

    class Meta:
        model = WorkingCopy
        fields = [*FIELDS, "token"]

    post = forms.IntegerField(required=False)
    desk = forms.UUIDField(required=False)
    # The names of the texts that this desk has seen, and of those whose receipt it has not.
    seen = forms.CharField(required=False)

    def clean_published_at(self):
        if moment := self.cleaned_data["published_at"]:
            check_published_at(moment)
        return moment

    def clean_seen(self):
        return self.cleaned_data["seen"].split()

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("post") and not cleaned.get("desk"):
            raise forms.ValidationError("どの報告の文章か、分かりません。")
        return cleaned


def overwrites(post, text, seen):
    """Return whether writing the text would take away what its desk has not seen."""
    present = at_desk(post)
    return base_of(present) not in seen and content_of(present) != content_of(text)


def keep_both(post, text, user):
    """Keep in the history a text that was refused, and the working copy that it met."""
    copy = getattr(post, "working_copy", None)
    for each, who in [(copy, copy and copy.saved_by), (text, user)]:
        if not each:
            continue
        known = post.revisions.filter(title=each.title, body=each.body)
        # Of a desk that tries again and again, one is enough.
        if content_of(each) not in map(content_of, known):
            post.keep_revision(each, who, MET)
