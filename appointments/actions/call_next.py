"""A counter calls the next person; two counters never call the same one."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.actions.serve_turn import serve_turn
from appointments.actions.stations import refuse_strangers
from appointments.desk_rules import ORDER_IN_LINE, next_turn
from appointments.enums import TurnStatus
from appointments.floor import callable_turns, latest_priorities, rules_of
from appointments.models import Counter, Session, Station, Turn
from portal.common.actors import Actor
from portal.common.errors import Conflict


def call_next(
    *,
    session: Session,
    counter: Counter | None,
    by: Actor,
    station: Station | None = None,
    finish: Turn | None = None,
    when: dt.datetime | None = None,
) -> Turn:
    """Call whoever is next to this counter; `finish` is the person there now, who is ready.

    First those whom a colleague redirected here, then by desk_rules.next_turn: priority by the unit's ratio,
    otherwise the hour, those on time before the late, then the number. Conflict `nobody_waits`,
    `counter_busy` (its `extra` names the label), `counter_required`, `move_not_allowed`; NotAllowed.
    Counters that press in the same instant skip each other's person, so the ratio may be off by one then.
    """
    refuse_strangers(by, session)
    if counter is None or counter.unit_id != session.unit_id:
        raise Conflict("counter_required", _("Xin chọn quầy trước khi gọi."))
    now = when or timezone.now()
    try:
        with transaction.atomic():
            if finish is not None:
                serve_turn(turn=finish, verb="finish", by=by, when=now)
            _refuse_busy(session, counter)
            turn = _take_next(session, counter, station, now)
            return serve_turn(turn=turn, verb="call", by=by, counter=counter, when=now)
    except IntegrityError:
        raise Conflict("counter_busy", _("Quầy này đang phục vụ một người khác.")) from None


def _refuse_busy(session: Session, counter: Counter) -> None:
    here = Turn.objects.filter(session=session, counter=counter, status=TurnStatus.CALLED).first()
    if here is not None:
        text = _("Số %(label)s còn ở quầy này. Xin bấm Đã xong, Tạm dừng hoặc Không có mặt trước.")
        raise Conflict("counter_busy", text % {"label": here.label}, label=here.label)


def _take_next(session: Session, counter: Counter, station: Station | None, now: dt.datetime) -> Turn:
    """The chosen one, locked. Somebody locked by a colleague is passed over, not waited for."""
    passed_over: set[int] = set()
    rules = rules_of(session.unit)
    while True:
        line = callable_turns(session, counter=counter, station=station, now=now).exclude(pk__in=passed_over)
        first = _heads(line)
        mine = [turn for turn in first if turn.redirected_to_id == counter.pk]
        recent = latest_priorities(session, most=rules.priority_every + 1)
        chosen = next_turn(mine or first, recent=recent, every=rules.priority_every)
        if chosen is None:
            raise Conflict("nobody_waits", _("Không còn ai chờ."))
        if locked := _lock(Turn.objects.filter(pk=chosen.pk, status=TurnStatus.WAITING)):
            return locked
        passed_over.add(chosen.pk)


def _heads(line: QuerySet[Turn, Any]) -> list[Turn]:
    """The first with priority and the first without; whoever is kept for this counter before all others.

    Nobody else can be next, so a press costs the same with ten people in the hall and with a thousand.
    """
    in_line = line.order_by(F("redirected_to").asc(nulls_last=True), *ORDER_IN_LINE)
    heads = [in_line.filter(is_priority=each).first() for each in (True, False)]
    return [turn for turn in heads if turn is not None]


def _lock(turns: QuerySet[Turn, Any]) -> Turn | None:
    """SQLite has one writer at a time (IMMEDIATE), so whoever waits still waits."""
    if connection.vendor == "postgresql":
        turns = turns.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return turns.select_related("unit").first()
