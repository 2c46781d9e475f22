"""The portal: what every unit's portal has."""

from portal.celery import app as celery_app

__all__ = ("celery_app",)
