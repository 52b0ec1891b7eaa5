"""Settings. What differs between machines comes from the environment, which is read here only."""

import ipaddress
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from homepage.secret_key import read_or_create_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name):
    value = os.environ.get(name, "0").lower()
    if value not in ("0", "1", "true", "false"):
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in ("1", "true")


def host(name, default):
    value = os.environ.get(name) or default
    if value == "localhost":
        return default
    try:
        return str(ipaddress.ip_address(value))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be an address such as 127.0.0.1 or 0.0.0.0, not {value!r}."
        ) from error


def port(name, default):
    value = os.environ.get(name, default)
    if not (value.isascii() and value.isdigit() and 0 < int(value[:6]) < 65536):
        raise ImproperlyConfigured(f"{name} must be a number from 1 to 65535, not {value!r}.")
    return int(value)


def folder(name, default):
    path = Path(os.environ.get(name) or default).absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} must name a folder that can be written: {error}"
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name} must name a folder that can be written, not {path}.")
    return path


def hosts(name, default):
    value = os.environ.get(name) or default
    names = [each.strip() for each in value.split(",")]
    if not all(re.fullmatch(r"[a-zA-Z0-9.-]+|\[[0-9a-f:]+\]", each) for each in names):
        raise ImproperlyConfigured(
            f"{name} must be host names such as www.example.jp,example.jp, not {value!r}."
        )
    return names


def is_of_this_machine(name):
    """Return whether a host name leads nowhere but to the machine that asks."""
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return name.lower() == "localhost"
    return address.is_loopback or address.is_unspecified


def networks(name, default):
    value = os.environ.get(name) or default
    try:
        found = [ipaddress.ip_network(each.strip()) for each in value.split(",")]
    except ValueError:
        found = []
    # A network of everybody names nobody.
    if not found or not all(each.prefixlen for each in found):
        raise ImproperlyConfigured(
            f"{name} must be addresses or networks such as 192.0.2.11,198.51.100.0/24, not {value!r}."
        )
    return found


def secret_key(name, path):
    try:
        key = os.environ.get(name) or read_or_create_secret_key(path)
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR must keep the secret key: {error}") from error
    if len(key) < 50:
        raise ImproperlyConfigured(f"{name} must have 50 characters or more, not {len(key)}.")
    return key


def media_storage(bucket, endpoint):
    """Return where pictures are kept: on this machine, or in the bucket of a storage that speaks S3."""
    name = os.environ.get(bucket)
    if not name:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    address = os.environ.get(endpoint) or None
    if address and not re.fullmatch(r"https?://[^/\s]+/?", address):
        raise ImproperlyConfigured(
            f"{endpoint} must be an address such as https://s3.example.jp, not {address!r}."
        )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": name, "endpoint_url": address, "file_overwrite": False},
    }


def mail_server(name, sender):
    """Return Django's settings of the mail server that the address names; without one, the console's.

    Passwords travel only encrypted: smtp:// begins so after a plain greeting (STARTTLS), smtps:// at once.
    """
    if not (url := os.environ.get(name)):
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    try:
        parts = urlsplit(url)
        address = parts.hostname, parts.port
    except ValueError:
        address = None, None
    is_whole = address[0] and parts.scheme in ("smtp", "smtps") and parts.path in ("", "/")
    if not is_whole or parts.query or parts.fragment:
        # The address itself is not repeated: it may hold a password.
        raise ImproperlyConfigured(
            f"{name} must be an address such as smtp://user:password@smtp.example.jp:587."
        )
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", os.environ.get(sender, "")):
        raise ImproperlyConfigured(f"{sender} must be an address such as homepage@example.jp.")
    is_tls_from_the_start = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": address[0],
        "EMAIL_PORT": address[1] or (465 if is_tls_from_the_start else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_tls_from_the_start,
        # On this machine nobody listens between, and its server has no certificate.
        "EMAIL_USE_TLS": not is_tls_from_the_start and address[0] not in ("localhost", "127.0.0.1"),
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": os.environ[sender],
    }


SQLITE, POSTGRESQL = "django.db.backends.sqlite3", "django.db.backends.postgresql"


def database(name, default):
    """Return the settings of the database that the address names, or of the default file."""
    config = {"ENGINE": SQLITE, "NAME": str(default), "CONN_MAX_AGE": 600}
    if url := os.environ.get(name):
        try:
            config = dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)
        except ValueError:
            config = {"ENGINE": None, "NAME": None}
    is_named = config["NAME"] and config["NAME"] != ":memory:" and "\0" not in config["NAME"]
    if not is_named or config["ENGINE"] not in (SQLITE, POSTGRESQL):
        # The address itself is not repeated: it may hold a password.
        raise ImproperlyConfigured(
            f"{name} must be an address such as postgres://user@host/name or sqlite:////path."
        )
    if config["ENGINE"] == SQLITE:
        # Readers go on while one writes, and a writer waits for the other instead of failing.
        config["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # A search reads all texts: in half the time where one fits into a page, which a new
            # database alone can be told, and in half of that from mapped memory.
            "init_command": "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL;"
            " PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 268435456;",
        }
    else:
        # Readers are not kept waiting for a machine that is away.
        config.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
    return config


