from contextlib import contextmanager

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.utils import timezone

from homepage.log.models import Action, record

from .adapters import end_with_grace
from .models import User

UNREADABLE_PASSKEY = (
    "パスキーを確かめられませんでした。もう一度お試しになるか、ほかの方法でログインしてください。"
)
KEY_NAME = forms.CharField(
    label="名前",
    max_length=50,
    required=False,
    help_text="どの端末のものか、あとで見分けるための名前です。",
)


class LoginForm(AllauthLoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "ユーザー名"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def login(self, request, redirect_url=None):
        response = super().login(request, redirect_url)
        # Allauth has just given the session its ordinary life.
        end_with_grace(request)
        return response


class NewAccountForm(forms.ModelForm):
    """The account that an invitation makes."""

    password = forms.CharField(
        label="パスワード",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html(),
    )

    class Meta:
        model = User
        fields = ["last_name", "first_name", "username"]

    def __init__(self, *args, invitation, **kwargs):
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.instance.email = invitation.email
        self.fields["last_name"].required = self.fields["first_name"].required = True
        self.fields[
            "username"
        ].help_text = "ログインのときに入力します。半角の英数字と @ . + - _ が使えます。"
        self.fields["username"].widget.attrs["autocomplete"] = "username"

    def clean_username(self):
        # Signing in does not tell capitals from small letters, so two names must not either.
        return get_adapter().clean_username(self.cleaned_data["username"])

    def clean(self):
        cleaned = super().clean()
        if password := cleaned.get("password"):
            for name in self.Meta.fields:
                setattr(self.instance, name, cleaned.get(name, ""))
            try:
                validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def save(self):
        """Make the account with the role of the invitation, which is then used up."""
        user = super().save(commit=False)
        user.set_password(self.cleaned_data["password"])
        user.save()
        user.give_role(self.invitation.role)
        self.invitation.accepted_at = timezone.now()
        self.invitation.save()
        return user


# Second factors.


class TellsOfCodes:
    """The log is told of wrong codes, and whoever uses a recovery code how many are left."""

    def clean_code(self):
        try:
            return super().clean_code()
        except forms.ValidationError:
            record(Action.REFUSED, "コードが違います", context.request, self.user)
            raise

    def save(self):
        super().save()
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            # The code was crossed out on a copy, under a lock.
            self.authenticator.refresh_from_db()
            left = len(self.authenticator.wrap().get_unused_codes())
            get_adapter().send_notification_mail(
                "mfa/email/recovery_code_used", self.user, {"left": left}
            )


class CodeForm(TellsOfCodes, AuthenticateForm):
    pass


class CodeOnceMoreForm(TellsOfCodes, ReauthenticateForm):
    pass


class ReadsPasskey:
    """What a browser sends of a passkey; whatever else is sent is refused in a sentence."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        credential = self.fields["credential"]
        credential.error_messages = dict.fromkeys(["required", "invalid"], UNREADABLE_PASSKEY)

    def clean_credential(self):
        with refuse_nonsense():
            return super().clean_credential()


@contextmanager
def refuse_nonsense():
    """Allauth and its library take what is sent apart, and stumble in many ways where it is wrong."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise forms.ValidationError(UNREADABLE_PASSKEY) from error


class PasskeyLoginForm(ReadsPasskey, LoginWebAuthnForm):
    pass


class PasskeyForm(ReadsPasskey, AuthenticateWebAuthnForm):
    pass


class PasskeyOnceMoreForm(ReadsPasskey, ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey signs in by itself unless somebody takes the tick away."""

    name = KEY_NAME
    passwordless = forms.BooleanField(
        label="これだけでログインできるようにする",
        initial=True,
        required=False,
        help_text="ふつうは、このままにします。古いセキュリティキーで登録できないときだけ、外してお試しください。",
    )

    def clean(self):
        with refuse_nonsense():
            return super().clean()


class RenamePasskeyForm(EditWebAuthnForm):
    name = forms.CharField(label="名前", max_length=50, help_text=KEY_NAME.help_text)
