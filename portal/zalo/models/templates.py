"""Templates of an account as Zalo has them: approved texts with places for values."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.units.models.scope import UnitScopedQuerySet
from portal.zalo.enums import TemplateState
from portal.zalo.models.accounts import OfficialAccount

ONE_TIME_CODES = "OTP"


class ZaloTemplateQuerySet(UnitScopedQuerySet):
    unit_path = "account__unit"
    view_permission = "zalo.view_zalotemplate"

    def approved(self) -> Self:
        return self.filter(state=TemplateState.ENABLE)


class ZaloTemplate(Row):
    """A copy of what Zalo tells of a template (`/template/all`, `/template/info/v2` [2]) and of what changed
    since (events). Never written by an officer: texts are approved at Zalo.

    `params` are Zalo's listParams: name, require, type, maxLength, minLength. A state Zalo invents later is
    kept as it came; only ENABLE is sent. Prices in đồng, None when Zalo did not tell.
    """

    account = models.ForeignKey(
        OfficialAccount, verbose_name=_("Zalo OA"), on_delete=models.PROTECT, related_name="templates"
    )
    template_id = models.CharField(_("mã mẫu"), max_length=30)
    name = models.CharField(_("tên mẫu"), max_length=200, blank=True)
    state = models.CharField(_("trạng thái"), max_length=30)
    reason = models.CharField(_("lý do"), max_length=200, blank=True)
    tag = models.CharField(_("loại nội dung"), max_length=30, blank=True)
    quality = models.CharField(_("chất lượng"), max_length=20, blank=True)
    params = models.JSONField(_("tham số"), default=list, blank=True)
    price_phone = models.PositiveIntegerField(_("giá theo số điện thoại (đồng)"), null=True, blank=True)
    price_user = models.PositiveIntegerField(_("giá theo người dùng (đồng)"), null=True, blank=True)
    synced_at = models.DateTimeField(_("đọc từ Zalo lúc"), null=True, blank=True)

    objects = ZaloTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mẫu tin của Zalo")
        verbose_name_plural = _("mẫu tin của Zalo")
        ordering = ("account", "template_id")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "template_id"],
                name="zalo_template_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.template_id} · {self.name}" if self.name else self.template_id

    @property
    def is_approved(self) -> bool:
        return self.state == TemplateState.ENABLE

    @property
    def state_text(self) -> str:
        """For officers; a state we do not know as Zalo wrote it."""
        known = TemplateState.values
        return str(TemplateState(self.state).label) if self.state in known else self.state

    @property
    def goes_by_user(self) -> bool:
        """One-time codes never go by user id. [1]"""
        return self.tag != ONE_TIME_CODES

    @property
    def param_names(self) -> list[str]:
        return [str(one.get("name", "")) for one in self._rows()]

    @property
    def required_names(self) -> list[str]:
        """Zalo calls a value required or not; silence counts as required."""
        return [str(one.get("name", "")) for one in self._rows() if one.get("require", True) is not False]

    def _rows(self) -> list[dict[str, Any]]:
        return [one for one in self.params if isinstance(one, dict) and one.get("name")]
