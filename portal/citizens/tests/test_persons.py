"""Persons: declared, found by hashes, opened per device."""

import datetime as dt
import unicodedata

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection

from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.actions.persons import declare_person, link_person, open_person
from portal.citizens.actions.sessions import end_session, start_session
from portal.citizens.models import ContactPerson, Person, PersonAccess, PersonNameWord
from portal.citizens.queries import (
    find_contact,
    has_opened,
    persons_named,
    persons_of,
    persons_with_number,
    persons_with_words,
)
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import NotAllowed, TooMany


@pytest.fixture
def person(db) -> Person:
    return declare_person(
        full_name="Đặng Thị Hòa",
        birth_date="05/09/1990",
        identity_number="012 345 678 901",
        gender="female",
        by=ANONYMOUS_CITIZEN,
    )


@pytest.fixture
def session(db):
    contact = ensure_contact(phone="+84750000001", by=ANONYMOUS_CITIZEN)
    return start_session(contact=contact)[0]


def test_person_is_kept_clean_and_read_back(person) -> None:
    read = Person.objects.get(pk=person.pk)
    assert (read.full_name, read.birth_date) == ("Đặng Thị Hòa", "1990-09-05")
    assert (read.identity_number, read.gender, read.occupation) == ("012345678901", "female", None)


def test_no_personal_value_reaches_the_table_in_the_clear(person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM citizens_person")
        row = cursor.fetchone()
    stored = b"|".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row)
    for canary in ("Hòa", "hoa", "1990-09-05", "012345678901", "female"):
        assert canary.encode() not in stored


def test_nfd_name_is_the_same_name(person) -> None:
    again = declare_person(
        full_name=unicodedata.normalize("NFD", "Đặng Thị Hòa"), birth_date="1990", by=ANONYMOUS_CITIZEN
    )
    assert again.full_name == "Đặng Thị Hòa"
    assert again.name_hash == person.name_hash
    assert again.birth_hash != person.birth_hash


def test_persons_are_found_by_number_name_and_any_word(person) -> None:
    other = declare_person(full_name="Hòa Minh", birth_date="1990", by=ANONYMOUS_CITIZEN)
    assert list(persons_with_number("012345678901")) == [person]
    assert list(persons_named("DANG THI HOÀ")) == [person]
    assert list(persons_named("dang thi hoa", birth="1990-09-05")) == [person]
    assert list(persons_named("dang thi hoa", birth="1991")) == []
    assert set(persons_with_words("hoà")) == {person, other}
    assert list(persons_with_words("hoa dang")) == [person]
    assert list(persons_with_words("ho")) == []
    assert list(persons_with_words(" ")) == []
    assert PersonNameWord.objects.filter(person=person).count() == 3


def test_all_faults_of_a_person_are_named_at_once(db) -> None:
    with pytest.raises(ValidationError) as caught:
        declare_person(
            full_name="", birth_date="1/13/2000", identity_number="12", gender="x", by=ANONYMOUS_CITIZEN
        )
    codes = {name: found[0].code for name, found in caught.value.error_dict.items()}
    assert codes == {
        "full_name": "name_required",
        "birth_date": "date_invalid",
        "identity_number": "identity_number_invalid",
        "gender": "gender_invalid",
    }
    assert Person.objects.count() == 0


def test_long_address_is_refused(db) -> None:
    with pytest.raises(ValidationError) as caught:
        declare_person(
            full_name="An Nhiên", birth_date="1990", current_address="x" * 301, by=ANONYMOUS_CITIZEN
        )
    assert caught.value.error_dict["current_address"][0].code == "text_too_long"


def test_contact_is_one_row_per_phone_and_not_verified_by_being_named(db) -> None:
    first = ensure_contact(phone="+84750000002", by=ANONYMOUS_CITIZEN)
    assert ensure_contact(phone="+84750000002", by=ANONYMOUS_CITIZEN) == first
    assert first.verified_at is None
    assert find_contact("+84750000002") == first
    assert find_contact("+84750000003") is None


def test_linking_twice_is_one_link_and_opens_nothing_without_the_browser(person, session) -> None:
    link_person(contact=session.contact, person=person, role="child")
    link_person(contact=session.contact, person=person, role="child")
    assert ContactPerson.objects.get().role == "child"
    assert list(persons_of(session.contact)) == [person]
    assert not has_opened(session=session, person=person)
    assert not has_opened(session=None, person=person)


def test_unknown_role_is_refused(person, session) -> None:
    with pytest.raises(ValidationError) as caught:
        link_person(contact=session.contact, person=person, role="king")
    assert caught.value.error_dict["role"][0].code == "role_invalid"


def test_the_browser_that_declared_a_person_may_read_them(person, session) -> None:
    link_person(contact=session.contact, person=person, session=session)
    assert has_opened(session=session, person=person)


def test_a_session_of_another_contact_gains_nothing_by_a_link(person, session) -> None:
    other = ensure_contact(phone="+84750000009", by=ANONYMOUS_CITIZEN)
    link_person(contact=other, person=person, session=session)
    assert PersonAccess.objects.count() == 0


@pytest.mark.parametrize("answer", ["05/09/1990", "1990-09-05", "8901", " 89 01"])
def test_birth_date_or_four_digits_open_a_person(person, session, answer) -> None:
    link_person(contact=session.contact, person=person)
    open_person(session=session, person=person, answer=answer)
    assert has_opened(session=session, person=person)


@pytest.mark.parametrize("answer", ["1990", "0123", "06/09/1990", "", "Hòa"])
def test_other_answers_open_nothing(person, session, answer) -> None:
    link_person(contact=session.contact, person=person)
    with pytest.raises(ValidationError) as caught:
        open_person(session=session, person=person, answer=answer)
    assert caught.value.error_dict["answer"][0].code == "person_answer_wrong"
    assert not has_opened(session=session, person=person)


def test_a_full_date_answers_for_a_person_with_a_year_only(session) -> None:
    elder = declare_person(full_name="Lê Bảy", birth_date="1948", by=ANONYMOUS_CITIZEN)
    link_person(contact=session.contact, person=elder)
    open_person(session=session, person=elder, answer="03/02/1948")
    assert has_opened(session=session, person=elder)


def test_stranger_may_not_even_guess(person, session) -> None:
    with pytest.raises(NotAllowed) as caught:
        open_person(session=session, person=person, answer="05/09/1990")
    assert caught.value.code == "not_yours"


def test_sixth_guess_of_an_hour_is_refused_even_when_right(person, session) -> None:
    link_person(contact=session.contact, person=person)
    with time_machine.travel("2026-11-21T02:00:00Z", tick=False) as clock:
        for _guess in range(5):
            with pytest.raises(ValidationError):
                open_person(session=session, person=person, answer="1991")
        with pytest.raises(TooMany) as caught:
            open_person(session=session, person=person, answer="05/09/1990")
        assert (caught.value.code, caught.value.extra["retry_after"]) == ("person_open_limit", 3600)
        clock.shift(3600)
        open_person(session=session, person=person, answer="05/09/1990")


def test_access_ends_after_ninety_days_and_with_the_session(person, session) -> None:
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        link_person(contact=session.contact, person=person, session=session)
        clock.shift(dt.timedelta(days=89))
        assert has_opened(session=session, person=person)
        clock.shift(dt.timedelta(days=1, seconds=1))
        assert not has_opened(session=session, person=person)
    end_session(session=session)
    assert PersonAccess.objects.count() == 0
