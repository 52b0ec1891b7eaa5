"""The addresses of signing in: those of allauth that this site needs, and invitations."""

from allauth.account import views as account
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from . import views

to_password_change = RedirectView.as_view(pattern_name="account_change_password")
to_factors = RedirectView.as_view(pattern_name="mfa_index")

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[0-9A-Za-z-]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # Where allauth sends whoever has no password.
    path(
        "password/set/",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="account_set_password",
    ),
    # Allauth's pages name it; accounts are made by invitation.
    path("signup/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("sessions/", include("allauth.usersessions.urls")),
    # In place of allauth's own: the passkeys are listed with the other factors …
    path("factors/webauthn/", to_factors),
    # … and the last factor stays.
    path("factors/webauthn/keys/<int:pk>/remove/", views.remove_passkey),
    path("factors/totp/deactivate/", views.remove_app),
    path("factors/recovery-codes/file/", views.recovery_codes_file, name="recovery_codes_file"),
    path("factors/", include("allauth.mfa.urls")),
]
