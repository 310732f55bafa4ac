"""Settings, read from the environment; the names are those of the README."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG: bool = env.bool("DEBUG", default=False)
# The sandbox serves plain HTTP on loopback; nothing else about it differs from production.
SANDBOX: bool = env.bool("SANDBOX", default=False)

MIN_SECRET_KEY_LENGTH = 50
MIN_SECRET_KEY_CHARACTERS = 5


def read_secret_key() -> str:
    key: str = env.str("SECRET_KEY", default="insecure-" + "debug" * 10 if DEBUG else "")
    weak = (
        len(key) < MIN_SECRET_KEY_LENGTH
        or len(set(key)) < MIN_SECRET_KEY_CHARACTERS
        or key.startswith(("insecure-", "django-insecure-"))
    )
    if weak and not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing or weak:"
            f" set at least {MIN_SECRET_KEY_LENGTH} random characters."
        )
    return key


SECRET_KEY = read_secret_key()
# Former keys: what they signed still counts.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "energysys.apps.EnergysysConfig",
    "accounts",
    "assets",
    "incidents",
    "transparency",
    "simulation",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "energysys.apps.Statics",
    "energysys.apps.LoginLocks",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "energysys.requests.RequestIdMiddleware",
    "energysys.requests.PageCompressionMiddleware",
    "transparency.epias.middleware.PlatformErrors",
    "energysys.limits.LimitHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "energysys.preferences.ClockMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "csp.middleware.CSPMiddleware",
    "energysys.bodies.WholeBodyMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.tenancy.TenantMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "energysys.htmx.HtmxResponseMiddleware",
    "energysys.errors.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "energysys.urls"
WSGI_APPLICATION = "energysys.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.i18n",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["lucide.templatetags.lucide"],
        },
    },
]


# A host that is gone does not even refuse: notice it in seconds, not in the system's minutes.
NO_LONG_SILENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}


# `default` is the application role: row-level security holds for it and it owns nothing.
# `owner` is the role that migrates; nothing but `manage.py migrate` connects as it.
def read_database(url_name: str, default: str) -> dict[str, Any]:
    database: dict[str, Any] = env.db(url_name, default=default)
    database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    database["OPTIONS"] = NO_LONG_SILENCE | database.get("OPTIONS", {})
    return database


DATABASE_URL = "postgres://energysys_app@127.0.0.1/energysys"
DATABASES = {
    "default": read_database("DATABASE_URL", DATABASE_URL),
    "owner": read_database("DATABASE_OWNER_URL", env.str("DATABASE_URL", default=DATABASE_URL)),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

# Answers of the hourly series and sums of pages by the version of what they show, at most some
# megabytes in each process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": 300,
        "OPTIONS": {"MAX_ENTRIES": 12},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.PersonBackend",
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
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "accounts:login"

# A lock per user name *and* address: a stranger cannot lock a colleague out from elsewhere.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
PROXY_COUNT: int = env.int("PROXY_COUNT", default=0)
AXES_IPWARE_PROXY_COUNT = PROXY_COUNT
AXES_LOCKOUT_CALLABLE = "energysys.errors.locked_out"
AXES_VERBOSE = False

LANGUAGE_CODE = "tr"
LANGUAGES = [("tr", _("Turkish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "energysys" / "locale"]
TIME_ZONE = "Europe/Istanbul"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "energysys.packages.PackageFinder",
]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Source maps are large and loaded by developers only; compressing them would slow a first start.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "gif", "woff", "woff2", "gz", "br")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
# The largest body of a request, a form with a file included.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# Uploads are read once and small; nothing of them reaches a disk.
FILE_UPLOAD_HANDLERS = ["energysys.sheet_reading.FirstBytesUploadHandler"]
CSRF_FAILURE_VIEW = "energysys.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
HTTPS = not (DEBUG or SANDBOX)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 12
SECURE_SSL_REDIRECT = HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS

API_REQUESTS_PER_MINUTE: int = env.int("API_REQUESTS_PER_MINUTE", default=1200)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.tokens.TenantJWTAuthentication",
        "accounts.keys.ApiKeyAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "energysys.renderers.CsvRenderer",
        "energysys.renderers.XlsxRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "energysys.renderers.Negotiation",
    "DEFAULT_PAGINATION_CLASS": "energysys.paging.KeysetPage",
    "DEFAULT_FILTER_BACKENDS": ["energysys.api.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["energysys.limits.PersonThrottle"],
    "NUM_PROXIES": PROXY_COUNT,
    "EXCEPTION_HANDLER": "energysys.api.problem_response",
    "COERCE_DECIMAL_TO_STRING": False,
    "PAGE_SIZE": 100,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "EnergySys",
    "DESCRIPTION": "Plants, plant events and the hourly market. Times carry an offset; ranges are "
    "half-open; energy in MWh of the hour, capacity in MW, prices in TL/MWh.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "energysys.openapi.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "EventKindEnum": "incidents.webhooks.models.EventKind",
        "RunKindEnum": "simulation.models.RunKind",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

SIMPLE_JWT = {
    "ALGORITHM": env.str("ALGORITHM", default="HS256"),
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.int("ACCESS_TOKEN_EXPIRE_MINUTES", default=30)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=1),
    "UPDATE_LAST_LOGIN": True,
}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
# A worker that dies gives its task back; every task is safe to run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"

# For tests and demos on one machine: webhooks may lead to loopback, over plain HTTP too.
WEBHOOKS_TO_PRIVATE_ADDRESSES: bool = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False)
WEBHOOK_LOG_DAYS: int = env.int("WEBHOOK_LOG_DAYS", default=30)
RETENTION_DAYS: int = env.int("RETENTION_DAYS", default=7)
SIMULATION_SEED: int | None = env.int("SIMULATION_SEED", default=None)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
