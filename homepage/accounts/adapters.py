"""What this site decides about signing in, where allauth asks."""

import datetime
import time
from functools import partial

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from homepage.log.models import Action, record
from homepage.models import Profile
from homepage.qr import drawing

from . import devices, sessions
from .delivery import deliver
from .models import SECOND_FACTORS, ThrottleEntry

WRONG_CODE = "コードが違います。新しいコードを確かめて、もう一度入力してください。"
# The order in which somebody is asked to prove once more who it is.
WAYS_TO_PROVE = {
    "mfa_reauthenticate:webauthn": "パスキーで確かめる",
    "mfa_reauthenticate": "認証アプリか復旧コードで確かめる",
    "reauthenticate": "パスワードで確かめる",
}

WAYS = {
    "password": "パスワード",
    "webauthn": "パスキー",
    "totp": "認証アプリ",
    "recovery_codes": "復旧コード",
}
# What the log says of the changes that their owner gets a mail about.
CHANGES = {
    "account/email/password_changed": "パスワードを変えました",
    "account/email/password_reset": "パスワードを忘れたため、変えました",
    "mfa/email/totp_activated": "認証アプリを登録しました",
    "mfa/email/totp_deactivated": "認証アプリを外しました",
    "mfa/email/webauthn_added": "パスキーを登録しました",
    "mfa/email/webauthn_removed": "パスキーを外しました",
    "mfa/email/recovery_codes_generated": "復旧コードを作りなおしました",
    "mfa/email/recovery_code_used": "復旧コードを使いました",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "ユーザー名かパスワードが違います。",
        "too_many_login_attempts": (
            "続けて失敗したため、しばらく受け付けません。時間をおいて、もう一度お試しください。"
            "パスキーを登録してあれば、いまもパスキーでログインできます。"
        ),
        "incorrect_password": "パスワードが違います。",
        "enter_current_password": "いまのパスワードが違います。",
        "username_taken": "このユーザー名は、すでに使われています。ほかの名前にしてください。",
        "rate_limited": "続けて失敗したため、しばらく受け付けません。時間をおいて、もう一度お試しください。",
    }

    def is_safe_url(self, url):
        """Return whether to lead there after signing in: only to pages of this site, by path."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    # The throttle.

    def pre_authenticate(self, request, **credentials):
        ThrottleEntry.objects.over().delete()
        super().pre_authenticate(request, **credentials)

    def _get_login_attempts_cache_key(self, request, **credentials):
        # Allauth's own begins with the Host header, whose port a stranger is free to count up.
        return credentials.get("username", "").lower()

    # A sign-in, step by step.

    def pre_login(self, request, user, **kwargs):
        """Refuse whoever has had the one sign-in without a second factor."""
        refusal = super().pre_login(request, user, **kwargs)
        if refusal is None and user.lacks_second_factor():
            if not user.take_grace():
                record(Action.REFUSED, "二段階の確認がありません", request, user)
                return render(request, "account/second_factor_missing.html", status=403)
            request.is_in_grace = True
        return refusal

    def authentication_failed(self, request, **credentials):
        record(Action.REFUSED, f"パスワードが違います: {credentials.get('username', '')}", request)

    def login(self, request, user):
        super().login(request, user)
        sessions.begin(request.session)
        record(Action.SIGNED_IN, way_of_sign_in(request, user), request, user)
        if hasattr(request, "is_in_grace"):
            until = timezone.now() + datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
            request.session["grace_until"] = until.isoformat()
            end_with_grace(request)

    def post_login(self, request, user, *, signup, **kwargs):
        response = super().post_login(request, user, signup=signup, **kwargs)
        if hasattr(request, "is_in_grace"):
            response = redirect("mfa_index")
        if not devices.is_known(request, user):
            devices.remember(request, response, user)
            if not signup:
                self.send_notification_mail("account/email/new_device", user)
        # Whoever only looks at the page of signing in leaves one behind too.
        Session.objects.filter(expire_date__lt=timezone.now()).delete()
        return response

    # Proving once more who it is, before a change that matters.

    def is_reauthentication_required(self, **kwargs):
        """Return whether the last proof is too old. A sign-in of a moment ago is one."""
        records = get_authentication_records(self.request, self.request.user)
        age = time.time() - max((record["at"] for record in records), default=0)
        return age > app_settings.REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user):
        """Return the ways, the best first. Whoever has a second factor proves it with that."""
        offered = {way["id"]: way for way in super().get_reauthentication_methods(user)}
        if len(offered) > 1:
            offered.pop("reauthenticate", None)
        return [
            offered[way] | {"description": words}
            for way, words in WAYS_TO_PROVE.items()
            if way in offered
        ]

    # Mail.

    def format_email_subject(self, subject):
        profile = Profile.objects.current()
        return f"【{profile.name}のサイト】{subject}" if profile else subject

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        if template_prefix in CHANGES:
            record(Action.ACCOUNT, CHANGES[template_prefix], self.request, user)
        about = {
            "user": user,
            "device": devices.device_name(self.get_http_user_agent(self.request)),
        }
        super().send_notification_mail(
            template_prefix, user, about | (context or {}), email or user.email
        )

    def send_mail(self, template_prefix, email, context):
        about = {"profile": Profile.objects.current(), "email": email}
        message = self.render_mail(template_prefix, email, about | context)
        transaction.on_commit(partial(deliver, message))


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": (
            "公開できる人には、パスキーか認証アプリが必要です。外す前に、別のものを登録してください。"
        ),
        "cannot_generate_recovery_codes": "先に、パスキーか認証アプリを登録してください。",
        "incorrect_code": WRONG_CODE,
    }

    def can_delete_authenticator(self, authenticator):
        """Return whether enough is left: whoever may publish keeps a second factor."""
        user = authenticator.user
        others = user.authenticator_set.filter(type__in=SECOND_FACTORS).exclude(pk=authenticator.pk)
        return (
            authenticator.type == Authenticator.Type.RECOVERY_CODES
            or others.exists()
            or not user.must_have_second_factor
        )

    def get_totp_issuer(self):
        profile = Profile.objects.current()
        return f"{profile.name} サイト管理" if profile else super().get_totp_issuer()

    def build_totp_svg(self, url):
        """Return the site's own drawing, to stand in the page: no picture in an address is needed."""
        return format_html(drawing.SVG, *drawing.outline(url))

    def generate_authenticator_name(self, user, type):
        """Return the name that a passkey gets where its owner gives it none."""
        return devices.device_name(context.request.headers.get("User-Agent", ""))


def way_of_sign_in(request, user):
    """Return in words by what somebody has just proved who it is: パスワード・認証アプリ."""
    used = [
        record.get("type", record["method"]) for record in get_authentication_records(request, user)
    ]
    return "・".join(dict.fromkeys(WAYS[each] for each in used if each in WAYS))


def end_with_grace(request):
    """Have a session that lacks the second factor end at its moment, which no use puts off."""
    if until := request.session.get("grace_until"):
        request.session.set_expiry(datetime.datetime.fromisoformat(until))
