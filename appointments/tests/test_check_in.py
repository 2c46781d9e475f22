"""Somebody comes: with an appointment, with a family, without anything."""

import pytest
from django.core.exceptions import ValidationError

from appointments.actions.check_in import check_in, check_in_party, mark_priority, walk_in
from appointments.actions.serve_turn import serve_turn
from appointments.actions.transition import move_booking
from appointments.actions.visit_at_desk import move_visit_at_desk
from appointments.enums import BookingStatus, TurnStatus
from appointments.floor import find_people, people_by_code
from appointments.models import Booking, Turn
from appointments.tests.halls import arrive, at, book_people, make_counter, make_station, today_of
from appointments.tests.visits import check_sums
from portal.common.errors import Conflict, NotAllowed


@pytest.fixture
def session(campaign):
    return today_of(campaign)


def test_checked_in_booking_has_one_turn_with_its_number_and_place_in_line(session, colleague) -> None:
    booking = book_people(session, 1)[0]
    turn = arrive(booking, colleague, priority="elderly")
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CHECKED_IN
    assert (turn.label, turn.order, turn.due, turn.is_late, turn.status) == ("1", 1, 480, False, "waiting")
    assert (turn.is_priority, Turn.objects.get().priority_kind) == (True, "elderly")
    with pytest.raises(Conflict) as refused:
        check_in(booking=booking, by=colleague)
    assert refused.value.code == "move_not_allowed"
    assert Turn.objects.count() == 1
    check_sums()


def test_whoever_comes_after_the_slot_is_due_when_he_came(session, colleague) -> None:
    turn = arrive(book_people(session, 1)[0], colleague, when=at(9, 10))
    assert (turn.due, turn.is_late) == (550, True)


def test_ticket_of_another_day_is_refused_with_its_day_and_place(session, campaign, colleague) -> None:
    other = campaign.sessions.order_by("date").last()
    booking = book_people(other, 1)[0]
    with pytest.raises(Conflict) as refused:
        check_in(booking=booking, by=colleague, session=session)
    assert refused.value.code == "other_session"
    assert f"{other.date:%d/%m/%Y}" in refused.value.message
    assert not Turn.objects.exists()


def test_unknown_priority_is_refused(session, colleague) -> None:
    booking = book_people(session, 1)[0]
    with pytest.raises(ValidationError) as refused:
        check_in(booking=booking, by=colleague, priority="rich")
    assert refused.value.error_dict["priority"][0].code == "priority_unknown"


def test_stranger_checks_nobody_in_and_opens_no_turn(session, stranger, colleague) -> None:
    booking = book_people(session, 1)[0]
    with pytest.raises(NotAllowed):
        check_in(booking=booking, by=stranger)
    station = make_station(session, colleague)
    with pytest.raises(NotAllowed):
        walk_in(station=station, by=stranger)
    with pytest.raises(NotAllowed):
        make_station(session, stranger)
    assert not Turn.objects.exists()


def test_family_checks_in_together_and_whoever_stayed_home_does_not(session, colleague) -> None:
    first, second, third = book_people(session, 3)
    Booking.objects.filter(pk__in=[second.pk, third.pk]).update(party=first.party)
    party = people_by_code(session, second.declaration.code)
    assert party == [first, second, third]
    station = make_station(session, colleague)
    turns = check_in_party(bookings=[third, first], by=colleague, session=session, station=station)
    assert sorted(turn.label for turn in turns) == ["1", "3"]
    second.refresh_from_db()
    assert second.status == BookingStatus.BOOKED


def test_family_comes_in_as_a_whole_or_not_at_all(session, colleague) -> None:
    first, second = book_people(session, 2)
    move_booking(booking=second, to=BookingStatus.CANCELLED, by=_owner(session))
    with pytest.raises(Conflict):
        check_in_party(bookings=[first, second], by=colleague, session=session, station=None)
    assert not Turn.objects.exists()
    with pytest.raises(ValidationError) as refused:
        check_in_party(bookings=[], by=colleague, session=session, station=None)
    assert refused.value.error_dict["people"][0].code == "nobody_chosen"


def _owner(session):
    from tests.people import make_officer

    return make_officer("owner", session.unit, "id_desk")


