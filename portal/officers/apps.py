from django.apps import AppConfig


class OfficersConfig(AppConfig):
    name = "portal.officers"
    label = "officers"
    verbose_name = "Cán bộ"
