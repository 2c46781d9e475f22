"""What an officer has at hand: ready words, and the roster of who answers when the counter is shut."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.common.clock import MINUTES_OF_DAY, show_minutes
from portal.common.models import Row
from portal.conversations.limits import MAX_TITLE
from portal.conversations.validators import check_quick_reply, check_span
from portal.units.enums import Weekday
from portal.units.models import Unit
from portal.units.models.scope import UnitScopedQuerySet


class QuickReplyQuerySet(UnitScopedQuerySet):
    view_permission = "conversations.view_quickreply"


class QuickReply(Row):
    """Ready words of a unit; the units below it have them too."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="quick_replies"
    )
    title = models.CharField(_("tên gọi"), max_length=MAX_TITLE)
    text = models.TextField(_("nội dung"))
    is_active = models.BooleanField(_("đang dùng"), default=True)

    objects = QuickReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("câu trả lời mẫu")
        verbose_name_plural = _("câu trả lời mẫu")
        ordering = ("unit__kind__level", "unit__official_code", "unit", "title")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "title"],
                name="conversations_quick_reply_once",
                violation_error_message=_("Đơn vị đã có câu trả lời mẫu tên này. Xin chọn tên khác."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        check_quick_reply(self.text or "")


class ShiftQuerySet(UnitScopedQuerySet):
    view_permission = "conversations.view_shift"


class Shift(Row):
    """Who answers on a weekday between two times outside the reception hours, week after week."""

    unit = models.ForeignKey(Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="shifts")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("cán bộ trực"), on_delete=models.PROTECT, related_name="+"
    )
    weekday = models.PositiveSmallIntegerField(_("thứ"), choices=Weekday.choices)
    opens = models.PositiveSmallIntegerField(_("từ (phút)"))
    closes = models.PositiveSmallIntegerField(_("đến (phút)"), validators=[MaxValueValidator(MINUTES_OF_DAY)])

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("ca trực trả lời")
        verbose_name_plural = _("ca trực trả lời")
        ordering = ("unit", "weekday", "opens", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "officer", "weekday", "opens"], name="conversations_shift_once"
            ),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="conversations_shift_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(closes__lte=MINUTES_OF_DAY), name="conversations_shift_in_one_day"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="conversations_shift_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {show_minutes(self.opens)}–{show_minutes(self.closes)}"

    def clean(self) -> None:
        if self.opens is not None and self.closes is not None:
            check_span(self.opens, self.closes)
