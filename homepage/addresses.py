"""What the addresses that an administrator chooses may look like."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

# Addresses that are, or will be, something else than a page.
RESERVED_SLUGS = {
    "accent", "accounts", "admin", "archive", "category", "feed", "front", "healthz",
    "media", "preview", "q", "qr", "robots", "search", "share-picture", "sitemap", "static", "tag",
}  # fmt: skip


SITE_ADDRESS = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:(?P<port>[1-9][0-9]{0,4}))?/?")

check_address_name = RegexValidator(
    r"\A[a-z][a-z0-9-]*\Z", "半角の英小文字で始め、英小文字・数字・ハイフンで入力してください。"
)


def check_site_address(value):
    """Raise ValidationError unless the value is scheme and host alone, in ASCII."""
    match = SITE_ADDRESS.fullmatch(value)
    if not match or int(match["port"] or 80) > 65535:
        raise ValidationError(
            "https:// から始まる、サイトの先頭のアドレスを半角の英小文字と数字で入力してください"
            "(例 https://mihon.example.jp)。"
        )


def check_slug_is_free(value):
    """Raise ValidationError where a page of this name would never be reached."""
    if value in RESERVED_SLUGS:
        raise ValidationError(
            f"「{value}」はサイトの別のページが使います。ほかの名前にしてください。"
        )
