"""Load data keeps every promise of real visits, and never lands in production."""

from itertools import islice

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from appointments.actions.book_many import load_people
from appointments.models import Booking, Session, Slot, StatusEntry
from appointments.tests.visits import check_sums
from portal.citizens.models import Person, PersonNameWord
from portal.common.crypto import blind_index
from portal.common.text import name_words
from portal.notifications.models import ContactPoint, OutboxMessage
from procedures.declarations.id_card import validate_declaration


def load(sessions: int = 3, bookings: int = 100, **options: object) -> None:
    call_command("make_load_data", sessions=sessions, bookings=bookings, **options)


def test_people_are_what_the_declaration_would_accept() -> None:
    for details in islice(load_people(seed=7, first_phone=3_000_000), 200):
        assert validate_declaration(details) == details
    again = list(islice(load_people(seed=7, first_phone=3_000_000), 5))
    assert again == list(islice(load_people(seed=7, first_phone=3_000_000), 5))
    assert again != list(islice(load_people(seed=8, first_phone=3_000_000), 5))


def test_visits_are_right_in_places_numbers_history_and_columns(ward, id_card) -> None:
    load()
    check_sums()
    assert (Session.objects.count(), Booking.objects.count()) == (3, 100)
    assert sum(Slot.objects.values_list("taken", flat=True)) == 100
    assert set(StatusEntry.objects.values_list("frm", "to")) == {("", "booked")}
    assert StatusEntry.objects.count() == 100
    booking = Booking.objects.select_related("declaration__subject", "contact__contact_point")[0]
    person, point = booking.declaration.subject, booking.contact.contact_point
    assert booking.declaration.details["full_name"] == person.full_name
    assert booking.phone_hash == point.phone_hash == blind_index("phone", point.phone)
    assert PersonNameWord.objects.filter(person=person).count() == len(set(name_words(person.full_name)))
    assert OutboxMessage.objects.count() == 0


def test_columns_are_really_encrypted(ward, id_card) -> None:
    load(sessions=1, bookings=1)
    person = Person.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT full_name FROM citizens_person")
        stored = bytes(cursor.fetchone()[0])
    assert person.full_name.encode() not in stored


def test_second_run_goes_on_with_new_people(ward, id_card) -> None:
    load(sessions=1, bookings=10)
    load(sessions=61, bookings=130)
    assert (Session.objects.count(), Booking.objects.count()) == (62, 140)
    assert ContactPoint.objects.count() == 140
    check_sums()


@pytest.mark.parametrize(("sessions", "bookings"), [(0, 1), (1, 0), (1, 16_001), (10_000, 7_000_001)])
def test_impossible_amounts_are_refused(ward, id_card, sessions: int, bookings: int) -> None:
    with pytest.raises(CommandError):
        load(sessions, bookings)
    assert Session.objects.count() == 0


@pytest.mark.parametrize("change", [{"PORTAL_MODE": "production"}, {"TEST_PHONES_ALLOWED": False}])
def test_production_refuses(ward, id_card, settings, change: dict[str, object]) -> None:
    for name, value in change.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError):
        load()
    assert Booking.objects.count() == 0
