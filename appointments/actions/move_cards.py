"""The gate of cards: ready, collected, and back when a button was pressed by mistake.

Locks the cards, asks the table and the rule, sets, appends an entry each, records one line in the journal
per unit, and tells the people whose card has come.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.enums import CardStatus
from appointments.models import Card, CardEntry
from appointments.notices import CARD_READY
from appointments.queries import cards_by_codes
from appointments.workflow import CARD_WORKFLOW
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.codes import clean_code
from portal.common.errors import DomainError
from portal.notifications.actions.queue_message import NewMessage, queue_messages

# When a card came to this status stands in this column.
MOMENTS = ((CardStatus.READY, "ready_at"), (CardStatus.COLLECTED, "collected_at"))
UNKNOWN_TEXT = _("Không có thẻ nào đang chờ với mã này. Xin ghi ngày hẹn trả trước.")


@dataclass(frozen=True)
class Line:
    """What became of one scanned line. `code` is "" for success, else the error code."""

    typed: str
    code: str = ""
    message: str = ""


@transaction.atomic
def move_card(*, card: Card, to: str, by: Actor, reason: str = "") -> Card:
    """One card; Conflict `move_not_allowed`, NotAllowed `not_allowed`."""
    locked = Card.objects.select_for_update(of=("self",)).select_related("unit").get(pk=card.pk)
    CARD_WORKFLOW.check(locked.status, to, by=by, obj=locked, reason=reason)
    _move([locked], to=to, by=by)
    card.status = to
    return locked


def mark_ready(*, lines: list[str], by: Actor) -> list[Line]:
    """Mark the cards of many declaration codes as ready; a wrong line spoils none of the others.

    A line is what a scanner reads from a ticket (its address) or a typed code. The answer follows the
    lines: codes `code_invalid`, `card_unknown` (also another unit's), `move_not_allowed` (ready already).
    The number of statements does not depend on the number of lines.
    """
    typed = [(line, _code_in(line)) for line in dict.fromkeys(lines)]
    with transaction.atomic():
        known = cards_by_codes({code for _line, code in typed if code}, by=by)
        answers = [_answer(line, code, known, by) for line, code in typed]
        accepted = {code for (_line, code), answer in zip(typed, answers, strict=True) if not answer.code}
        _move([known[code] for code in sorted(accepted)], to=CardStatus.READY, by=by)
    return answers


def _code_in(line: str) -> str:
    """The declaration code in a scanned address or typed line, "" when there is none."""
    for part in reversed(line.strip().strip("/").split("/")):
        try:
            return clean_code(part)
        except ValidationError:
            continue
    return ""


def _answer(line: str, code: str, known: dict[str, Card], by: Actor) -> Line:
    if not code:
        return Line(line, "code_invalid", str(_("Mã không đúng. Xin kiểm tra lại từng ký tự.")))
    if code not in known:
        return Line(line, "card_unknown", str(UNKNOWN_TEXT))
    try:
        CARD_WORKFLOW.check(known[code].status, CardStatus.READY, by=by, obj=known[code])
    except DomainError as refusal:
        return Line(line, refusal.code, str(known[code].get_status_display()))
    return Line(line)


def _move(cards: list[Card], *, to: str, by: Actor) -> None:
    """The checked cards, with a fixed number of statements."""
    if not cards:
        return
    CardEntry.objects.bulk_create(
        CardEntry(card=card, frm=card.status, to=to, actor=by.actor_ref) for card in cards
    )
    now = timezone.now()
    moments = {column: now for status, column in MOMENTS if status == to}
    Card.objects.filter(pk__in=[card.pk for card in cards]).update(status=to, **moments)
    for unit in {card.unit_id: card.unit for card in cards}.values():
        mine = sum(card.unit_id == unit.pk for card in cards)
        record(action=f"card.{to}", by=by, unit=unit, detail={"cards": mine})
    if to == CardStatus.READY:
        _tell(cards, by=by)


def _tell(cards: list[Card], *, by: Actor) -> None:
    """Once per card, however often the button is pressed: the outbox knows the intent."""
    queue_messages(
        messages=[
            NewMessage(
                notice=CARD_READY.key,
                to=card.booking.contact.contact_point,
                unit=card.unit,
                intent=CARD_READY.key,
                about=card.booking.uid,
                context={"booking": str(card.booking.uid), "unit": card.unit.police_name},
            )
            for card in cards
            if card.booking.contact is not None
        ],
        by=by,
    )
