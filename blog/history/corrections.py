"""What is asked before a report that citizens can read says something else."""

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from ..models import Post, shorten
from ..rendering import render
from .models import Correction

TYPO, CORRECTION = "typo", "correction"
CHOICES = [
    (
        TYPO,
        format_html(
            "<span><b>{}</b> {}</span>", "誤字の修正", "内容は同じです。ページには何も出ません。"
        ),
    ),
    (
        CORRECTION,
        format_html(
            "<span><b>{}</b> {}</span>",
            "訂正・追記",
            "内容が変わります。次の一文が、日付と直したところと一緒に、報告の下に出ます。",
        ),
    ),
]
CHOOSE = "どちらかを選んで、もう一度「更新する」を押してください。"
NO_SENTENCE = "何を直したか、または書き足したかを、一文で書いてください。"


class CorrectionForm(forms.ModelForm):
    """The form of a post that asks what kind of change it is, where citizens would read other words.

    Needs `saved`, the locked post as it stands (desk/forms.py): of two equal forms that are sent at
    once, the second changes nothing any more.
    """

    change = forms.ChoiceField(choices=CHOICES, required=False, widget=forms.RadioSelect)
    correction_sentence = forms.CharField(
        label="読む人に伝える一文(訂正・追記のとき)",
        required=False,
        max_length=Correction._meta.get_field("sentence").max_length,
        help_text="例 参加者の数を「102名」から「112名」に改めました。",
    )

    correction = None
    asks_about_change = False

    def clean_correction_sentence(self):
        sentence = Correction._meta.get_field("sentence")
        return sentence.to_python(self.cleaned_data["correction_sentence"])

    def clean(self):
        cleaned = super().clean()
        # Beside another fault, an answer is shown again and not asked for twice.
        self.asks_about_change = bool(self["change"].value())
        if not self.errors and self.saved and self.saved.is_public and self._stays_public():
            before = words_of(self.saved.title, self.saved.body)
            after = words_of(cleaned["title"], cleaned["body"])
            if before != after:
                self._clean_change(before, after)
        return cleaned

    @property
    def is_otherwise_valid(self):
        """Whether nothing but an answer is missing."""
        return self.errors.keys() <= CorrectionForm.declared_fields.keys()

    def _stays_public(self):
        moment = self.cleaned_data["published_at"] or timezone.now()
        # Who may not publish is not asked for it.
        is_published = self.cleaned_data.get("status") == Post.Status.PUBLISHED
        return is_published and moment <= timezone.now()

    def _clean_change(self, before, after):
        self.asks_about_change = True
        change, sentence = self.cleaned_data["change"], self.cleaned_data["correction_sentence"]
        if not change:
            self.add_error("change", CHOOSE)
        elif change == TYPO:
            self.instance._change_reason = "誤字の修正"
        elif not sentence:
            self.add_error("correction_sentence", NO_SENTENCE)
        else:
            self.instance._change_reason = shorten(f"訂正・追記: {sentence}", 100)
            self.correction = Correction(
                post=self.instance, sentence=sentence, before=before, after=after
            )

    def save_correction(self):
        """Save what citizens are told, if anything, in the transaction that saves the post."""
        if self.correction:
            # The post has raised the edition already.
            Correction._base_manager.bulk_create([self.correction])


def words_of(title, body):
    """Return the words that citizens read of a text; how they are set, links and photos are none."""
    return f"{Post._meta.get_field('title').to_python(title)}\n{render(body).text}"
