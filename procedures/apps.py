from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "procedures"
    label = "procedures"
    verbose_name = "Thủ tục"

    def ready(self) -> None:
        from portal.celery import app
        from procedures import tasks
        from procedures.handlers import register_handlers

        register_handlers()
        # Each hour, though days are counted: a PC that is switched off at night never sees a daily hour.
        for task in (tasks.remind_reviews_task, tasks.follow_the_calendar_task):
            app.add_periodic_task(3600, task.s(), name=task.name, queue="maintenance", expires=3000)
