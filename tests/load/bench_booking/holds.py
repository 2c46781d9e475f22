"""Held places with their codes: one by the real action, the others like it.

Only the way there is short. Each hold has its own phone, declaration, challenge and history as a citizen's
has, encrypted and hashed by the same fields; it lasts a day, so that the last round finds it alive.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F
from django.utils import timezone

from appointments.actions.hold_visit import hold_visit
from appointments.models import Booking, Campaign, Slot, StatusEntry
from portal.citizens.models import OneTimeCode
from portal.citizens.one_time import code_of
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.codes import new_code
from portal.common.crypto import blind_index
from portal.common.phones import clean_phone
from portal.notifications.models import ContactPoint
from procedures.models import Declaration
from tests.load.bench_booking.recipe import Facts
from tests.people import visit_data

FIRST_PHONE = 2_000_000  # of the test range; the first ones belong to other tests
TOGETHER = 1000


@dataclass(frozen=True)
class Hold:
    """What a client types, and what the replay has to know."""

    uid: str
    path: str
    code: str
    facts: Facts


@dataclass(frozen=True)
class _Rows:
    point: ContactPoint
    challenge: OneTimeCode
    declaration: Declaration
    booking: Booking
    entry: StatusEntry


def real_hold(slot: Slot, number: int) -> Hold:
    """By the action, as a citizen does it."""
    held: Any = hold_visit(
        unit=slot.session.unit,
        slot=str(slot.uid),
        data=visit_data(FIRST_PHONE + number),
        address=f"198.51.{number % 250}.7",
        proof=None,
        by=ANONYMOUS_CITIZEN,
    )
    bookings = held[0] if isinstance(held[0], (list, tuple)) else [held[0]]
    return _hold_of(_rows_of(Booking.objects.get(pk=bookings[0].pk)))


def like(template: Hold, slots: Sequence[Slot], *, first: int) -> list[Hold]:
    """One more hold per slot of `slots`, for the citizens number `first` and following."""
    pattern = _rows_of(Booking.objects.get(uid=template.uid))
    made = [_like(pattern, slot, first + place) for place, slot in enumerate(slots)]
    for name in ("point", "challenge", "declaration", "booking", "entry"):
        rows = [getattr(one, name) for one in made]
        type(rows[0])._base_manager.bulk_create(rows, batch_size=TOGETHER)
    for slot_id, people in Counter(slot.pk for slot in slots).items():
        Slot.objects.filter(pk=slot_id).update(taken=F("taken") + people)
    return [_hold_of(one) for one in made]


def _rows_of(booking: Booking) -> _Rows:
    challenge = OneTimeCode.objects.get(about=booking.uid)
    entry = StatusEntry.objects.get(booking=booking)
    return _Rows(challenge.contact_point, challenge, booking.declaration, booking, entry)


def _like(pattern: _Rows, slot: Slot, number: int) -> _Rows:
    phone = clean_phone(visit_data(FIRST_PHONE + number)["phone"])
    tomorrow = timezone.now() + dt.timedelta(days=1)
    point = _copy(pattern.point, phone=phone, phone_hash=blind_index("phone", phone))
    declaration = _copy(pattern.declaration, code=new_code())
    declaration.details = {**pattern.declaration.details, "phone": phone, "full_name": _name(number)}
    uid = uuid.uuid4()
    challenge = _copy(pattern.challenge, contact_point=point, about=uid, expires_at=tomorrow)
    booking = _copy(
        pattern.booking,
        uid=uid,
        party=uid,
        slot=slot,
        session=slot.session,
        declaration=declaration,
        person_key=blind_index("bench.person_key", str(number)),
        phone_hash=point.phone_hash,
        hold_until=tomorrow,
        challenge=challenge.uid if pattern.booking.challenge else None,
    )
    return _Rows(point, challenge, declaration, booking, _copy(pattern.entry, booking=booking))


def _copy(row: Any, **changes: Any) -> Any:
    """A new row of the same content with its own uid; encrypted columns are sealed anew for it."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.local_concrete_fields
        if not field.primary_key
    }
    for name in changes:
        values.pop(row._meta.get_field(name).attname)
    return type(row)(**{**values, "uid": uuid.uuid4(), **changes})


def _name(number: int) -> str:
    return visit_data(number)["full_name"]


def _hold_of(rows: _Rows) -> Hold:
    slot: Slot = rows.booking.slot
    campaign: Campaign = slot.session.campaign
    facts = {"slot.starts_at": slot.starts_at, "code": code_of(rows.challenge.uid)}
    named = {**vars(rows), "slot": slot, "session": slot.session}
    for name, row in named.items():
        facts |= {f"{name}.{key}": value for key, value in _plain_columns(row).items()}
    uid = str(rows.booking.uid)
    path = f"/{campaign.unit.slug}/dat-lich/xac-nhan/{uid}/"
    return Hold(uid, path, facts["code"], facts)


def _plain_columns(row: models.Model) -> dict[str, Any]:
    names = [field.attname for field in row._meta.local_concrete_fields]
    return {
        name: row.__dict__[name]
        for name in names
        if isinstance(row.__dict__.get(name), (int, str, uuid.UUID, dt.date))
        and type(row._meta.get_field(name)).__name__ not in ("EncryptedTextField", "EncryptedJSONField")
    }
