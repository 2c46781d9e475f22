"""Telling and erasing everything that is held on a person: by action and on the officers' page."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus
from appointments.models import ArchivedBooking, Booking, StatusEntry
from appointments.tests.visits import book, check_sums, confirm, hold, slots_in_order
from portal.audit.models import AuditEntry
from portal.citizens.actions.personal_data import erase_person, export_person, forget_person
from portal.citizens.actions.persons import declare_person
from portal.citizens.models import Consent, Contact, ContactPerson, Person
from portal.common.errors import NotAllowed
from portal.notifications.models import ContactPoint, OutboxMessage
from procedures.models import Declaration
from tests.people import BY, make_campaign

LIST = "/quan-tri/citizens/person/"
NAME = "Nguyễn Thị Anh"


@pytest.fixture
def booking(slot) -> Booking:
    """A confirmed visit with one stroke of everything: code, consent, message, history."""
    return confirm(hold(slot, note="Đi lại khó khăn"))


@pytest.fixture
def person(booking) -> Person:
    return booking.declaration.subject


@pytest.fixture
def over(booking, owner) -> Booking:
    """The visit was cancelled and its messages are no longer waiting."""
    move_booking(booking=booking, to=BookingStatus.CANCELLED, by=owner, reason="Bà Anh xin hủy")
    OutboxMessage.objects.update(state="delivered")
    return booking


def held(told: dict[str, Any], kind: str) -> list[dict]:
    return next(part["rows"] for part in told["held"] if part["kind"] == kind)


# ---- telling


def test_export_tells_rows_of_every_room_with_purpose_and_time(over, person, owner) -> None:
    told = export_person(person=person, by=owner)
    assert held(told, "citizens.person")[0]["full_name"] == NAME
    assert [row["purpose"] for row in held(told, "citizens.person")[0]["consents"]] == ["appointments"]
    assert held(told, "notifications.contactpoint") == [{"phone": "+84751000000", "opt_outs": [], "zalo": []}]
    assert held(told, "procedures.declaration")[0]["details"]["note"] == "Đi lại khó khăn"
    visit = held(told, "appointments.booking")[0]
    assert [step["to"] for step in visit["history"]] == ["held", "booked", "cancelled"]
    assert visit["history"][-1]["reason"] == "Bà Anh xin hủy"
    assert [row["notice"] for row in visit["messages"]] == [
        "appointments.booking_confirmed",
        "appointments.booking_cancelled_by_unit",
    ]
    assert all(part["purpose"] and part["keep"] and part["legal"] for part in told["held"])
    assert json.loads(json.dumps(told)) == told


def test_export_tells_nothing_of_somebody_else_on_the_same_phone(booking, person, owner) -> None:
    child = confirm(hold(slots_in_order(booking.session)[1], 1, full_name="Lò Thị Mây", phone="0751000000"))
    assert child.contact == booking.contact
    text = json.dumps(export_person(person=person, by=owner), ensure_ascii=False)
    assert (NAME in text, "Mây" in text, child.declaration.code in text) == (True, False, False)


def test_export_is_written_down_without_values(person, owner) -> None:
    export_person(person=person, by=owner)
    entry = AuditEntry.objects.get(action="person.exported")
    assert (entry.actor, entry.object_uid, entry.detail) == (owner.actor_ref, str(person.uid), {})


# ---- who may


def test_colleague_stranger_and_citizen_may_neither_export_nor_erase(person, people) -> None:
    for actor in (people.colleague, people.stranger, people.citizen):
        with pytest.raises(NotAllowed) as caught:
            export_person(person=person, by=actor)
        assert caught.value.code == "not_allowed"
        with pytest.raises(NotAllowed):
            erase_person(person=person, reason="request", by=actor)
    assert Person.objects.get() == person


def test_what_two_units_hold_is_answered_above_them(person, owner, other_ward, id_card) -> None:
    far = slots_in_order(make_campaign(other_ward, id_card).sessions.first())[0]
    visit = book(far, 1)
    Declaration.objects.filter(pk=visit.declaration_id).update(subject=person)
    for action in (
        lambda: export_person(person=person, by=owner),
        lambda: erase_person(person=person, reason="request", by=owner),
    ):
        with pytest.raises(NotAllowed) as caught:
            action()
        assert caught.value.code == "held_elsewhere"
    assert len(held(export_person(person=person, by=BY), "appointments.booking")) == 2


def test_a_person_whom_no_unit_holds_is_the_houses_own(owner) -> None:
    alone = declare_person(full_name="Lò Thị Mây", birth_date="1990", by=BY)
    with pytest.raises(NotAllowed):
        export_person(person=alone, by=owner)
    assert erase_person(person=alone, reason="mistake", by=BY).rows == {"citizens.person": 1}


# ---- erasing


def test_erasure_takes_everything_of_a_visit_that_is_over(over, person, owner) -> None:
    erasure = erase_person(person=person, reason="request", by=owner)
    assert erasure.rows == {
        "appointments.booking": 1,
        "procedures.declaration": 1,
        "citizens.person": 1,
    }
    assert {label: [item.code for item in kept] for label, kept in erasure.kept.items()} == {
        "notifications.contactpoint": ["phone_of_holder"]
    }
    for model in (Booking, StatusEntry, Declaration, Person, ContactPerson):
        assert model.objects.count() == 0
    assert (Consent.objects.get().person, Contact.objects.count()) == (None, 1)
    row = ArchivedBooking.objects.get()
    assert (row.uid, row.number, row.status) == (over.uid, 1, "cancelled")
    check_sums()


def test_tombstone_says_that_it_happened_and_nothing_about_the_person(over, person, owner) -> None:
    erase_person(person=person, reason="withdrawn", by=owner)
    entry = AuditEntry.objects.get(action="person.erasure")
    assert (entry.actor, entry.object_uid) == (owner.actor_ref, str(person.uid))
    assert entry.detail == {
        "reason": "withdrawn",
        "rows": {"appointments.booking": 1, "procedures.declaration": 1, "citizens.person": 1},
        "kept": {"notifications.contactpoint": ["phone_of_holder"]},
    }


def test_open_visit_keeps_its_rows_and_says_why(booking, person, owner) -> None:
    erasure = erase_person(person=person, reason="request", by=owner)
    assert erasure.rows == {}
    assert {label: [item.code for item in kept] for label, kept in erasure.kept.items()} == {
        "appointments.booking": ["visit_open"],
        "procedures.declaration": ["visit_open"],
        "citizens.person": ["still_needed"],
        "notifications.contactpoint": ["phone_of_holder"],
    }
    assert Booking.objects.get().declaration.subject.full_name == NAME
    assert ContactPerson.objects.count() == 1


def test_message_that_still_waits_keeps_the_visit(booking, person, owner) -> None:
    """It reads its facts when it is sent."""
    move_booking(booking=booking, to=BookingStatus.CANCELLED, by=owner)
    erasure = erase_person(person=person, reason="request", by=owner)
    assert [item.code for item in erasure.kept["appointments.booking"]] == ["visit_open"]
    OutboxMessage.objects.update(state="delivered")
    assert erase_person(person=person, reason="request", by=owner).rows["citizens.person"] == 1


def test_no_value_of_the_person_is_left_in_any_table(over, person, owner) -> None:
    """The rows are sealed anyway; their hashes must be gone too."""
    hashes = {person.name_hash, person.birth_hash, over.person_key}
    hashes |= set(person.name_words.values_list("word_hash", flat=True))
    erase_person(person=person, reason="request", by=owner)
    left = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            text = str(cursor.fetchall())
            left |= {(table, value) for value in hashes if value in text}
    assert left == set()
    assert ContactPoint.objects.count() == 1


def test_unknown_reason_is_refused(over, person, owner) -> None:
    with pytest.raises(ValidationError) as caught:
        erase_person(person=person, reason="Bà Anh muốn thế", by=owner)
    assert caught.value.error_dict["reason"][0].code == "erasure_reason_invalid"
    assert Person.objects.exists()


def test_person_whom_a_declaration_needs_is_not_forgotten(booking, person) -> None:
    assert forget_person(person=person, reason="retention", by=BY) is False
    assert (ContactPerson.objects.count(), Consent.objects.get().person) == (1, person)
    assert not AuditEntry.objects.filter(action="person.erased").exists()


# ---- the officers' page


def page_of(person: Person) -> str:
    return reverse("admin:citizens_person_change", args=[person.pk])


def export_page(person: Person) -> str:
    return reverse("admin:citizens_person_export", args=[person.uid])


def erase_page(person: Person) -> str:
    return reverse("admin:citizens_person_erase", args=[person.uid])


def test_chief_finds_the_person_and_gets_the_file(person, owner, client) -> None:
    client.force_login(owner)
    found = client.post(LIST, {"q": "thi anh"})
    assert "anh" not in found.url
    assert list(client.get(found.url).context["cl"].queryset) == [person]
    shown = client.get(page_of(person)).content.decode()
    assert "Person object" not in shown
    assert (NAME in shown, export_page(person) in shown, erase_page(person) in shown) == (True,) * 3
    assert AuditEntry.objects.filter(action="person.viewed", object_uid=str(person.uid)).count() == 1
    answer = client.post(export_page(person))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="du-lieu-ca-nhan.json"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert json.loads(answer.content)["person"] == str(person.uid)
    assert client.get(export_page(person)).status_code == 405


def test_chief_erases_and_reads_what_stayed(over, person, owner, client) -> None:
    client.force_login(owner)
    assert NAME in client.get(erase_page(person)).content.decode()
    refused = client.post(erase_page(person), {"reason": "retention"})
    assert (refused.status_code, Person.objects.count()) == (200, 1)
    answer = client.post(erase_page(person), {"reason": "request"}).content.decode()
    assert all(words in answer for words in ("Tờ khai: 1", "Phải giữ lại", "của người giữ máy"))
    assert Person.objects.count() == 0
    assert client.get(erase_page(person)).status_code == 404


def test_colleague_and_stranger_reach_no_page(over, person, colleague, stranger, client) -> None:
    for officer, codes in ((colleague, (403, 403, 404, 404)), (stranger, (200, 404, 404, 404))):
        client.force_login(officer)
        assert (client.get(LIST).status_code, client.get(page_of(person)).status_code) == codes[:2]
        assert client.post(export_page(person)).status_code == codes[2]
        assert client.post(erase_page(person), {"reason": "request"}).status_code == codes[3]
    assert list(client.get(LIST).context["cl"].queryset) == []
    assert Person.objects.count() == 1


def test_list_costs_the_same_for_one_person_and_for_three(slot, owner, client) -> None:
    client.force_login(owner)
    costs = []
    for numbers in ((0,), (1, 2)):
        for number in numbers:
            book(slot, number)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(LIST).context["cl"].result_list) == numbers[-1] + 1
        costs.append(len(queries))
    assert costs[0] == costs[1]


# ---- the page of the archive


def test_archive_page_shows_numbers_and_nobody(over, person, owner, stranger, colleague, client) -> None:
    erase_person(person=person, reason="request", by=owner)
    row = ArchivedBooking.objects.get()
    pages = [
        "/quan-tri/appointments/archivedbooking/",
        reverse("admin:appointments_archivedbooking_change", args=[row.pk]),
    ]
    for officer in (owner, colleague):
        client.force_login(officer)
        shown = [client.get(page).content.decode() for page in pages]
        assert [("Nhà văn hóa phường" in text, "Anh" in text) for text in shown] == [(True, False)] * 2
    client.force_login(stranger)
    assert list(client.get(pages[0]).context["cl"].queryset) == []
    assert client.get(pages[1]).status_code == 404


def test_archive_list_costs_the_same_for_one_and_for_three(slot, owner, client) -> None:
    client.force_login(owner)
    costs = []
    for numbers in ((0,), (1, 2)):
        for number in numbers:
            visit = book(slot, number)
            move_booking(booking=visit, to=BookingStatus.MISSED, by=owner)
            OutboxMessage.objects.update(state="delivered")
            erase_person(person=visit.declaration.subject, reason="request", by=owner)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/quan-tri/appointments/archivedbooking/")
        assert len(answer.context["cl"].result_list) == numbers[-1] + 1
        costs.append(len(queries))
    assert costs[0] == costs[1]
