"""What the writer is asked before a report goes that citizens can read."""

from django import forms

from homepage.log.models import Action
from homepage.trash_admin import TrashForm

from .models import Withdrawal

NOTICE, NOTHING = "notice", "nothing"


class WithdrawalForm(TrashForm):
    left = forms.ChoiceField(
        label="ページに残すもの",
        choices=[
            (NOTICE, "お知らせを残す(取り下げたことと、その理由)"),
            (NOTHING, "何も残さない"),
        ],
        initial=NOTICE,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="取り下げの理由",
        required=False,
        max_length=Withdrawal._meta.get_field("reason").max_length,
        help_text="一文で。例 会場の名前に誤りがあったため。",
    )

    def __init__(self, posts, data=None):
        super().__init__(posts, data)
        self.public = [post for post in posts if post.is_public]
        if not self.public:
            # Nobody has an address where nothing ever stood.
            self.fields.clear()

    def clean_reason(self):
        return Withdrawal._meta.get_field("reason").to_python(self.cleaned_data["reason"])

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("left") == NOTICE and cleaned.get("reason") == "":
            self.add_error("reason", "お知らせに出す理由を、一文で書いてください。")
        return cleaned

    def trash(self, post):
        if post not in self.public:
            return super().trash(post)
        is_told = self.cleaned_data["left"] == NOTICE
        post.withdraw(self.cleaned_data["reason"] if is_told else "")
        return Action.WITHDRAWN
