"""One line of JSON per event in production, plain lines elsewhere; personal data is masked in both."""

from portal.settings.environment import IS_PRODUCTION, env

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "portal.common.logs.MaskPersonalData"}},
    "formatters": {
        "json": {"()": "portal.common.logs.JsonLine"},
        "plain": {"()": "portal.common.logs.PlainLine"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if IS_PRODUCTION else "plain",
            "filters": ["mask"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django's own handlers for development and e-mail write whole tracebacks, with what was posted.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # An SQL error message quotes row values; the query itself is enough to find the fault.
        "django.db.backends": {"level": "WARNING"},
        "django.request": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
