"""Settings, all of them, read from the environment.

Every variable has a default that serves the demo district on one machine; ``docs/operating.md``
lists them. Nothing secret stands here: the secret key is taken from the environment, or made once
and kept in the data folder.
"""

import os
import secrets
import sys
from datetime import date
from pathlib import Path

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

django_stubs_ext.monkeypatch()


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


PACKAGE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("GONGYU_HOME", PACKAGE_DIR.parent / "var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)

DEBUG = _flag("GONGYU_DEBUG", False)
DEMO = _flag("GONGYU_DEMO", False)
DISTRICT_NAME = os.environ.get("GONGYU_DISTRICT", "大兴区")
# A fixed day for demonstrations and tests; empty means the clock.
FIXED_DATE = (
    date.fromisoformat(os.environ["GONGYU_DATE"]) if os.environ.get("GONGYU_DATE") else None
)
TIANDITU_KEY = os.environ.get("GONGYU_TIANDITU_KEY", "")


def _secret_key() -> str:
    if key := os.environ.get("GONGYU_SECRET_KEY"):
        return key
    path = HOME / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("GONGYU_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_FAILURE_VIEW = "gongyu.core.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("GONGYU_TRUSTED_ORIGINS", "").split(",") if o]
HTTPS = _flag("GONGYU_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 12
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [] if HTTPS else ["security.W004", "security.W008"]

INSTALLED_APPS = [
    "gongyu.core",
    "gongyu.places",
    "gongyu.accounts",
    "gongyu.notices",
    "gongyu.families",
    "gongyu.publishing",
    "gongyu.exchange",
    "gongyu.governance",
    "gongyu.home",
    "gongyu.demo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_cotton",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
    "rules",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gongyu.accounts.middleware.WorkspaceMiddleware",
    "gongyu.core.middleware.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "gongyu.config.urls"
WSGI_APPLICATION = "gongyu.config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gongyu.core.context.shell",
                "gongyu.home.navigation.shell",
                *(["gongyu.demo.context.people"] if DEMO else []),
            ],
            "builtins": ["gongyu.core.templatetags.gongyu"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{HOME / 'gongyu.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Several processes share the file: take the write lock at BEGIN and wait for it, or a
    # transaction that reads before it writes fails at once with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-65536;"
        ),
    }
    # Threads and processes of a test share one file too; an in-memory database would hide races.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "gongyu.accounts.backends.PhoneOrNameBackend",
    "rules.permissions.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home:today"
LOGOUT_REDIRECT_URL = "home:front"

# Five wrong passwords for one name from one address: wait fifteen minutes.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "password"]

# An order without an answer: a reminder after so many days, back to the pool after so many.
REMIND_AFTER_DAYS = int(os.environ.get("GONGYU_REMIND_AFTER_DAYS", "3"))
RETURN_AFTER_DAYS = int(os.environ.get("GONGYU_RETURN_AFTER_DAYS", "5"))
# An objection is talked over within so many days, a visit rated and a call-back made within so many
# more; one visit in so many is drawn for a call-back (0: none).
CONFER_WITHIN_DAYS = int(os.environ.get("GONGYU_CONFER_WITHIN_DAYS", "5"))
RATE_WITHIN_DAYS = int(os.environ.get("GONGYU_RATE_WITHIN_DAYS", "14"))
REVISIT_WITHIN_DAYS = int(os.environ.get("GONGYU_REVISIT_WITHIN_DAYS", "14"))
REVISIT_ONE_IN = int(os.environ.get("GONGYU_REVISIT_ONE_IN", "10"))
# Whose turn it is in the line for a full session: so long the unit may take to answer.
QUEUE_HOURS = int(os.environ.get("GONGYU_QUEUE_HOURS", "48"))
# A school is asked whether a visit was of use after so many weeks.
EFFECT_AFTER_WEEKS = int(os.environ.get("GONGYU_EFFECT_AFTER_WEEKS", "12"))
# Calling off a visit with fewer school days than these ahead needs a reason, and is recorded.
NOTICE_SCHOOL_DAYS = int(os.environ.get("GONGYU_NOTICE_SCHOOL_DAYS", "3"))

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "ENQUEUE_ON_COMMIT": False,
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文"))]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["gongyu.config.formats"]

STATIC_URL = "static/"
STATICFILES_DIRS = [PACKAGE_DIR / "static"]
STATIC_ROOT = HOME / "static"
_collected = STATIC_ROOT.exists() and not DEBUG and "pytest" not in sys.modules
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if _collected
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not _collected
MEDIA_ROOT = HOME / "media"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"] + (["https://*.tianditu.gov.cn"] if TIANDITU_KEY else []),
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("GONGYU_LOG", "WARNING")},
}
