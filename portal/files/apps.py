from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "portal.files"
    label = "files"
    verbose_name = _("Tệp gửi lên")

    def ready(self) -> None:
        """A run nobody started before the next one is worthless, so it expires."""
        from portal.celery import app
        from portal.files import tasks
        from portal.files.handlers import register_handlers

        register_handlers()
        for seconds, task in ((30, tasks.check_due_files), (600, tasks.sweep_old_files)):
            app.add_periodic_task(seconds, task.s(), name=task.name, queue="maintenance", expires=seconds)
