from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "portal.requests"
    label = "requests"
    verbose_name = _("Giới hạn và chống gửi trùng")

    def ready(self) -> None:
        from portal.celery import app
        from portal.requests.tasks import sweep_old_requests

        app.add_periodic_task(
            600, sweep_old_requests.s(), name="requests.sweep", queue="maintenance", expires=590
        )
