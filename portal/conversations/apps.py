from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConversationsConfig(AppConfig):
    name = "portal.conversations"
    label = "conversations"
    verbose_name = _("Trò chuyện")

    def ready(self) -> None:
        """A run nobody started before the next one is worthless, so it expires."""
        from portal.celery import app
        from portal.conversations import tasks
        from portal.conversations.handlers import register_handlers

        register_handlers()
        for seconds, task in ((10, tasks.send_due_messages), (3600, tasks.keep_no_longer)):
            app.add_periodic_task(seconds, task.s(), name=task.name, queue="maintenance", expires=seconds)
