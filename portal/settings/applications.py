"""Installed rooms, middleware, templates, languages, static files."""

from importlib.util import find_spec
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from portal.settings.environment import IS_PRODUCTION, PORTAL_MODE, ROOT, VAR, env

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the default one would put its own site in front of ours
    "portal.officers.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_linear_migrations",
    "portal.common",
    "portal.audit",
    "portal.requests",
    "portal.units",
    "portal.officers",
    "portal.files",
    "portal.zalo",
    "portal.notifications",
    "portal.citizens",
    "procedures",
    "appointments",
    "reports",
    "portal.conversations",
    "portal.home",
]
# A tool for whoever writes migrations; `make run` installs only what the running product needs.
if IS_PRODUCTION or find_spec("django_linear_migrations") is None:
    INSTALLED_APPS.remove("django_linear_migrations")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.common.middleware.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "portal.common.middleware.AdminContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.officers.middleware.MustChangePassword",
    "portal.citizens.middleware.CitizenSession",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.home.context_processors.frame",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5", "portal"]
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = IS_PRODUCTION

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
FORMAT_MODULE_PATH = ["portal.common.formats"]

# Daily heads of the journal; best on a disk the database server cannot write (docs/adr/0009-audit.md).
AUDIT_HEADS_FOLDER = Path(env.str("AUDIT_HEADS_FOLDER", default=str(VAR / "audit-heads")))

# Sealed files of citizens (docs/adr/0043-files.md): one folder that web and workers share.
PRIVATE_FOLDER = Path(env.str("PRIVATE_FOLDER", default=str(VAR / "private")))

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # The only place for files of citizens: no address, served by views that ask first (docs/adr/0018).
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_FOLDER), "base_url": None, "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = PORTAL_MODE != "production"
WHITENOISE_AUTOREFRESH = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # half the files to compress at every deployment
