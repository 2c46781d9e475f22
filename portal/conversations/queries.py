"""Reads across the room: when somebody answers, what stands in the inbox, what a reply would cost."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.common.clock import LOCAL, local_moment, show_date, show_minutes
from portal.conversations.enums import ConversationState, MessageKind
from portal.conversations.models import ChatMessage, Conversation, QuickReply, Shift, StatusEntry
from portal.conversations.rules import ANSWER
from portal.officers.models import Officer, RoleAssignment
from portal.officers.roles import ROLES
from portal.units.enums import HoursKind, Weekday
from portal.units.models import OpeningHours, Unit, UnitReach
from portal.units.queries import reception_between, work_calendar
from portal.units.working_time import Spans, merge_spans
from portal.zalo.enums import AccountState, Window
from portal.zalo.errors import rule_of
from portal.zalo.limits import FREE_WINDOW, PAID_WINDOW

LOOK_AHEAD_DAYS = 14

# ---- when somebody answers


def reply_from(unit: Unit, at: dt.datetime) -> dt.datetime | None:
    """None while somebody answers; otherwise when the counter opens or a shift begins, whichever is first."""
    first = at.astimezone(LOCAL).date()
    spans = answering_spans(unit, first, first + dt.timedelta(days=LOOK_AHEAD_DAYS))
    begins = None
    for day, found in sorted(spans.items()):
        for opens, closes in found:
            start = local_moment(day, opens)
            if start <= at < start + dt.timedelta(minutes=closes - opens):
                return None
            if start > at and begins is None:
                begins = start
    return begins


def answering_spans(unit: Unit, first: dt.date, last: dt.date) -> dict[dt.date, Spans]:
    """Per date when citizens get an answer: reception hours and shifts together."""
    counter = _counter_spans(unit, first, last)
    shifts = defaultdict(list)
    for weekday, opens, closes in _shifts(unit).values_list("weekday", "opens", "closes"):
        shifts[weekday].append((opens, closes))
    return {day: merge_spans([*found, *shifts[day.weekday()]]) for day, found in counter.items()}


def _counter_spans(unit: Unit, first: dt.date, last: dt.date) -> dict[dt.date, Spans]:
    """Reception hours; the office hours of everybody for a unit that announced none."""
    if OpeningHours.objects.filter(unit=unit, kind=HoursKind.RECEPTION).exists():
        return reception_between(unit, first, last)
    calendar = work_calendar(unit)
    days = [first + dt.timedelta(days=step) for step in range((last - first).days + 1)]
    return {day: calendar.spans(day) for day in days}


def _shifts(unit: Unit) -> QuerySet[Shift]:
    return Shift.objects.filter(unit=unit, officer__is_active=True)


def on_shift(unit_ids: Iterable[int], at: dt.datetime) -> list[Shift]:
    """Whose turn it is at this moment, in these units."""
    local = at.astimezone(LOCAL)
    minute = local.hour * 60 + local.minute
    rows = Shift.objects.filter(unit_id__in=unit_ids, weekday=local.weekday(), officer__is_active=True)
    return list(rows.filter(opens__lte=minute, closes__gt=minute).select_related("officer", "unit"))


def show_moment(moment: dt.datetime, now: dt.datetime) -> str:
    """`07:00 sáng mai (23/11/2026)` in the words of a citizen's day."""
    local, today = moment.astimezone(LOCAL), now.astimezone(LOCAL).date()
    distance = (local.date() - today).days
    date = show_date(local.date())
    day = {0: _("hôm nay"), 1: _("ngày mai (%(date)s)") % {"date": date}}.get(distance)
    named = _("%(weekday)s, %(date)s") % {"weekday": Weekday(local.weekday()).label, "date": date}
    return f"{local:%H:%M} {day or named}"


def hours_lines(unit: Unit) -> list[str]:
    """`Thứ Hai đến Thứ Sáu: 07:00-11:30, 13:30-17:00`, days with equal hours on one line; [] when unknown."""
    rows = OpeningHours.objects.filter(unit=unit, kind=HoursKind.RECEPTION)
    days: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for weekday, opens, closes in rows.values_list("weekday", "opens", "closes"):
        days[weekday].append((opens, closes))
    runs: list[tuple[int, int, Spans]] = []
    for weekday in sorted(days):
        spans = merge_spans(days[weekday])
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], weekday, spans)
        else:
            runs.append((weekday, weekday, spans))
    return [f"{_days(first, last)}: {_spans(spans)}" for first, last, spans in runs]


