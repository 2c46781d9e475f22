"""The day itself: counters, the desks' browsers, and the turn of everybody who came."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.enums import TURN_OPEN, TurnStatus
from appointments.models.booking import Booking
from appointments.models.campaign import Session
from portal.common.codes import new_code
from portal.common.fields import EncryptedTextField
from portal.common.models import AppendOnly, Row
from portal.units.models import UnitScopedQuerySet

# A desk tells every few seconds that it is there. Silent for longer, it may have lost the network and be
# serving its own people from its copy: nobody else calls those.
SILENT_SECONDS = 25


class Counter(Row):
    """A place where people are served; its number is what the screen shows."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    number = models.PositiveSmallIntegerField(
        _("số quầy"), validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    name = models.CharField(
        _("việc làm tại quầy"), max_length=60, blank=True, help_text=_("Ví dụ: thu nhận vân tay, chụp ảnh.")
    )
    is_active = models.BooleanField(_("đang dùng"), default=True)

    objects = UnitScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("quầy")
        verbose_name_plural = _("quầy")
        ordering = ["unit", "number"]
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="counter_number_per_unit")]

    def __str__(self) -> str:
        return f"Quầy {self.number}" + (f" – {self.name}" if self.name else "")


class DeskRules(Row):
    """How a unit calls people; a unit without a row has these defaults."""

    unit = models.OneToOneField("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    priority_every = models.PositiveSmallIntegerField(
        _("sau mấy người thường thì gọi một người ưu tiên"),
        default=2,
        validators=[MaxValueValidator(20)],
        help_text=_("0: người ưu tiên luôn được gọi trước."),
    )
    minutes_per_person = models.PositiveSmallIntegerField(
        _("số phút cho mỗi người"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("Dùng để ước lượng thời gian chờ khi trong ngày chưa làm xong đủ 5 người."),
    )

    objects = UnitScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("quy tắc gọi số")
        verbose_name_plural = _("quy tắc gọi số")

    def __str__(self) -> str:
        return f"Quy tắc gọi số – {self.unit}"


class DeskDay(Row):
    """What belongs to one session's day at the desks: the screen's address and when the day was closed.

    `last_station` numbers the browsers, in the order in which they were opened.
    """

    session = models.OneToOneField(Session, models.CASCADE, related_name="desk_day", verbose_name=_("buổi"))
    screen_code = models.CharField(_("mã màn hình"), max_length=12, unique=True, default=new_code)
    last_station = models.PositiveSmallIntegerField(default=0, editable=False)
    closed_at = models.DateTimeField(_("kết thúc lúc"), null=True)

    class Meta:
        verbose_name = _("ngày làm tại quầy")
        verbose_name_plural = _("ngày làm tại quầy")

    def __str__(self) -> str:
        return str(self.session)


class StationQuerySet(models.QuerySet):
    def silent(self, now: dt.datetime) -> "StationQuerySet":
        """May be working without the network: it can, and has not been heard of for a while."""
        before = now - dt.timedelta(seconds=SILENT_SECONDS)
        return self.filter(keeps_copy=True, seen_at__lt=before, released_at=None)


class Station(Row):
    """One browser at one session's desks. Its number prefixes the walk-in numbers it gives, so that two
    desks without a network never give the same one.

    `counter` is where its officer serves, one station per counter. `keeps_copy`: it can go on without the
    network. `released_at`: it said good-bye, or a colleague took over whom it had checked in.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="stations")
    number = models.PositiveSmallIntegerField(_("số bàn"))
    counter = models.ForeignKey(Counter, models.SET_NULL, null=True, related_name="+")
    last_walk_in = models.PositiveIntegerField(default=0, editable=False)
    keeps_copy = models.BooleanField(default=False)
    seen_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = _("bàn tiếp nhận")
        verbose_name_plural = _("bàn tiếp nhận")
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="station_number_per_session"),
            models.UniqueConstraint(
                fields=["session", "counter"], condition=~Q(counter=None), name="station_one_per_counter"
            ),
        ]

    def __str__(self) -> str:
        return self.prefix

    @property
    def prefix(self) -> str:
        """`B2`: stands before the walk-in numbers of this desk."""
        return f"B{self.number}"

    def walk_in_label(self, number: int) -> str:
        return f"{self.prefix}-{number:03d}"


class TurnQuerySet(UnitScopedQuerySet):
    view_permission = "appointments.view_booking"

    def open(self) -> "TurnQuerySet":
        return self.filter(status__in=TURN_OPEN)


class Turn(Row):
    """Somebody in the hall: with an appointment (its number) or without (a desk's number, no personal data).

    `due`, `is_late` and `order` are the place in line (desk_rules.place_in_line). `redirected_to` keeps the
    person for one counter. When the booking goes to the archive its turn stays as one without a person.
    `called_at` is when serving began, `announced_at` the latest call on the screen.
    """

    session = models.ForeignKey(Session, models.PROTECT, related_name="turns", verbose_name=_("buổi"))
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="+", verbose_name=_("đơn vị"))
    booking = models.ForeignKey(
        Booking, models.SET_NULL, null=True, related_name="turns", verbose_name=_("lịch hẹn")
    )
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, related_name="+", verbose_name=_("thủ tục")
    )
    label = models.CharField(_("số"), max_length=12)
    status = models.CharField(
        _("trạng thái"), max_length=8, choices=TurnStatus.choices, default=TurnStatus.WAITING
    )
    is_priority = models.BooleanField(_("ưu tiên"), default=False)
    priority_kind = EncryptedTextField(  # says something of a person's health
        _("diện ưu tiên"), label="appointments.turn.priority_kind", null=True, blank=True
    )
    due = models.PositiveSmallIntegerField(_("đến lượt từ (phút)"))
    is_late = models.BooleanField(_("đến muộn"), default=False)
    order = models.PositiveIntegerField(_("thứ tự"))
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="turns")
    counter = models.ForeignKey(
        Counter, models.PROTECT, null=True, related_name="turns", verbose_name=_("quầy")
    )
    redirected_to = models.ForeignKey(
        Counter, models.PROTECT, null=True, related_name="+", verbose_name=_("chuyển đến quầy")
    )
    checked_in_at = models.DateTimeField(_("đến lúc"))
    called_at = models.DateTimeField(_("vào quầy lúc"), null=True)
    announced_at = models.DateTimeField(_("gọi lần cuối lúc"), null=True)
    call_count = models.PositiveSmallIntegerField(_("số lần gọi"), default=0)
    finished_at = models.DateTimeField(_("xong lúc"), null=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        verbose_name = _("lượt")
        verbose_name_plural = _("lượt")
        ordering = ["session", "due", "is_late", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking"],
                condition=~Q(booking=None) & ~Q(status="left"),
                name="turn_once_per_booking",
            ),
            models.UniqueConstraint(
                fields=["session", "label"], condition=~Q(status="left"), name="turn_label_once"
            ),
            models.UniqueConstraint(
                fields=["session", "counter"], condition=Q(status="called"), name="turn_one_at_a_counter"
            ),
            models.CheckConstraint(
                condition=~Q(status="called") | Q(counter__isnull=False, called_at__isnull=False),
                name="turn_called_has_counter",
            ),
        ]
        indexes = [
            models.Index(
                fields=["session", "due", "is_late", "order"],
                condition=Q(status="waiting"),
                name="turn_line",
            ),
            models.Index(fields=["session", "-announced_at"], name="turn_announced"),
        ]

    def __str__(self) -> str:
        return f"Số {self.label}"


class DeskOperation(AppendOnly):
    """One press of a button as the browser named it: `client_uid` is done once, however often it is sent.

    `local_turn` is the uid the browser gave a turn it opened itself; when a colleague had opened one for the
    same booking, `turn` is that one. `note` is the code of the refusal, or what was merged.
    """

    client_uid = models.UUIDField(unique=True, editable=False)
    station = models.ForeignKey(Station, models.PROTECT, related_name="operations")
    kind = models.CharField(_("việc"), max_length=12)
    turn = models.ForeignKey(Turn, models.PROTECT, null=True, related_name="operations")
    local_turn = models.UUIDField(null=True, editable=False)
    outcome = models.CharField(_("kết quả"), max_length=10)
    note = models.CharField(_("ghi chú"), max_length=40, blank=True)
    actor = models.CharField(_("ai"), max_length=60)

    class Meta:
        verbose_name = _("thao tác tại quầy")
        verbose_name_plural = _("thao tác tại quầy")
        indexes = [models.Index(fields=["station", "local_turn"], name="desk_operation_local")]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"
