"""All settings, read from the environment. Every variable is described in docs/operations.md."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes"}


def _list(name: str, default: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def _secret_key() -> str:
    """The signing key from SECRET_KEY, or from the file `init_secrets` made."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    if (path := VAR_DIR / "secret_key").exists():
        return path.read_text().strip()
    # Empty: commands that sign nothing run all the same, whatever signs refuses. `init_secrets` makes the file.
    return "only-for-development" if DEBUG else ""


# Where this instance keeps what it makes: keys, the SQLite file, print files.
VAR_DIR = Path(os.environ.get("GI_TRACE_VAR", BASE_DIR / "var"))
DEBUG = _flag("DEBUG")
SECRET_KEY = _secret_key()

# The address printed in every QR code; it must never change once labels are on packs.
BASE_URL = os.environ.get("GI_TRACE_BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", f"{urlsplit(BASE_URL).hostname},localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE = BASE_URL.startswith("https://")

LEDGER_ORIGIN = os.environ.get("GI_TRACE_LEDGER_ORIGIN", "gi-trace.local/log")
# New entries are refused when less is left on the disk, so that what was taken in can still be sequenced and signed.
RESERVE_BYTES = int(os.environ.get("GI_TRACE_RESERVE_MB", "64")) * 1_000_000
# What `ledger_check` asks about the business tables: the log itself knows none of them.
LEDGER_COMPARISON = "products.coverage"
LEDGER_KEY_FILE = Path(os.environ.get("GI_TRACE_LEDGER_KEY_FILE", VAR_DIR / "ledger.key"))
# Keys of second signatures on checkpoints. Empty: no such line. `ledger_key` makes the files.
LEDGER_SM2_KEY_FILE = os.environ.get("GI_TRACE_LEDGER_SM2_KEY_FILE", "")
LEDGER_MLDSA_KEY_FILE = os.environ.get("GI_TRACE_LEDGER_MLDSA_KEY_FILE", "")
# Which witnesses are asked to cosign our checkpoints; and the key this server witnesses other logs with.
LEDGER_POLICY_FILE = Path(os.environ.get("GI_TRACE_LEDGER_POLICY_FILE", VAR_DIR / "ledger-policy"))
WITNESS_KEY_FILE = Path(os.environ.get("GI_TRACE_WITNESS_KEY_FILE", VAR_DIR / "witness.key"))
WITNESS_NAME = os.environ.get("GI_TRACE_WITNESS_NAME", f"{LEDGER_ORIGIN}/witness")
# Anchors: an Ethereum node, our contract there and the account that pays; a time-stamp authority and whom we trust for it.
CHAIN_URL = os.environ.get("GI_TRACE_CHAIN_URL", "")
CHAIN_CONTRACT = os.environ.get("GI_TRACE_CHAIN_CONTRACT", "")
CHAIN_KEY_FILE = os.environ.get("GI_TRACE_CHAIN_KEY_FILE", "")
CHAIN_CONFIRMATIONS = int(os.environ.get("GI_TRACE_CHAIN_CONFIRMATIONS", "12"))
TSA_URL = os.environ.get("GI_TRACE_TSA_URL", "")
TSA_CERTIFICATES = os.environ.get("GI_TRACE_TSA_CERTIFICATES", "")
ANCHOR_EVERY = int(os.environ.get("GI_TRACE_ANCHOR_EVERY", "3600"))
# One Fernet key a line; the first encrypts, all decrypt, so that keys can be rotated.
FIELD_KEYS_FILE = Path(os.environ.get("GI_TRACE_FIELD_KEYS_FILE", VAR_DIR / "field_keys"))
# A header, set by a proxy you run, with the visitor's GB/T 2260 prefecture code. Empty: region unknown.
REGION_HEADER = os.environ.get("GI_TRACE_REGION_HEADER", "")
# A header, set by a proxy you run, with the visitor's address. Empty: the address of the connection.
ADDRESS_HEADER = os.environ.get("GI_TRACE_ADDRESS_HEADER", "")
NINJA_NUM_PROXIES = 1 if ADDRESS_HEADER else 0
# Release a batch only with every indicator of its standard tested.
REQUIRE_LAB = _flag("GI_TRACE_REQUIRE_LAB")
IS_DEMO = _flag("GI_TRACE_DEMO")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_linear_migrations",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "ninja",
    "products",
    "ledger",
]
FIRST_PARTY_APPS = ["products", "ledger"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gi_trace.middleware.RequestLog",
    "gi_trace.middleware.NoNulls",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gi_trace.middleware.LanguageLink",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gi_trace.middleware.Idempotency",
    "gi_trace.middleware.Refusals",
]

ROOT_URLCONF = "gi_trace.urls"
WSGI_APPLICATION = "gi_trace.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gi_trace.context.site",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", f"sqlite:///{VAR_DIR / 'gi-trace.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: writers queue at BEGIN instead of failing at their first write.
    # FULL: what was acknowledged survives a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
    }
    # A file, not memory: several connections and processes must see it.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
elif suffix := os.environ.get("PGTEST_SUFFIX"):
    DATABASES["default"]["TEST"] = {"NAME": f"test_gi_trace_{suffix}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "products.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "products" / "locale"]
FORMAT_MODULE_PATH = "gi_trace.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # shown; stored as UTC

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG or not (STATIC_ROOT / "staticfiles.json").exists():
    # Before `collectstatic` has run, files are served from where they are written, without hashed names.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False  # TLS ends at the gateway
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "gi_trace.logging.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "propagate": False},
        "django.request": {"level": "ERROR"},
    },
}
