from django.apps import AppConfig


class CitizensConfig(AppConfig):
    name = "portal.citizens"
    label = "citizens"
    verbose_name = "Công dân"
