"""What a unit asks in its declaration beyond what everybody asks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.models import Row
from portal.units.models import Unit
from portal.units.models.scope import UnitScopedQuerySet


class DeclarationSettings(Row):
    """Sensitive questions are off; a unit with a legal reason to ask turns them on, and that is recorded."""

    unit = models.OneToOneField(Unit, models.PROTECT, verbose_name=_("đơn vị"), related_name="+")
    ask_ethnicity = models.BooleanField(_("hỏi dân tộc"), default=False)
    ask_religion = models.BooleanField(
        _("hỏi tôn giáo"),
        default=False,
        help_text=_(
            "Dân tộc và tôn giáo là dữ liệu cá nhân nhạy cảm. Chỉ bật khi đơn vị có căn cứ phải hỏi; "
            "việc bật, tắt được ghi vào nhật ký."
        ),
    )

    objects = UnitScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("câu hỏi trên tờ khai")
        verbose_name_plural = _("câu hỏi trên tờ khai")
        ordering = ("unit__display_name",)

    def __str__(self) -> str:
        return str(self.unit)

    @property
    def asks(self) -> tuple[str, ...]:
        """Names of the questions that are on, as the declaration form calls them."""
        on = {"ethnicity": self.ask_ethnicity, "religion": self.ask_religion}
        return tuple(name for name, asked in on.items() if asked)