def _days(first: int, last: int) -> str:
    begin, end = str(Weekday(first).label), str(Weekday(last).label)
    return begin if first == last else _("%(first)s đến %(last)s") % {"first": begin, "last": end}


def _spans(spans: Spans) -> str:
    return ", ".join(f"{show_minutes(opens)}-{show_minutes(closes)}" for opens, closes in spans)


# ---- the inbox

TABS = {
    "chua-nhan": ConversationState.UNASSIGNED,
    "cua-toi": ConversationState.ASSIGNED,
    "cho": ConversationState.WAITING,
    "xong": ConversationState.CLOSED,
}


def tab_counts(officer: Officer) -> dict[str, int]:
    """How many stand under each tab; under "mine" only one's own are counted."""
    wanted = {name: Count("pk", filter=Q(state=state)) for name, state in TABS.items() if name != "cua-toi"}
    wanted["cua-toi"] = Count("pk", filter=Q(state=ConversationState.ASSIGNED, assignee=officer))
    return Conversation.objects.visible_to(officer).aggregate(**wanted)


def inbox_rows(officer: Officer, tab: str) -> QuerySet[Conversation]:
    """The conversations of a tab. Who waits longest comes first, dangers before all; ended ones by date."""
    rows = Conversation.objects.visible_to(officer).filter(state=TABS[tab])
    rows = rows.select_related("unit", "assignee", "zalo_user")
    mine = Case(When(assignee=officer, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = rows.annotate(place=mine)
    if tab == "xong":
        return rows.order_by("-last_at", "-pk")
    return rows.order_by("place", "-is_urgent", "last_in_at", "pk")


def waiting_badge(request: Any) -> str:
    """How many nobody has taken yet, for the menu beside every page; "" for none."""
    rows = Conversation.objects.visible_to(request.user).filter(state=ConversationState.UNASSIGNED)
    count = rows.count()
    return str(count) if count else ""


def inbox_alerts(officer: Officer) -> list[tuple[str, str]]:
    """(sentence, path of the list) for the start page, in one statement; [] when nobody is in danger unheard
    and every answer went out.
    """
    open_ones = ~Q(state=ConversationState.CLOSED)
    found = Conversation.objects.visible_to(officer).aggregate(
        urgent=Count("pk", filter=open_ones & Q(is_urgent=True)),
        broken=Count("pk", filter=open_ones & Q(has_broken=True)),
    )
    words = (
        (found["urgent"], _("Trò chuyện Zalo: %(count)s cuộc có dấu Khẩn chưa trả lời.")),
        (found["broken"], _("Trò chuyện Zalo: %(count)s cuộc có tin chưa gửi được.")),
    )
    page = reverse("admin:conversations_conversation_changelist")
    return [(text % {"count": count}, page) for count, text in words if count]


# ---- one conversation

MOST_SHOWN = 200


def history(conversation: Conversation) -> list[dict[str, Any]]:
    """Messages and what officers noted between them, oldest first, at most the newest 200."""
    rows = conversation.messages.select_related("author").order_by("-happened_at", "-pk")[:MOST_SHOWN]
    entries = conversation.entries.exclude(verb__in=("reply", "hear", "reopen")).select_related("assignee")
    found = [{"at": row.happened_at, "message": row, "attachments": shown_attachments(row)} for row in rows]
    names = _names_of(entry.actor for entry in entries)
    found += [
        {"at": one.created_at, "entry": one, "who": names.get(one.actor, ""), "did": _did(one)}
        for one in entries
    ]
    return sorted(found, key=lambda one: one["at"])


def _did(entry: StatusEntry) -> str:
    """`given` to somebody else, `over` from somebody else, or the verb."""
    if entry.assignee is not None and entry.assignee.actor_ref != entry.actor:
        return "given"
    return "over" if entry.verb == "hand_over" else entry.verb


def _names_of(actors: Iterable[str]) -> dict[str, str]:
    """{"officer:<uid>": account name}."""
    uids = {actor.partition(":")[2] for actor in actors if actor.startswith("officer:")}
    officers = Officer.objects.filter(uid__in=uids) if uids else []
    return {officer.actor_ref: str(officer) for officer in officers}


def shown_attachments(message: ChatMessage) -> list[dict[str, str]]:
    """What hangs on a message: a name to press, never a picture that loads by itself.

    Whoever can write to the account chooses these addresses; a browser that loads one tells its own address.
    Anything but https is named without a link.
    """
    found = []
    for one in message.body.get("attachments") or []:
        url = one.get("url", "")
        kind, name = str(MessageKind(message.kind).label), one.get("name") or one.get("description")
        found.append(
            {"name": f"{kind}: {name}" if name else kind, "url": url if url.startswith("https://") else ""}
        )
    place = message.body.get("location")
    if place:
        point = f"{place[0]:.5f},{place[1]:.5f}"
        found.append({"name": _("Vị trí: %(point)s") % {"point": point}, "url": _map_url(point)})
    return found


def _map_url(point: str) -> str:
    return f"https://www.openstreetmap.org/?mlat={point.split(',')[0]}&mlon={point.split(',')[1]}&zoom=17"


@dataclass(frozen=True)
class ReplyWindow:
    """Whether an answer may be sent now, what it costs and until when; `why` says what stands in the way."""

    window: Window
    until: dt.datetime | None
    why: str

    @property
    def is_open(self) -> bool:
        return not self.why

    @property
    def label(self) -> str:
        words = {Window.FREE: _("Miễn phí"), Window.PAID: _("Tính phí"), Window.CLOSED: _("Đã đóng")}
        return words[self.window]


def reply_window(conversation: Conversation, now: dt.datetime) -> ReplyWindow:
    """By the last interaction (facts of portal.zalo) and by the state of the account."""
    user, account = conversation.zalo_user, conversation.account
    window = user.window(now)
    length = {Window.FREE: FREE_WINDOW, Window.PAID: PAID_WINDOW}.get(window)
    until = user.last_interaction_at + length if length and user.last_interaction_at else None
    why = ""
    if account.state != AccountState.CONNECTED:
        why = _("Zalo OA chưa kết nối. Chỉ huy hoặc quản trị kỹ thuật cần cấp quyền lại cho OA.")
    elif window == Window.CLOSED:
        why = _("Công dân không nhắn quá 7 ngày, Zalo không cho gửi. Chờ công dân nhắn lại, hoặc gọi điện.")
    return ReplyWindow(window, until, why)


def quick_replies(unit: Unit) -> list[QuickReply]:
    """The unit's own words first, then those of the units above it."""
    chain, above = [unit.pk], unit.parent
    while above is not None:
        chain.append(above.pk)
        above = above.parent
    rows = QuickReply.objects.filter(unit_id__in=chain, is_active=True)
    return sorted(rows, key=lambda one: (chain.index(one.unit_id), one.title))


def colleagues(conversation: Conversation, officer: Officer) -> list[Officer]:
    """Who else may answer this citizen, by account name."""
    roles = [key for key, role in ROLES.items() if ANSWER in role.permissions]
    places = UnitReach.objects.filter(reaches_id=conversation.unit_id).values("unit_id")
    held = RoleAssignment.objects.current().filter(role__in=roles, unit_id__in=places)
    rows = Officer.objects.active().filter(pk__in=held.values("officer_id")).exclude(pk=officer.pk)
    return list(rows.order_by("username"))


def error_text(message: ChatMessage) -> str:
    """Why a message did not go out, in an officer's words; "" when nothing is wrong."""
    own = {
        "expired": _("Quá lâu không gửi được nên không gửi nữa."),
        "unsure": _("Mất kết nối lúc đang gửi. Hỏi công dân hoặc xem trên Zalo trước khi gửi lại."),
        "too_late": _("Công dân không nhắn quá 7 ngày, Zalo không cho gửi."),
    }
    if message.last_error in own or not message.last_error:
        return own.get(message.last_error, "")
    host, _sign, code = message.last_error.partition("_")
    return rule_of(host, code).text
