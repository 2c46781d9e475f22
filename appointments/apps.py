from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"
    label = "appointments"
    verbose_name = "Lịch hẹn"

    def ready(self) -> None:
        from appointments.handlers import register_handlers
        from appointments.notices import register_notices
        from appointments.tasks import erase_old_drafts_task, expire_holds_task
        from portal.celery import app

        register_notices()
        register_handlers()
        app.add_periodic_task(
            60, expire_holds_task.s(), name="appointments.expire_holds", queue="maintenance", expires=50
        )
        app.add_periodic_task(
            3600,
            erase_old_drafts_task.s(),
            name="appointments.erase_old_drafts",
            queue="maintenance",
            expires=3000,
        )