# Whatever this process writes is for its own user alone: database, pictures, key.
os.umask(0o077)
DATA_DIR = folder("DATA_DIR", BASE_DIR / "var")
HOST = host("HOST", "127.0.0.1")
PORT = port("PORT", "8000")

DEBUG = flag("DEBUG")
SECRET_KEY = secret_key("SECRET_KEY", DATA_DIR / "secret_key")
ALLOWED_HOSTS = hosts(
    "ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{f'[{HOST}]' if ':' in HOST else HOST}"
)
# Plain HTTP is for this machine alone. What others can ask for they get by TLS, from a proxy in front.
SITE_NAMES = [each for each in ALLOWED_HOSTS if not is_of_this_machine(each)]
if not SITE_NAMES and not ipaddress.ip_address(HOST).is_loopback:
    raise ImproperlyConfigured(
        f"ALLOWED_HOSTS must name the site that HOST={HOST} opens to others."
    )
TLS = bool(SITE_NAMES)
TRUSTED_PROXIES = networks("TRUSTED_PROXIES", "127.0.0.1,::1")
SECURE_SSL_REDIRECT = TLS
# The site's own name, whatever name and port were asked for.
SECURE_SSL_HOST = SITE_NAMES[0].lstrip(".") if TLS else None
# Whoever keeps the machine, or a proxy, looks after the process itself.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if TLS else 0
# What else is served under the domain, and for how long browsers ship its name, its owner decides.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# A browser takes a name with __Host- from this very host by TLS only, so no neighbour can plant one. SameSite
# stays Lax: with Strict, whoever follows a link from a mail or a QR code would have to sign in anew.
COOKIE_PREFIX = "__Host-" if TLS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
CSRF_COOKIE_HTTPONLY = True
# In the session: a cookie of its own would have another name.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# What a public page may load and do. No nonce, since pages are kept; the desk's own is in middleware.py.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF],
        "form-action": [SELF],
        # No page asks for anything; programs that look at one from within read robots.txt.
        "connect-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": TLS,
    }
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "markdownx",
    "homepage",
    "homepage.accounts",
    "blog",
]

MIDDLEWARE = [
    # First, so that every answer passes through them: files, errors and redirects too.
    "homepage.middleware.ContentSecurityPolicy",
    "homepage.middleware.permissions_policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "homepage.middleware.method_not_allowed_page",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "homepage.middleware.note_served",
    "homepage.middleware.refuse_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "homepage.accounts.sessions.renew",
    # Tells the history who saved a version.
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "homepage.middleware.answer_hold",
]

ROOT_URLCONF = "homepage.urls"
WSGI_APPLICATION = "homepage.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "homepage.context_processors.site",
            ],
        },
    }
]

# Widgets look for their templates where pages do.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": database("DATABASE_URL", DATA_DIR / "site.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Attempts to sign in are counted in the database: neither a restart nor a second process forgets them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "throttle",
        # What is over goes with each attempt. A full cache would push out entries that still count.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

AUTH_USER_MODEL = "accounts.User"
# Signs in with the user's name, and keeps the throttle.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "account_login"
# Idle so long, one is signed out; the desk takes a new sign-in without losing its text.
SESSION_COOKIE_AGE = 8 * 60 * 60
ACCOUNT_ADAPTER = "homepage.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "homepage.accounts.forms.LoginForm"}
ACCOUNT_SIGNUP_ENABLED = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Nobody who has no account gets mail because somebody typed the address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Sessions end when they have been idle, not when the browser closes: on a phone it never does.
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Wrong passwords and codes: from an address; for an account, in a row and in a day. In a day fifty
# guesses at a code of six digits, of which three are right at a time, succeed once in 18 years.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key,50/d/key"}
MFA_ADAPTER = "homepage.accounts.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate": "homepage.accounts.forms.CodeForm",
    "reauthenticate": "homepage.accounts.forms.CodeOnceMoreForm",
    "login_webauthn": "homepage.accounts.forms.PasskeyLoginForm",
    "authenticate_webauthn": "homepage.accounts.forms.PasskeyForm",
    "reauthenticate_webauthn": "homepage.accounts.forms.PasskeyOnceMoreForm",
    "add_webauthn": "homepage.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "homepage.accounts.forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Whoever has a passkey has the phone and its owner's face, finger or number: two factors in one.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# An address is known by the invitation that reached it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1

# EMAIL_HOST and the others, by name.
globals().update(mail_server("EMAIL_URL", "EMAIL_FROM"))

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": media_storage("S3_BUCKET", "S3_ENDPOINT_URL"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A report of 200,000 characters is three times that in bytes, and more when it is sent as a form.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# Faults go to the console, where the service's journal keeps them. What strangers mistype does not.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
        # Whoever uploads a broken PDF is told; a line for each of its faults helps nobody.
        "pypdf": {"level": "CRITICAL"},
    },
}
