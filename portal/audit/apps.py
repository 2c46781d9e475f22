from celery.schedules import crontab
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "portal.audit"
    label = "audit"
    verbose_name = _("Nhật ký")

    def ready(self) -> None:
        from portal.audit.record import record_read
        from portal.audit.tasks import export_last_head, seal_new_entries
        from portal.celery import app
        from portal.common.admin import register_read_recorder

        register_read_recorder(record_read)
        app.add_periodic_task(
            60, seal_new_entries.s(), name="audit.seal_entries", queue="maintenance", expires=50
        )
        # Hourly, not daily: what was sealed since the last exported head could be cut off unseen.
        app.add_periodic_task(
            crontab(minute=5),
            export_last_head.s(),
            name="audit.export_head",
            queue="maintenance",
            expires=3000,
        )
