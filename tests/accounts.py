"""Signing in without a browser, as the tests of accounts need it."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value


def sign_in(client, user, password="himitsu-no-kotoba", **fields):
    fields = {"login": user.username, "password": password} | fields
    return client.post("/accounts/login/", fields)


def add_app(user):
    """Give somebody an authenticator app, and return the recovery codes that come with it."""
    TOTP.activate(user, generate_totp_secret())
    return RecoveryCodes.activate(user).generate_codes()


def code_of(user):
    """Return what the app of somebody shows now."""
    secret = user.authenticator_set.get(type="totp").data["secret"]
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
