"""One visit of several people: all places or none, one code, numbers side by side, one message."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.confirm_visit import resend_code
from appointments.actions.prepare_visit import PLACES_PER_PHONE
from appointments.actions.sweep import erase_old_drafts, expire_holds
from appointments.actions.transition import move_booking
from appointments.models import Booking, Slot
from appointments.queries import booking_by_code, people_of
from appointments.tests.visits import (
    ADDRESS,
    COMMAND,
    book,
    check_sums,
    code_for,
    confirm,
    family,
    hold,
    slots_in_order,
)
from portal.audit.models import AuditEntry
from portal.citizens.models import Consent, ContactPerson, OneTimeCode, Person, PersonNameWord
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import Conflict, field_errors
from portal.common.text import show_numbers
from portal.notifications.models import OutboxMessage
from portal.notifications.notices import find_notice
from procedures.models import Declaration

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "0751000000"


def refusal(call, *args, **kwargs) -> Conflict:
    with pytest.raises(Conflict) as caught:
        call(*args, **kwargs)
    return caught.value


def rows(**which) -> list[tuple]:
    found = Booking.objects.filter(**which).order_by("pk")
    return list(found.values_list("status", "number"))


def said(notice: str, parameter: str) -> list[str]:
    messages = OutboxMessage.objects.filter(notice=notice).order_by("pk")
    return [find_notice(notice).derived[parameter](message.context) for message in messages]


def test_family_gets_places_numbers_and_one_message(slot: Slot) -> None:
    confirm(hold(slot, 7))
    first = confirm(hold(slot, people=family(1)))
    assert (first.number, first.party) == (2, first.uid)
    assert rows(party=first.uid) == [("booked", 2), ("booked", 3)]
    assert Booking.objects.filter(party=first.uid).values("challenge").distinct().count() == 1
    assert said("appointments.booking_confirmed", "number") == ["1", "2-3"]
    assert OneTimeCode.objects.count() == 2
    check_sums()


def test_every_person_has_declaration_words_consent_and_journal(slot: Slot) -> None:
    people = [family(1)[0] | {"relation": "child"}, family(2)[1]]
    first = confirm(hold(slot, people=people))
    assert [each.declaration.subject.full_name for each in people_of(first)] == [
        "Nguyễn Thị Anh",
        "Trần Bích",
        "Trần Chi",
    ]
    assert set(Declaration.objects.values_list("status", "contact")) == {("submitted", first.contact_id)}
    assert list(ContactPerson.objects.order_by("pk").values_list("role", flat=True)) == [
        "self",
        "child",
        "other",
    ]
    assert (Person.objects.count(), Consent.objects.count(), PersonNameWord.objects.count()) == (3, 3, 7)
    for action in ("person.declared", "consent.given", "booking.confirm"):
        assert AuditEntry.objects.filter(action=action, actor=first.contact.actor_ref).count() == 3
    assert AuditEntry.objects.filter(action="code.verified").count() == 1


def test_family_that_does_not_fit_takes_nothing_and_is_shown_other_hours(campaign) -> None:
    first, other = slots_in_order(campaign.sessions.first())[:2]
    hold(first, 7)
    found = refusal(hold, first, people=family(2))
    assert found.code == "slot_full"
    assert "3" in found.message
    assert found.extra["alternatives"][1] == {
        "uid": str(other.uid),
        "date": other.session.date.isoformat(),
        "starts": other.starts,
        "minutes": 30,
        "place": other.session.place_name,
        "free": 3,
    }
    first.refresh_from_db()
    assert (first.taken, Booking.objects.count()) == (1, 1)


def test_errors_name_the_person_they_are_about(slot: Slot) -> None:
    people = [family(1)[0] | {"full_name": ""}, family(2)[1]]
    with pytest.raises(ValidationError) as caught:
        hold(slot, people=people, birth_date="31/02/1990")
    assert sorted(field_errors(caught.value)) == ["birth_date", "people.0.full_name"]


def test_same_person_twice_in_one_request_is_told_at_the_second_place(slot: Slot) -> None:
    with pytest.raises(ValidationError) as caught:
        hold(slot, people=[family(1)[0], family(1)[0]])
    assert [(field, code) for field, items in field_errors(caught.value).items() for code, _t in items] == [
        ("people.1.full_name", "person_twice")
    ]


def test_nine_people_are_too_many(slot: Slot) -> None:
    with pytest.raises(ValidationError) as caught:
        hold(slot, people=family(8))
    assert field_errors(caught.value)["people"][0][0] == "people_too_many"


def test_family_counts_by_head_for_its_phone(slot: Slot) -> None:
    Slot.objects.update(capacity=20)
    for number in range(PLACES_PER_PHONE - 2):
        book(slot, number, phone=PHONE)
    assert refusal(hold, slot, 20, people=family(2), phone=PHONE).code == "phone_full"
    first = hold(slot, 20, people=family(1), phone=PHONE)
    assert refusal(hold, slot, 20, people=family(2), phone=PHONE).code == "phone_full"
    assert rows(party=first.uid) == [("held", None)] * 2
    check_sums()


def test_one_of_the_family_who_is_registered_is_named(slot: Slot) -> None:
    Slot.objects.update(capacity=9)
    confirm(hold(slot, 3, **family(1)[0], phone=PHONE))
    found = refusal(hold, slot, people=[family(2)[1], family(1)[0]])
    assert (found.code, found.extra["people"]) == ("already_registered", [2])


def test_choosing_again_moves_the_whole_family_without_a_second_code(campaign) -> None:
    one, two = slots_in_order(campaign.sessions.first())[:2]
    first = hold(one, people=family(2))
    assert hold(two, people=family(2)).uid == first.uid
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.taken, two.taken, OneTimeCode.objects.count()) == (0, 3, 1)
    check_sums()


def test_one_more_or_one_less_keeps_the_code(slot: Slot) -> None:
    first = hold(slot)
    assert hold(slot, people=family(2)).uid == first.uid
    assert refusal(hold, slot, people=family(3)).code == "slot_full"
    assert rows(party=first.uid) == [("held", None)] * 3
    assert hold(slot, people=family(2)[1:]).uid == first.uid
    assert rows(party=first.uid) == [("held", None)] * 2
    assert Booking.objects.filter(status="expired").count() == 1
    assert OneTimeCode.objects.count() == 1
    confirm(first)
    assert sorted(rows(), key=str) == [("booked", 1), ("booked", 2), ("expired", None)]
    check_sums()


def test_first_of_the_family_may_stay_at_home(slot: Slot) -> None:
    hold(slot, people=family(2))
    code = code_for(Booking.objects.earliest("pk"))
    heir = hold(slot, **family(1)[0], phone=PHONE, people=[])
    assert (heir.party, OneTimeCode.objects.count()) == (heir.uid, 1)
    assert confirm(heir, code=code).number == 1
    assert sorted(status for status, _number in rows()) == ["booked", "expired", "expired"]
    check_sums()


def test_hold_of_a_family_that_ran_out_is_taken_again_as_a_whole(campaign) -> None:
    one, two = slots_in_order(campaign.sessions.first())[:2]
    first = hold(one, people=family(2))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        expire_holds(by=COMMAND)
        book(one, 8)
        resend_code(booking_uid=first.uid, address=ADDRESS, proof=None, by=ANONYMOUS_CITIZEN)
        found = refusal(confirm, first)
        assert found.code == "slot_full"
        assert {"uid": str(two.uid)}.items() <= found.extra["alternatives"][1].items()
        check_sums()
        booked = confirm(first, slot=str(two.uid))
    assert [(each.slot_id, each.number) for each in people_of(booked)] == [(two.pk, n) for n in (2, 3, 4)]
    check_sums()


def test_drafts_of_a_family_are_erased_after_a_day(slot: Slot) -> None:
    hold(slot, people=family(2))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        expire_holds(by=COMMAND)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        assert erase_old_drafts(by=COMMAND) == 3
    assert {declaration.details for declaration in Declaration.objects.all()} == {None}


def test_every_code_of_the_family_opens_the_same_visit(slot: Slot) -> None:
    first = confirm(hold(slot, people=family(2)))
    codes = [each.declaration.code for each in people_of(first)]
    assert {booking_by_code(code).party for code in codes} == {first.uid}


def test_whole_family_is_cancelled_with_one_message(slot: Slot) -> None:
    first = confirm(hold(slot, people=family(2)))
    other = people_of(first)[2].declaration.code
    assert cancel_visit(code=other, phone=PHONE).party == first.uid
    assert cancel_visit(code=other, phone=PHONE).status == "cancelled"
    assert rows() == [("cancelled", number) for number in (1, 2, 3)]
    assert said("appointments.booking_cancelled", "number") == ["1-3"]
    check_sums()


def test_one_person_may_be_given_back_alone(slot: Slot) -> None:
    first = confirm(hold(slot, people=family(2)))
    middle = people_of(first)[1]
    assert cancel_visit(code=first.declaration.code, phone=PHONE, only=[middle.uid]).status == "booked"
    assert rows() == [("booked", 1), ("cancelled", 2), ("booked", 3)]
    assert said("appointments.booking_cancelled", "number") == ["2"]
    assert said("appointments.booking_confirmed", "number") == ["1, 3"]
    assert booking_by_code(middle.declaration.code).status == "cancelled"
    check_sums()


def test_who_has_come_already_stays_when_the_family_gives_back(slot: Slot, owner) -> None:
    first = confirm(hold(slot, people=family(1)))
    move_booking(booking=first, to="checked_in", by=owner)
    cancel_visit(code=first.declaration.code, phone=PHONE)
    assert rows() == [("checked_in", 1), ("cancelled", 2)]
    check_sums()


def test_officer_uses_the_reserve_first_and_the_public_never_does(slot: Slot, owner) -> None:
    Slot.objects.filter(pk=slot.pk).update(capacity=1, reserve=2)
    book(slot, 1, by=owner, people=family(2))
    assert list(Booking.objects.order_by("pk").values_list("from_reserve", "number")) == [
        (True, 1),
        (True, 2),
        (False, 3),
    ]
    assert refusal(book, slot, 2, by=owner).code == "slot_full"
    check_sums()
    cancel_visit(code=Booking.objects.earliest("pk").declaration.code, phone="0751000001")
    slot.refresh_from_db()
    assert (slot.taken, slot.reserve_taken) == (0, 0)
    hold(slot, 3)
    assert refusal(hold, slot, 4).code == "slot_full"
    check_sums()


def test_attested_person_needs_no_phone(slot: Slot, owner) -> None:
    booking = book(slot, by=owner, attested=True, phone="")
    assert (booking.number, booking.contact, booking.phone_hash) == (1, None, None)
    assert OutboxMessage.objects.count() == 0
    assert refusal(book, slot, by=owner, attested=True, phone="").code == "already_registered"
    with pytest.raises(ValidationError):
        book(slot, 1, by=owner, phone="")
    check_sums()


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([None], ""), ([4], "4"), ([15, 12, 13, 14], "12-15"), ([1, 3, None, 4], "1, 3-4")],
)
def test_numbers_are_told_as_ranges(numbers, text) -> None:
    assert show_numbers(numbers) == text
