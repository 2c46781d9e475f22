"""Putting messages into the outbox."""

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.common.actors import Actor
from portal.notifications.actions.insert_messages import insert_messages
from portal.notifications.actions.survey_roads import Asked, RoadSurvey
from portal.notifications.channels.lookup import ways_to
from portal.notifications.channels.zalo.reach import Reach
from portal.notifications.enums import MessageClass
from portal.notifications.limits import after_quiet_hours, validity
from portal.notifications.models import ContactPoint, OutboxMessage
from portal.notifications.notices import Notice, find_notice
from portal.notifications.planning import choose_plan
from portal.notifications.wake import wake, wake_class
from portal.units.models import Unit


@dataclass(frozen=True)
class NewMessage:
    """What queue_message takes, for queue_messages."""

    notice: str
    to: ContactPoint
    unit: Unit
    intent: str
    about: UUID
    context: dict[str, Any]
    not_before: dt.datetime | None = None
    valid_until: dt.datetime | None = None

    @property
    def asked(self) -> Asked:
        return Asked(self.to, self.unit, self.notice)


def queue_message(
    *,
    notice: str,
    to: ContactPoint,
    unit: Unit,
    intent: str,
    about: UUID,
    context: dict[str, Any],
    not_before: dt.datetime | None = None,
    valid_until: dt.datetime | None = None,
    by: Actor,
) -> OutboxMessage:
    """One INSERT in the caller's transaction; after its commit the uid (nothing else) goes to the broker.

    A notice that keeps quiet is due at 06:00 when its time lies in the night; past `valid_until` it is never
    sent. A second call with the same intent, `about` and recipient returns the first row and sends nothing.
    ValidationError `parameter_missing` when the notice needs more than `context` holds; UnknownNotice
    when no room registered the key. A dead broker raises nothing: the sweeper finds the row.
    """
    message = NewMessage(notice, to, unit, intent, about, context, not_before, valid_until)
    fresh = queue_messages(messages=[message], by=by)
    if fresh:
        return fresh[0]
    rows = OutboxMessage.objects.select_related("recipient", "unit")
    return rows.get(intent=intent, about=about, recipient=to)


def queue_messages(*, messages: list[NewMessage], by: Actor) -> list[OutboxMessage]:
    """The same for many, with one INSERT and one publish per class; returns the rows that are new.

    What is known of the recipients is read once for all. Raises what queue_message raises, before anything is
    written.
    """
    survey = RoadSurvey([message.asked for message in messages])
    rows = [_row_of(message, survey.reach(message.asked), by) for message in messages]
    fresh = insert_messages(rows) if rows else []
    _wake_after_commit([row for row in fresh if row.next_at <= timezone.now()])
    return fresh


def _row_of(message: NewMessage, reach: Reach, by: Actor) -> OutboxMessage:
    notice = find_notice(message.notice)
    check_parameters(notice, message.context)
    now = timezone.now()
    start = max(now, message.not_before or now)
    start = after_quiet_hours(start) if notice.keeps_quiet else start
    return OutboxMessage(
        intent=message.intent,
        about=message.about,
        recipient=message.to,
        unit=message.unit,
        notice=notice.key,
        message_class=notice.message_class,
        context=message.context,
        queued_by=by.actor_ref,
        plan=choose_plan(notice.wish, ways_to(reach)),
        not_before=message.not_before,
        next_at=start,
        keeps_quiet=notice.keeps_quiet,
        counts_against_cap=notice.counts_against_cap,
        valid_until=message.valid_until or start + validity(notice.message_class),
    )


def check_parameters(notice: Notice, context: dict[str, Any]) -> None:
    """ValidationError `parameter_missing` when the context lacks something the notice does not derive."""
    missing = [name for name in notice.stored_parameters if context.get(name) in (None, "")]
    if missing:
        names = ", ".join(missing)
        raise ValidationError(
            _("Tin nhắn thiếu thông tin: %(names)s."), "parameter_missing", {"names": names}
        )


def _wake_after_commit(due: list[OutboxMessage]) -> None:
    """One publish: a whole day's messages must not hold the officer who moved it."""
    if len(due) == 1 and due[0].message_class != MessageClass.BULK:
        transaction.on_commit(functools.partial(wake, due[0].uid, due[0].message_class), robust=True)
        return
    for message_class in {row.message_class for row in due}:
        transaction.on_commit(functools.partial(wake_class, message_class), robust=True)
