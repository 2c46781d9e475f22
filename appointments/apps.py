from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"
    label = "appointments"
    verbose_name = "Lịch hẹn"

    def ready(self) -> None:
        from appointments.handlers import register_handlers
        from appointments.notices import register_notices

        register_notices()
        register_handlers()
