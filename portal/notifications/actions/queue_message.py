"""Putting a message into the outbox."""

import datetime as dt
import functools
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.common.actors import Actor
from portal.notifications.limits import validity
from portal.notifications.models import ContactPoint, OutboxMessage
from portal.notifications.notices import Notice, find_notice
from portal.notifications.wake import wake
from portal.units.models import Unit


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
    """INSERT in the caller's transaction; after its commit the uid (nothing else) goes to the broker.

    A second call with the same intent, `about` and recipient returns the first row and sends nothing.
    ValidationError `parameter_missing` when the notice needs more than `context` holds; UnknownNotice
    when no room registered the key. A dead broker raises nothing: the sweeper finds the row.
    """
    known = find_notice(notice)
    _check_parameters(known, context)
    row = _new_row(known, context, not_before=not_before, valid_until=valid_until)
    row.recipient, row.unit, row.intent, row.about, row.queued_by = to, unit, intent, about, by.actor_ref
    kept = _insert_once(row)
    if kept.uid == row.uid and kept.next_at <= timezone.now():
        transaction.on_commit(functools.partial(wake, kept.uid, kept.message_class), robust=True)
    return kept


def _check_parameters(notice: Notice, context: dict[str, Any]) -> None:
    missing = [name for name in notice.stored_parameters if context.get(name) in (None, "")]
    if missing:
        names = ", ".join(missing)
        raise ValidationError(
            _("Tin nhắn thiếu thông tin: %(names)s."), "parameter_missing", {"names": names}
        )


def _new_row(
    notice: Notice,
    context: dict[str, Any],
    *,
    not_before: dt.datetime | None,
    valid_until: dt.datetime | None,
) -> OutboxMessage:
    start = max(timezone.now(), not_before) if not_before else timezone.now()
    return OutboxMessage(
        notice=notice.key,
        message_class=notice.message_class,
        context=context,
        plan=list(notice.plan),
        not_before=not_before,
        next_at=start,
        valid_until=valid_until or start + validity(notice.message_class),
    )


def _insert_once(row: OutboxMessage) -> OutboxMessage:
    """Insert unless the key is taken; a rival's row that commits first is waited for and returned."""
    OutboxMessage.objects.bulk_create([row], ignore_conflicts=True)
    return OutboxMessage.objects.select_related("recipient", "unit").get(
        intent=row.intent, about=row.about, recipient=row.recipient
    )
