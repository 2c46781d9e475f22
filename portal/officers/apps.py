from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps  # the class itself would count as this room's config
from django.utils.translation import gettext_lazy as _


class OfficersConfig(AppConfig):
    name = "portal.officers"
    label = "officers"
    verbose_name = _("Tài khoản và vai trò")
    default = True

    def ready(self) -> None:
        from portal.officers.handlers import register_handlers

        register_handlers()


class DeskConfig(admin_apps.AdminConfig):
    """Stands in INSTALLED_APPS for django.contrib.admin and brings the officers' own site."""

    default = False
    default_site = "portal.officers.site.OfficersSite"
