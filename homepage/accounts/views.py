import re

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.views import deactivate_totp
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from homepage.log.models import Action, record

from .forms import NewAccountForm
from .models import SIGNER, Invitation, User


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, token):
    """Make the account that somebody is invited to, and sign in."""
    if request.user.is_authenticated:
        return render(request, "account/invitation_signed_in.html", status=409)
    try:
        with transaction.atomic():
            invited = open_invitation(token)
            if invited is None:
                return render(request, "account/invitation_closed.html", status=410)
            form = NewAccountForm(request.POST or None, invitation=invited)
            if not form.is_valid():
                return render(
                    request, "account/invitation.html", {"form": form, "invitation": invited}
                )
            user = form.save()
            record(Action.ROLE, f"招待を受けて登録しました: {user.role}", request, user)
    except IntegrityError:
        # Somebody else took the user name in this very moment: asked again, the form says so.
        return redirect(request.path)
    credentials = {"username": user.username}
    return perform_password_login(request, credentials, Login(user=user, signup=True))


def open_invitation(token):
    """Return the invitation of an address, locked, or None where it is over or was never one."""
    try:
        number = SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    invited = Invitation.objects.select_for_update().filter(pk=number).first()
    if invited is None or not invited.is_open:
        return None
    has_account = User.objects.filter(email__iexact=invited.email).exists()
    return None if has_account else invited


class RemovePasskeyView(RemoveWebAuthnView):
    def form_valid(self, form):
        """Remove it, unless it is the second factor that somebody must have."""
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        return super().form_valid(form)


def one_at_a_time(view):
    """Of two factors removed at once, the second would not see that it is the last."""

    @login_required
    def wrapped(request, **kwargs):
        with transaction.atomic():
            User.objects.select_for_update().get(pk=request.user.pk)
            return view(request, **kwargs)

    return wrapped


remove_passkey = one_at_a_time(RemovePasskeyView.as_view())
remove_app = one_at_a_time(deactivate_totp)


@login_required
@never_cache
@require_POST
def recovery_codes_file(request):
    """Send back as a file the codes of the page that has just shown them: the site shows them once."""
    codes = re.findall(r"[0-9]+", request.POST.get("codes", "")[:200])
    response = HttpResponse("\n".join([*codes, ""]), content_type="text/plain")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response