def test_people_without_an_appointment_get_numbers_of_their_desk(session, colleague) -> None:
    one, two = make_station(session, colleague), make_station(session, colleague)
    labels = [walk_in(station=station, by=colleague).label for station in (one, one, two)]
    assert labels == ["B1-001", "B1-002", "B2-001"]
    assert walk_in(station=one, by=colleague, number=7).label == "B1-007"
    assert walk_in(station=one, by=colleague).label == "B1-008"
    with pytest.raises(Conflict) as refused:
        walk_in(station=one, by=colleague, number=7)
    assert refused.value.code == "label_taken"
    with pytest.raises(ValidationError) as invalid:
        walk_in(station=one, by=colleague, number=1000)
    assert invalid.value.error_dict["number"][0].code == "number_invalid"


def test_walk_in_turn_holds_no_booking_and_no_word_about_the_person(session, colleague) -> None:
    turn = walk_in(station=make_station(session, colleague), by=colleague)
    assert (turn.booking, turn.priority_kind) == (None, None)
    assert turn.procedure == session.campaign.procedure


def test_priority_is_set_and_taken_away_by_one_tap(session, colleague, stranger) -> None:
    turn = arrive(book_people(session, 1)[0], colleague)
    assert mark_priority(turn=turn, kind="pregnant", by=colleague).is_priority is True
    turn = Turn.objects.get()
    assert (turn.is_priority, turn.priority_kind) == (True, "pregnant")
    assert mark_priority(turn=turn, kind="", by=colleague).priority_kind is None
    with pytest.raises(NotAllowed):
        mark_priority(turn=turn, kind="merit", by=stranger)


# ---- the officers' list moves bookings; the turns follow


def test_list_of_visits_opens_finishes_and_takes_back_the_turn(session, colleague) -> None:
    one, two = book_people(session, 2)
    for booking in (one, two):
        move_visit_at_desk(booking=booking, to=BookingStatus.CHECKED_IN, by=colleague)
    move_visit_at_desk(booking=one, to=BookingStatus.BOOKED, by=colleague)
    move_visit_at_desk(booking=two, to=BookingStatus.FINISHED, by=colleague)
    found = {turn.label: turn.status for turn in Turn.objects.all()}
    assert found == {"1": TurnStatus.LEFT, "2": TurnStatus.DONE}
    statuses = Booking.objects.order_by("number").values_list("status", flat=True)
    assert list(statuses) == ["booked", "finished"]
    move_visit_at_desk(booking=Booking.objects.get(pk=one.pk), to=BookingStatus.CHECKED_IN, by=colleague)
    assert Turn.objects.filter(booking=one).open().count() == 1


def test_visit_checked_in_before_there_were_turns_can_still_be_finished(session, colleague) -> None:
    booking = book_people(session, 1)[0]
    move_booking(booking=booking, to=BookingStatus.CHECKED_IN, by=colleague)
    move_visit_at_desk(booking=booking, to=BookingStatus.FINISHED, by=colleague)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.FINISHED


def test_whoever_went_home_unserved_may_choose_another_day(session, colleague) -> None:
    booking = book_people(session, 1)[0]
    turn = arrive(booking, colleague)
    serve_turn(turn=turn, verb="leave", by=colleague)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.MISSED
    assert booking.history.last().reason == "Đã đến nhưng về khi chưa được làm."


# ---- finding people who bring nothing


def test_people_are_found_by_number_code_ticket_phone_birth_date_and_name(session, colleague) -> None:
    people = book_people(session, 3)
    code = people[1].declaration.code
    shown = f"https://cong.example/{session.unit.slug}/phieu/{code}/?x=1"
    wanted = {
        "2": [people[1]],
        code: [people[1]],
        code.lower(): [people[1]],
        shown: [people[1]],
        "0751000001": [people[1]],
        "05/09/1951": [people[1]],
        "05091951": [people[1]],
        "bnh": [people[1]],
        "nguyen thi": people,
        "": [],
        "không có ai": [],
    }
    assert {text: find_people(session, text) for text in wanted} == wanted


def test_people_of_another_session_are_not_found(session, campaign) -> None:
    other = campaign.sessions.order_by("date").last()
    booking = book_people(other, 1)[0]
    code = booking.declaration.code
    assert (find_people(session, code), people_by_code(session, code)) == ([], [])
    make_counter(session.unit)


def test_archive_takes_the_person_from_the_turn_and_leaves_the_turn(session, colleague) -> None:
    from appointments.actions.retention import archive_booking

    booking = book_people(session, 1)[0]
    arrive(booking, colleague, priority="disabled")
    assert archive_booking(booking=booking, by=colleague) is True
    turn = Turn.objects.get()
    assert (turn.booking, turn.priority_kind, turn.label) == (None, None, "1")
