"""Visits by the thousand, for load data: full days of fictitious people, places and numbers as they must be.

No message is queued and nothing is written into the journal for a single visit: nobody is told.
"""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from itertools import islice

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from appointments.actions.open_campaign import create_campaign, move_campaign
from appointments.actions.places import append_entries
from appointments.actions.prepare_visit import person_key
from appointments.enums import BookingStatus, CampaignStatus
from appointments.models import Booking, Campaign, Session, Slot
from appointments.timetable import Plan, Round
from portal.citizens.actions.declare_many import declare_many
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.common.crypto import blind_index
from portal.units.models import Unit
from procedures.actions.declare import submit_many
from procedures.declarations.id_card import validate_declaration
from procedures.models import Procedure

DAYS_PER_CAMPAIGN = 60
SLOTS_PER_DAY = 16
BATCH = 1_000


def lay_out_load(
    *, unit: Unit, procedure: Procedure, sessions: int, bookings: int, by: Actor
) -> list[Campaign]:
    """Open campaigns with exactly `sessions` sessions whose places hold `bookings` people."""
    capacity = -(-bookings // (sessions * SLOTS_PER_DAY))
    first = local_today() + dt.timedelta(days=1)
    made = []
    for start in range(0, sessions, DAYS_PER_CAMPAIGN):
        days = min(DAYS_PER_CAMPAIGN, sessions - start)
        line = Round(
            first_date=first,
            last_date=first + dt.timedelta(days=days - 1),
            place_name="Nhà văn hóa phường",
            place_address="Số 25 đường Hoa Sữa",
            spans=((450, 450 + 30 * SLOTS_PER_DAY),),
            slot_minutes=30,
            capacity=capacity,
            weekdays=tuple(range(7)),
        )
        plan = Plan(name=f"Tải thử {start // DAYS_PER_CAMPAIGN + 1}", rounds=(line,), skip_holidays=False)
        campaign = create_campaign(unit=unit, procedure=procedure, plan=plan, by=by)
        made.append(move_campaign(campaign=campaign, to=CampaignStatus.OPEN, by=by))
    return made


def book_many(
    *, campaigns: list[Campaign], people: Iterator[dict[str, str]], total: int, by: Actor
) -> Iterator[int]:
    """Fill the slots of these campaigns in order; yields how many visits each batch wrote.

    A batch is one transaction, so whatever was written is right when the command is stopped.
    """
    slots = Slot.objects.filter(session__campaign__in=campaigns, taken=0).order_by("session_id", "starts")
    read = list(slots.select_related("session__campaign__procedure", "session__unit"))
    places = (slot for slot in read for _place in range(slot.capacity))
    wanted = islice(places, total)
    numbers: dict[int, int] = {}
    while batch := list(islice(wanted, BATCH)):
        with transaction.atomic():
            _book(batch, list(islice(people, len(batch))), numbers, by)
        yield len(batch)


def _book(batch: list[Slot], details: list[dict[str, str]], numbers: dict[int, int], by: Actor) -> None:
    session = batch[0].session
    holders = declare_many(details=details, by=by)
    declarations = submit_many(
        procedure=session.campaign.procedure, unit=session.unit, details=details, people=holders, by=by
    )
    bookings = []
    for slot, one, (contact, _person), declaration in zip(batch, details, holders, declarations, strict=True):
        booking = _booking(slot, one, numbers, by)
        booking.contact, booking.declaration = contact, declaration
        bookings.append(booking)
    Booking.objects.bulk_create(bookings)
    append_entries(bookings, to=BookingStatus.BOOKED, actor=by.actor_ref)
    _count(bookings)


def _booking(slot: Slot, details: dict[str, str], numbers: dict[int, int], by: Actor) -> Booking:
    uid, now = uuid.uuid4(), timezone.now()
    numbers[slot.session_id] = numbers.get(slot.session_id, slot.session.last_number) + 1
    return Booking(
        uid=uid,
        party=uid,
        slot=slot,
        session=slot.session,
        unit=slot.session.unit,
        status=BookingStatus.BOOKED,
        number=numbers[slot.session_id],
        hold_until=now,
        booked_at=now,
        person_key=person_key(slot.session.campaign, details),
        phone_hash=blind_index("phone", details["phone"]),
        filed_by=by.actor_ref,
    )


def _count(bookings: list[Booking]) -> None:
    """Places taken and numbers given, in the transaction of the rows they count."""
    taken: dict[int, int] = {}
    last: dict[int, int] = {}
    for booking in bookings:
        taken[booking.slot_id] = taken.get(booking.slot_id, 0) + 1
        last[booking.session_id] = booking.number or 0
    for slot_id, count in taken.items():
        Slot.objects.filter(pk=slot_id).update(taken=F("taken") + count)
    for session_id, number in last.items():
        Session.objects.filter(pk=session_id).update(last_number=number)


FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLE = ("Thị", "Văn", "Hữu", "Đức", "Ngọc", "Minh", "Quốc", "Hoàng", "Xuân", "Bích")
GIVEN = ("Ánh", "Hòa", "Phượng", "Tuấn", "Đạt", "Uyên", "Nghĩa", "Quỳnh", "Lộc", "Yến", "Khuê", "Thủy")
STREETS = ("Hoa Sữa", "Bình Minh", "Cầu Tàu", "Chợ Mới", "Gò Mây")
TEST_PHONES = 10_000_000


def load_people(*, seed: int, first_phone: int) -> Iterator[dict[str, str]]:
    """Clean details of fictitious people without end; the same seed says the same people.

    Phones are from the range no operator has, one each, from `first_phone` on.
    """
    chance = random.Random(seed)  # noqa: S311 - load data
    # Every field a declaration has, also those that are added later.
    empty = validate_declaration(
        {"full_name": "Lê An", "birth_date": "1980", "phone": "0753000000", "request_kind": "swap"}
    )
    for number in range(first_phone, TEST_PHONES):
        name = f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}"
        born = dt.date(1950, 1, 1) + dt.timedelta(days=chance.randrange(20_000))
        yield empty | {
            "full_name": name,
            "birth_date": f"{born:%Y-%m-%d}",
            "phone": f"+8475{number:07d}",
            "request_kind": chance.choice(("swap", "first_issue")),
            "permanent_address": f"Số {chance.randrange(1, 300)} đường {chance.choice(STREETS)}",
        }
