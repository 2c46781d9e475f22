from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "portal.notifications"
    label = "notifications"
    verbose_name = _("Tin nhắn")

    def ready(self) -> None:
        """Beat runs the sweeper; a run nobody started before the next one is worthless, so it expires."""
        from portal.celery import app
        from portal.notifications.handlers import register_handlers
        from portal.notifications.notices import UNIT_NEWS, register_notice
        from portal.notifications.tasks import (
            count_messages,
            expire_call_list,
            forget_call_notes,
            forget_zalo_links,
            keep_no_longer,
            poll_missing_reports,
            sweep,
            tend_mass_messages,
        )

        register_handlers()
        register_notice(UNIT_NEWS)
        seconds = settings.OUTBOX_SWEEP_SECONDS
        app.add_periodic_task(
            seconds, sweep.s(), name="notifications.sweep", queue="maintenance", expires=seconds
        )
        app.add_periodic_task(
            600, count_messages.s(), name="notifications.count_messages", queue="maintenance", expires=600
        )
        app.add_periodic_task(
            5, tend_mass_messages.s(), name="notifications.tend_due_mass", queue="maintenance", expires=5
        )
        app.add_periodic_task(
            60, expire_call_list.s(), name="notifications.expire_calls", queue="maintenance", expires=60
        )
        app.add_periodic_task(
            60, poll_missing_reports.s(), name="notifications.poll_reports", queue="callbacks", expires=60
        )
        app.add_periodic_task(
            3600,
            forget_call_notes.s(),
            name="notifications.forget_call_notes",
            queue="maintenance",
            expires=3600,
        )
        app.add_periodic_task(
            3600,
            forget_zalo_links.s(),
            name="notifications.forget_zalo_links",
            queue="maintenance",
            expires=3600,
        )
        app.add_periodic_task(
            3600,
            keep_no_longer.s(),
            name="notifications.keep_no_longer",
            queue="maintenance",
            expires=3600,
        )
