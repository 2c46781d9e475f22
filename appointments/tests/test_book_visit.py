"""Booking without a code: officers, and the command."""

import io
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from appointments.enums import BookingStatus
from appointments.models import Booking, Slot
from appointments.tests.visits import UNKNOWN, book, check_sums, hold, row_counts, slots_in_order
from portal.audit.models import AuditEntry
from portal.citizens.models import Person
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.codes import clean_code
from portal.common.errors import Conflict, NotAllowed
from portal.notifications.models import OutboxMessage
from procedures.models import Declaration
from tests.people import make_officer, visit_data

WRITTEN = (Booking, Declaration, OutboxMessage, Person, AuditEntry)


def run_command(monkeypatch, unit: str, slot: object, text: str) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    out = io.StringIO()
    call_command("book_visit", unit, str(slot), stdout=out)
    return out.getvalue()


def test_officer_books_for_a_person_and_the_number_comes_at_once(slot: Slot, owner) -> None:
    booking = Booking.objects.get(uid=book(slot, by=owner).uid)
    assert (booking.status, booking.number, booking.filed_by) == ("booked", 1, owner.actor_ref)
    assert booking.declaration.status == "submitted"
    assert booking.declaration.subject.full_name == "Nguyễn Thị Anh"
    assert [message.notice for message in OutboxMessage.objects.all()] == ["appointments.booking_confirmed"]
    assert list(booking.history.values_list("frm", "to", "actor")) == [("", "booked", owner.actor_ref)]
    entry = AuditEntry.objects.get(action="booking.book_attested")
    assert (entry.actor, entry.unit_uid) == (owner.actor_ref, str(booking.unit.uid))
    check_sums()


def test_only_the_desk_of_the_unit_may_book_for_people(slot: Slot, people) -> None:
    viewer = make_officer("province", slot.session.unit, "province_viewer")
    before = row_counts(*WRITTEN)
    for actor in (people.colleague, people.stranger, viewer, people.citizen, ANONYMOUS_CITIZEN):
        with pytest.raises(NotAllowed) as caught:
            book(slot, by=actor)
        assert caught.value.code == "not_allowed"
    assert row_counts(*WRITTEN) == before


def test_full_slot_gives_no_number_away(slot: Slot) -> None:
    for number in range(3):
        book(slot, number)
    before = row_counts(*WRITTEN)
    with pytest.raises(Conflict) as caught:
        book(slot, 3)
    assert caught.value.code == "slot_full"
    slot.session.refresh_from_db()
    assert slot.session.last_number == 3
    assert row_counts(*WRITTEN) == before
    check_sums()


def test_officer_ends_the_persons_own_hold(campaign, owner) -> None:
    first, other = slots_in_order(campaign.sessions.first())[:2]
    held = hold(first)
    booking = book(other, by=owner)
    held.refresh_from_db()
    assert (held.status, booking.number) == (BookingStatus.EXPIRED, 1)
    check_sums()


def test_registered_person_is_refused(slot: Slot, owner) -> None:
    book(slot)
    with pytest.raises(Conflict) as caught:
        book(slot, by=owner)
    assert caught.value.code == "already_registered"
    check_sums()


def test_two_desks_registering_one_person_get_one_booking(slot: Slot, monkeypatch) -> None:
    """The unique key decides when neither desk has seen the other's row yet."""
    book(slot)
    monkeypatch.setattr("appointments.actions.book_visit.earlier_holds", lambda bookings: [])
    with pytest.raises(Conflict) as caught:
        book(slot)
    assert caught.value.code == "already_registered"
    check_sums()


def test_command_prints_number_and_code(slot: Slot, monkeypatch) -> None:
    printed = run_command(monkeypatch, slot.session.unit.slug, slot.uid, json.dumps(visit_data()))
    number, code = printed.split()
    booking = Booking.objects.get(declaration__code=clean_code(code))
    assert (number, booking.filed_by) == ("1", "system:book_visit")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("{", "json_invalid: tờ khai không phải JSON."),
        ("[]", "json_invalid: tờ khai không phải JSON."),
        (json.dumps(visit_data(phone="1")), "phone: phone_invalid: "),
        (json.dumps(visit_data(full_name="")), "full_name: required: Ông/Bà chưa điền mục này."),
    ],
)
def test_command_names_what_is_wrong(slot: Slot, monkeypatch, text: str, answer: str) -> None:
    with pytest.raises(CommandError) as caught:
        run_command(monkeypatch, slot.session.unit.slug, slot.uid, text)
    assert str(caught.value).startswith(answer)
    assert Booking.objects.count() == 0


def test_command_refuses_unknown_unit_slot_and_full_slot(slot: Slot, monkeypatch) -> None:
    def refusal(unit: str, wanted: object) -> str:
        with pytest.raises(CommandError) as caught:
            run_command(monkeypatch, unit, wanted, json.dumps(visit_data(9)))
        return str(caught.value).split(" ")[0]

    slug = slot.session.unit.slug
    assert refusal("khong-co", slot.uid) == "unit_unknown:"
    assert refusal(slug, UNKNOWN) == "slot:"
    for number in range(3):
        book(slot, number)
    assert refusal(slug, slot.uid) == "slot_full:"


def test_action_refuses_an_unknown_slot(slot: Slot, owner, other_ward) -> None:
    from appointments.actions.book_visit import book_visit

    with pytest.raises(ValidationError):
        book_visit(unit=other_ward, slot=slot.uid, data=visit_data(), by=owner)
    assert Booking.objects.count() == 0
