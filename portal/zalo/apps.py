from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ZaloConfig(AppConfig):
    name = "portal.zalo"
    label = "zalo"
    verbose_name = _("Zalo")

    def ready(self) -> None:
        """A run nobody started before the next one is worthless, so it expires."""
        from portal.celery import app
        from portal.zalo import tasks
        from portal.zalo.handlers import register_handlers

        register_handlers()
        for seconds, task in (
            (10, tasks.process_due_events),
            (300, tasks.refresh_due_tokens),
            (3600, tasks.check_all_accounts),
            (3600, tasks.sync_every_template),
            (3600, tasks.forget_old_rows),
        ):
            app.add_periodic_task(seconds, task.s(), name=task.name, queue="maintenance", expires=seconds)
