from django.apps import AppConfig


class CitizensConfig(AppConfig):
    name = "portal.citizens"
    label = "citizens"
    verbose_name = "Công dân"

    def ready(self) -> None:
        from portal.celery import app
        from portal.citizens import notices
        from portal.citizens.api import schema  # noqa: F401 - drf-spectacular finds extensions by import
        from portal.citizens.audiences import register_audiences
        from portal.citizens.handlers import register_handlers
        from portal.citizens.tasks import answer_due_on_zalo, forget_expired_rows, forget_old_contacts

        register_handlers()
        notices.register()
        register_audiences()
        app.add_periodic_task(
            15, answer_due_on_zalo.s(), name="citizens.answer_due", queue="maintenance", expires=15
        )
        app.add_periodic_task(
            3600, forget_expired_rows.s(), name="citizens.forget_expired", queue="maintenance", expires=3500
        )
        app.add_periodic_task(
            3600, forget_old_contacts.s(), name="citizens.forget_contacts", queue="maintenance", expires=3500
        )
