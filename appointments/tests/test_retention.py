"""What is left of a visit 30 and 90 days later, and that numbers still add up."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.actions.change_visit import move_visit
from appointments.actions.move_cards import move_card
from appointments.actions.retention import archive_booking, archive_old_bookings, erase_old_details, is_over
from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus, CardStatus
from appointments.models import ArchivedBooking, Booking, Card, CardEntry, Session, StatusEntry, Turn
from appointments.tasks import keep_no_longer_task
from appointments.tests.test_cards import card_of
from appointments.tests.visits import COMMAND, book, check_sums, confirm, hold, slots_in_order
from portal.audit.models import AuditEntry
from portal.citizens.actions.persons import declare_person
from portal.citizens.models import Consent, ContactPerson, Person, PersonNameWord
from portal.common.clock import LOCAL
from portal.notifications.models import CallAttempt, CallTask, OutboxMessage
from procedures.models import Declaration
from tests.people import make_campaign, make_officer

DETAILS, VISITS = 30, 90


def on(day: dt.date, hour: int = 12):
    """The clock at this local hour of a day."""
    return time_machine.travel(dt.datetime.combine(day, dt.time(hour), LOCAL), tick=False)


def after(session: Session, days: int, hour: int = 12):
    return on(session.date + dt.timedelta(days=days), hour)


def archived(session: Session) -> list[tuple[int | None, str]]:
    return list(
        ArchivedBooking.objects.filter(session=session).order_by("pk").values_list("number", "status")
    )


def test_periods_are_the_proposed_ones() -> None:
    assert (django_settings.DECLARATION_DAYS, django_settings.APPOINTMENT_DAYS) == (DETAILS, VISITS)


@pytest.mark.parametrize(("days", "kept"), [(DETAILS, True), (DETAILS + 1, False)])
def test_what_was_filled_in_goes_after_thirty_days_and_the_visit_stays(slot, days, kept) -> None:
    booking = book(slot)
    with after(slot.session, days, hour=0):
        assert erase_old_details(by=COMMAND) == (0 if kept else 1)
        assert archive_old_bookings(by=COMMAND) == 0
    declaration = Declaration.objects.get()
    assert ((declaration.details or {}).get("full_name") is not None) == kept
    assert (Booking.objects.get().number, declaration.code, declaration.status) == (
        booking.number,
        booking.declaration.code,
        "submitted",
    )
    assert Person.objects.get().full_name == "Nguyễn Thị Anh"
    assert AuditEntry.objects.filter(action="declaration.details_erased").count() == (0 if kept else 1)


@pytest.mark.parametrize(("days", "kept"), [(VISITS, True), (VISITS + 1, False)])
def test_the_visit_is_archived_after_ninety_days_with_nobody_in_it(slot, owner, days, kept) -> None:
    booking = book(slot, request_kind="reissue")
    move_booking(booking=booking, to=BookingStatus.CHECKED_IN, by=owner)
    move_booking(booking=booking, to=BookingStatus.FINISHED, by=owner)
    entries = dict(StatusEntry.objects.values_list("to", "created_at"))
    with after(slot.session, days, hour=0):
        assert archive_old_bookings(by=COMMAND) == (0 if kept else 1)
    left = (Booking, StatusEntry, Declaration, Person, PersonNameWord)
    assert [model.objects.exists() for model in left] == [kept] * len(left)
    check_sums()
    if kept:
        return
    row = ArchivedBooking.objects.get()
    assert (row.uid, row.unit, row.session, row.slot, row.number, row.status) == (
        booking.uid,
        booking.unit,
        slot.session,
        slot,
        1,
        BookingStatus.FINISHED,
    )
    assert (row.request_kind, row.age_band, row.filed_by_kind) == ("reissue", "from_14", "system")
    assert (row.checked_in_at, row.finished_at) == (entries["checked_in"], entries["finished"])
    assert row.booked_at == booking.booked_at


def test_journal_keeps_that_it_went_and_no_value(slot) -> None:
    booking = book(slot)
    declaration, person = booking.declaration, booking.declaration.subject
    with after(slot.session, VISITS + 1):
        keep_no_longer_task()
    entries = AuditEntry.objects.filter(actor="system:appointments.keep_no_longer").order_by("pk")
    assert [(entry.action, entry.object_uid) for entry in entries] == [
        ("declaration.details_erased", str(declaration.uid)),
        ("booking.archived", str(booking.uid)),
        ("declaration.erased", str(declaration.uid)),
        ("person.erased", str(person.uid)),
    ]
    assert "Anh" not in str([entry.detail for entry in entries])


def test_proof_of_consent_stays_with_the_phone_and_names_nobody(slot) -> None:
    booking = confirm(hold(slot))
    with after(slot.session, VISITS + 1):
        archive_old_bookings(by=COMMAND)
    consent = Consent.objects.get()
    assert not ContactPerson.objects.exists()
    assert (consent.contact, consent.person, consent.purpose) == (booking.contact, None, "appointments")


def test_second_run_changes_nothing(slot) -> None:
    book(slot)
    with after(slot.session, VISITS + 1):
        keep_no_longer_task()
        journal = AuditEntry.objects.count()
        assert (erase_old_details(by=COMMAND), archive_old_bookings(by=COMMAND)) == (0, 0)
    assert AuditEntry.objects.count() == journal
    assert ArchivedBooking.objects.count() == 1


def test_visits_of_every_status_go_and_numbers_stay_explained(slot, owner) -> None:
    """Also one that nobody marked as done, a cancelled one, and a hold that never got a number."""
    booked, cancelled, missed = book(slot, 0), book(slot, 1), book(slot, 2)
    other = slots_in_order(slot.session)[1]
    unconfirmed = hold(other, 3)
    move_booking(booking=cancelled, to=BookingStatus.CANCELLED, by=owner)
    move_booking(booking=missed, to=BookingStatus.MISSED, by=owner)
    move_booking(booking=unconfirmed, to=BookingStatus.CANCELLED, by=owner)
    with after(slot.session, VISITS + 1):
        assert archive_old_bookings(by=COMMAND) == 4
    assert archived(slot.session) == [
        (booked.number, "booked"),
        (cancelled.number, "cancelled"),
        (missed.number, "missed"),
        (None, "cancelled"),
    ]
    check_sums()
    assert (Declaration.objects.count(), Person.objects.count()) == (0, 0)


def test_a_moved_visit_stays_as_long_as_the_one_it_was_moved_to(campaign, owner) -> None:
    """Old and new row share declaration and person; the old day alone does not end their time."""
    first, second = campaign.sessions.order_by("date")
    old = book(slots_in_order(first)[0], 0)
    new = move_visit(booking=old, slot=slots_in_order(second)[0].uid, by=owner)[0]
    assert (new.moved_from, new.declaration) == (old, old.declaration)
    with after(first, VISITS + 1):
        assert archive_old_bookings(by=COMMAND) == 0
    with after(first, DETAILS + 1):
        assert erase_old_details(by=COMMAND) == 0
    with after(second, DETAILS + 1):
        assert erase_old_details(by=COMMAND) == 1
    with after(second, VISITS + 1):
        assert archive_old_bookings(by=COMMAND) == 1  # the newer one
        assert Declaration.objects.count() == 1
        assert archive_old_bookings(by=COMMAND) == 1
    check_sums()
    assert (archived(first), archived(second)) == ([(1, "moved")], [(new.number, "booked")])
    assert (Declaration.objects.count(), Person.objects.count()) == (0, 0)


def test_person_of_two_declarations_stays_until_the_second_is_over(campaign) -> None:
    first, second = campaign.sessions.order_by("date")
    one, two = book(slots_in_order(first)[0], 0), book(slots_in_order(second)[0], 1)
    person = one.declaration.subject
    Declaration.objects.filter(pk=two.declaration_id).update(subject=person)
    with after(first, VISITS + 1):
        assert archive_old_bookings(by=COMMAND) == 1
        assert Person.objects.filter(pk=person.pk).exists()
    with after(second, VISITS + 1):
        assert archive_old_bookings(by=COMMAND) == 1
        assert not Person.objects.filter(pk=person.pk).exists()


def test_other_peoples_rows_are_untouched(campaign) -> None:
    first, second = campaign.sessions.order_by("date")
    book(slots_in_order(first)[0], 0)
    later = book(slots_in_order(second)[0], 1)
    bystander = declare_person(full_name="Lò Thị Mây", birth_date="1990", by=COMMAND)
    with after(first, VISITS + 1):
        archive_old_bookings(by=COMMAND)
    assert list(Booking.objects.all()) == [later]
    assert set(Person.objects.all()) == {later.declaration.subject, bystander}


def test_card_that_waits_keeps_its_visit_and_goes_with_it_once_collected(slot, owner) -> None:
    card = card_of(slot, owner)
    with after(slot.session, VISITS + 1):
        assert archive_old_bookings(by=COMMAND) == 0
        assert not archive_booking(booking=card.booking, by=COMMAND)
        assert (Card.objects.count(), ArchivedBooking.objects.count()) == (1, 0)
        move_card(card=card, to=CardStatus.READY, by=owner)
        move_card(card=card, to=CardStatus.COLLECTED, by=owner)
        card.refresh_from_db()
        assert archive_old_bookings(by=COMMAND) == 1
    assert (Card.objects.count(), CardEntry.objects.count(), Person.objects.count()) == (0, 0, 0)
    row = ArchivedBooking.objects.get()
    assert (row.card_ready_at, row.card_collected_at) == (card.ready_at, card.collected_at)
    assert row.card_collected_at is not None


def turn_of(booking: Booking | None, session: Session, label: str) -> Turn:
    """Somebody in the hall who is served first for his health."""
    return Turn.objects.create(
        session=session,
        unit=session.unit,
        booking=booking,
        procedure=session.campaign.procedure,
        label=label,
        is_priority=True,
        priority_kind="Người khuyết tật",
        due=480,
        order=1,
        checked_in_at=timezone.now(),
    )


def kinds() -> list[str | None]:
    return [turn.priority_kind for turn in Turn.objects.order_by("pk")]


def test_why_somebody_was_served_first_goes_after_thirty_days(slot) -> None:
    """Also of a person who came without an appointment."""
    session = slot.session
    turn_of(book(slot), session, "1")
    turn_of(None, session, "B1")
    with after(session, DETAILS, hour=0):
        erase_old_details(by=COMMAND)
        assert kinds() == ["Người khuyết tật"] * 2
    with after(session, DETAILS + 1, hour=0):
        erase_old_details(by=COMMAND)
    assert kinds() == [None, None]
    assert list(Turn.objects.values_list("is_priority", flat=True)) == [True, True]


def test_an_archived_visit_leaves_its_turn_without_a_person(slot) -> None:
    booking = book(slot)
    turn_of(booking, slot.session, "1")
    assert archive_booking(booking=booking, by=COMMAND)
    turn = Turn.objects.get()
    assert (turn.booking, turn.priority_kind, turn.label) == (None, None, "1")


def test_what_was_noted_of_calls_goes_with_the_visit(slot, owner) -> None:
    booking = confirm(hold(slot))
    call = CallTask.objects.create(
        unit=booking.unit,
        contact_point=booking.contact.contact_point,
        notice="appointments.booking_confirmed",
        about=booking.uid,
        context={"booking": str(booking.uid)},
        requested_by=COMMAND.actor_ref,
        due_at=timezone.now(),
        valid_until=timezone.now(),
    )
    CallAttempt.objects.create(
        call=call, number=1, caller=owner, called_at=timezone.now(), outcome="reached", note="Con bà Anh nghe"
    )
    Booking.objects.filter(pk=booking.pk).update(status=BookingStatus.CANCELLED)
    OutboxMessage.objects.update(state="delivered")
    booking.refresh_from_db()
    assert not is_over(booking)  # somebody is still to be called about it
    assert archive_booking(booking=booking, by=COMMAND)
    assert list(CallAttempt.objects.values_list("number", "note")) == [(1, None)]


def test_archiving_twice_answers_false(slot) -> None:
    booking = book(slot)
    assert archive_booking(booking=booking, by=COMMAND)
    assert not archive_booking(booking=booking, by=COMMAND)
    assert ArchivedBooking.objects.count() == 1


def test_batches_reach_every_row_and_cost_by_the_row(slot, monkeypatch) -> None:
    from appointments.actions import retention

    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(3):
        book(slot, number)
    with after(slot.session, VISITS + 1):
        assert erase_old_details(by=COMMAND) == 3
        monkeypatch.setattr(retention, "ROUNDS", 1)
        assert archive_old_bookings(by=COMMAND) == 2
        assert archive_old_bookings(by=COMMAND) == 1
    check_sums()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.integers(0, 130), min_size=1, max_size=6), hour=st.integers(0, 23))
def test_whatever_the_days_of_the_runs_everything_goes_on_its_day(
    ward, id_card, days: list[int], hour: int
) -> None:
    """Runs on any days, in order: after each one exactly the rows past their day are gone."""
    with transaction.atomic():  # each example on a database as it was
        _run_on(ward, id_card, days, hour)
        transaction.set_rollback(True)


def _run_on(ward, id_card, days: list[int], hour: int) -> None:
    campaign = make_campaign(ward, id_card)
    sessions = list(campaign.sessions.order_by("date"))
    for number, session in enumerate(sessions):
        book(slots_in_order(session)[0], number)
    start = sessions[0].date
    for day in sorted(days):
        today = start + dt.timedelta(days=day)
        with on(today, hour):
            keep_no_longer_task()
        kept = [session for session in sessions if (today - session.date).days <= VISITS]
        filled = [session for session in sessions if (today - session.date).days <= DETAILS]
        assert set(Booking.objects.values_list("session", flat=True)) == {row.pk for row in kept}
        assert Person.objects.count() == Declaration.objects.count() == len(kept)
        assert Declaration.objects.filter(details__isnull=False).count() == len(filled)
        check_sums()


def test_archive_is_seen_by_its_unit_only(slot, owner, stranger, province_officer) -> None:
    book(slot)
    with after(slot.session, VISITS + 1):
        archive_old_bookings(by=COMMAND)
    assert ArchivedBooking.objects.visible_to(owner).count() == 1
    assert ArchivedBooking.objects.visible_to(stranger).count() == 0
    assert ArchivedBooking.objects.visible_to(province_officer).count() == 1


@pytest.fixture
def province_officer(ward):
    """Sees plans and figures of the province below him, and no person."""
    return make_officer("so.lieu", ward.parent, "province_viewer")
