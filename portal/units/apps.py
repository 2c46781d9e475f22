from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnitsConfig(AppConfig):
    name = "portal.units"
    label = "units"
    verbose_name = _("Đơn vị và lịch làm việc")

    def ready(self) -> None:
        """This room's own rows are the first in the registry of what moves when units merge."""
        from portal.units.handlers import register_own_rows

        register_own_rows()
