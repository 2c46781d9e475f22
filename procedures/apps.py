from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "procedures"
    label = "procedures"
    verbose_name = "Thủ tục"

    def ready(self) -> None:
        from procedures.handlers import register_handlers

        register_handlers()
