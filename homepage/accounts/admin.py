from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.utils.html import format_html

from homepage.log.models import Action, record

from .models import SECOND_FACTORS, Invitation, User
from .roles import Role

# Roles are these groups; what belongs to one account is on that account's own pages.
for model in (Group, EmailAddress, Authenticator, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

LAST_ADMINISTRATOR = "管理者が一人もいなくなるため、この変更はできません。"
HAS_ACCOUNT = "このメールアドレスの人は、すでに登録しています。"


class UserForm(forms.ModelForm):
    role = forms.ChoiceField(label="役割", choices=Role.choices)

    class Meta:
        labels = {"is_active": "ログインできる"}
        help_texts = {
            "is_active": "外すと、ログイン中の端末からもすぐにログアウトします。書いた報告や履歴は残ります。"
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.role is None:
            self.fields["role"].choices = [("", "選んでください"), *Role.choices]
        self.initial["role"] = self.instance.role

    def clean_email(self):
        email = self.cleaned_data["email"]
        others = User.objects.exclude(pk=self.instance.pk)
        if email and others.filter(email__iexact=email).exists():
            raise forms.ValidationError(HAS_ACCOUNT)
        return email

    def clean(self):
        cleaned = super().clean()
        # All of them, always in the same order: of two administrators who switch each other off
        # the second waits here, and then finds that nobody else is left.
        everybody = list(User.objects.order_by("pk").select_for_update().prefetch_related("groups"))
        stays = cleaned.get("is_active") and cleaned.get("role") == Role.ADMINISTRATOR
        if not stays and not any(
            user.is_active and user.role == Role.ADMINISTRATOR
            for user in everybody
            if user != self.instance
        ):
            raise forms.ValidationError(LAST_ADMINISTRATOR)
        return cleaned


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Accounts are made by invitation, and are switched off, not deleted: the history names them."""

    form = UserForm
    fields = ["username", "last_name", "first_name", "email", "role", "is_active"]
    readonly_fields = ["username"]
    list_display = ["name", "role", "factor", "is_active"]
    list_filter = ["groups", "is_active"]
    actions = ["allow_grace"]

    @admin.display(description="名前", ordering="username")
    def name(self, user):
        return user.name

    @admin.display(description="役割")
    def role(self, user):
        return user.role or "-"

    @admin.display(description="二段階の確認")
    def factor(self, user):
        has_one = any(each.type in SECOND_FACTORS for each in user.authenticator_set.all())
        return "設定済み" if has_one else "なし"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups", "authenticator_set")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, user=None):
        return False

    @admin.action(
        description="二段階の確認なしで、もう一度だけログインを認める", permissions=["change"]
    )
    def allow_grace(self, request, users):
        for user in users:
            record(Action.ROLE, f"{user.name}: 二段階の確認なしの一回を認めました", request)
        users.update(grace_taken_at=None)
        messages.success(
            request,
            "次の一回だけ、二段階の確認なしでログインできます。そのときに、パスキーか認証アプリを登録するよう、本人にお伝えください。",
        )

    def save_model(self, request, user, form, change):
        before = form.initial["email"]
        super().save_model(request, user, form, change)
        if not user.is_active:
            user.end_sessions()
        if "is_active" in form.changed_data:
            state = "ログインできる" if user.is_active else "ログインできない"
            record(Action.ROLE, f"{user.name}: {state}ようにしました", request)
        if "email" in form.changed_data and before:
            # Allauth's copies: with one of them the old address could still ask for a new password.
            EmailAddress.objects.filter(user=user).delete()
            get_adapter().send_mail("account/email/email_changed", before, {"user": user})

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if "role" in form.changed_data:
            before, role = form.initial["role"], form.cleaned_data["role"]
            form.instance.give_role(role)
            record(
                Action.ROLE, f"{form.instance.name}: {before or '役割なし'}から{role}へ", request
            )


class InvitationForm(forms.ModelForm):
    def clean_email(self):
        email = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(HAS_ACCOUNT)
        return email


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    form = InvitationForm
    fields = ["email", "role"]
    readonly_fields = ["link", "invited_by", "expires_at", "accepted_at"]
    list_display = ["email", "role", "state"]

    @admin.display(description="状態")
    def state(self, invitation):
        if invitation.accepted_at:
            return "登録済み"
        return "返事を待っています" if invitation.is_open else "期限が過ぎました"

    @admin.display(description="招待のリンク")
    def link(self, invitation):
        return invitation.link if invitation.is_open else "もう使えません。"

    def get_object(self, request, object_id, from_field=None):
        invitation = super().get_object(request, object_id, from_field)
        if invitation:
            invitation.link = request.build_absolute_uri(invitation.get_absolute_url())
        return invitation

    def get_fields(self, request, invitation=None):
        return [*self.fields, *self.readonly_fields] if invitation else self.fields

    def has_change_permission(self, request, invitation=None):
        return False

    def save_model(self, request, invitation, form, change):
        # Invited anew, somebody has one link that works: the newest.
        Invitation.objects.filter(email__iexact=invitation.email, accepted_at=None).delete()
        invitation.invited_by = request.user
        super().save_model(request, invitation, form, change)
        record(Action.ROLE, f"{invitation.email}を{invitation.role}として招待しました", request)
        address = request.build_absolute_uri(invitation.get_absolute_url())
        context = {"invitation": invitation, "address": address}
        get_adapter().send_mail("account/email/invitation", invitation.email, context)
        messages.success(
            request,
            format_html(
                "招待のメールを送ります。届かないときは、次のリンクを本人だけにお伝えください。一度だけ、7日以内に使えます。{}",
                address,
            ),
        )
