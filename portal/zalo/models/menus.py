"""The menu of an account, as somebody will type it into oa.zalo.me."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.units.models import Unit
from portal.units.models.scope import UnitScopedQuerySet
from portal.zalo.enums import MenuKind
from portal.zalo.validators import MAX_MENU_ITEMS, MAX_MENU_TITLE, check_menu_value


class MenuItemQuerySet(UnitScopedQuerySet):
    view_permission = "zalo.view_menuitem"


class MenuItem(Row):
    """One of at most five entries. No official page tells of a call that sets them [1], so a person types
    them.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="zalo_menu_items"
    )
    position = models.PositiveSmallIntegerField(
        _("thứ tự"), choices=[(number, str(number)) for number in range(1, MAX_MENU_ITEMS + 1)]
    )
    title = models.CharField(_("tên mục"), max_length=MAX_MENU_TITLE)
    kind = models.CharField(_("loại"), max_length=20, choices=MenuKind.choices, default=MenuKind.URL)
    value = models.CharField(_("giá trị"), max_length=300)

    objects = MenuItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("mục trong menu Zalo")
        verbose_name_plural = _("menu Zalo OA")
        ordering = ("unit__kind__level", "unit__official_code", "unit", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "position"],
                name="zalo_menu_position_once",
                violation_error_message=_("Thứ tự này đã có mục khác. Xin chọn thứ tự còn trống."),
            ),
            models.CheckConstraint(
                condition=Q(position__range=(1, MAX_MENU_ITEMS)), name="zalo_menu_position_fits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"

    def clean(self) -> None:
        check_menu_value(self.kind, self.value)
