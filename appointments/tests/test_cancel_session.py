"""A whole day is called off: everybody has a place or an invitation, whatever kills the work halfway."""

from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from appointments.actions import cancel_session as closing
from appointments.actions import empty_session
from appointments.actions.cancel_session import cancel_session, finish_closures
from appointments.actions.change_visit import change_visit
from appointments.actions.empty_session import allocate, preview_closing
from appointments.models import Booking, Campaign, Session, SessionClosure, Slot
from appointments.tests.test_change_visit import PHONE, code_of_refusal, days, family
from appointments.tests.test_desk import desk, flashes, page
from appointments.tests.visits import COMMAND, book, check_sums, code_for, confirm, hold, slots_in_order
from portal.common.errors import Conflict, NotAllowed
from portal.notifications.models import OutboxMessage
from tests.people import make_campaign

REASON = "Bão số 9"


def full_day(session: Session, *, first: int = 0) -> list[Booking]:
    """Twelve people with numbers 1 to 12, three in each of four slots."""
    slots = slots_in_order(session)
    return [book(slots[number // 3], first + number) for number in range(12)]


def statuses(session: Session) -> dict[str, int]:
    return dict(Counter(Booking.objects.filter(session=session).values_list("status", flat=True)))


def told(notice: str) -> int:
    return OutboxMessage.objects.filter(notice=f"appointments.{notice}").count()


@given(sizes=st.lists(st.integers(1, 8), max_size=40), free=st.lists(st.integers(0, 10), max_size=12))
def test_parties_are_placed_whole_in_order_and_never_beyond_the_places(sizes, free) -> None:
    answer = allocate(sizes, free)
    used = Counter()
    for size, place in zip(sizes, answer, strict=True):
        if place is None:
            assert all(room - used[number] < size for number, room in enumerate(free))
        else:
            used[place] += size
    assert all(used[number] <= room for number, room in enumerate(free))


def test_without_a_target_everybody_is_asked_to_choose(campaign: Campaign, slot: Slot, owner) -> None:
    full_day(slot.session)
    closure = cancel_session(session=slot.session, reason=REASON, by=owner)
    assert (closure.people, closure.moved, closure.displaced) == (12, 0, 12)
    assert closure.finished_at is not None
    assert statuses(slot.session) == {"displaced": 12}
    assert told("visit_displaced") == 12
    assert list(Slot.objects.filter(session=slot.session).values_list("taken", "capacity")) == [(0, 0)] * 4
    entry = Booking.objects.first().history.last()
    assert (entry.frm, entry.to, entry.actor, entry.reason) == (
        "booked",
        "displaced",
        owner.actor_ref,
        REASON,
    )
    check_sums()


def test_with_a_target_people_move_in_the_order_of_their_numbers(
    campaign: Campaign, slot: Slot, owner
) -> None:
    first, second = days(campaign)
    people = full_day(first)
    there = slots_in_order(second)
    for number in range(4):
        book(there[0] if number < 3 else there[1], 50 + number)
    assert preview_closing(first, target=second) == empty_session.Preview(
        people=12, moved=8, displaced=4, holds=0, unreachable=0
    )
    closure = cancel_session(session=first, reason=REASON, target=second, by=owner)
    assert (closure.moved, closure.displaced) == (8, 4)
    assert statuses(first) == {"moved": 8, "displaced": 4}
    now = {one.moved_from_id: (one.number, one.slot_id) for one in Booking.objects.filter(session=second)}
    assert [now.get(one.pk) for one in people] == [
        *[(5 + number, there[1].pk) for number in range(2)],
        *[(7 + number, there[2].pk) for number in range(3)],
        *[(10 + number, there[3].pk) for number in range(3)],
        *[None] * 4,
    ]
    assert (told("visit_rescheduled"), told("visit_displaced")) == (8, 4)
    check_sums()


def test_family_moves_whole_or_not_at_all(campaign: Campaign, slot: Slot, owner) -> None:
    first, second = days(campaign)
    people = family(slot)
    Slot.objects.filter(session=second).update(capacity=2)
    cancel_session(session=first, reason=REASON, target=second, by=owner)
    assert {Booking.objects.get(pk=one.pk).status for one in people} == {"displaced"}
    assert told("visit_displaced") == 1
    check_sums()


def test_kill_between_two_batches_loses_nothing(campaign: Campaign, slot: Slot, owner, monkeypatch) -> None:
    """The third batch dies after its last write and before its commit; the clock finishes the work."""
    first, second = days(campaign)
    full_day(first)
    monkeypatch.setattr(empty_session, "BATCH", 4)
    batches = []
    note = empty_session._note

    def die_in_the_third(*args, **kwargs):
        batches.append(1)
        if len(batches) == 3:
            raise SystemExit("kill -9")
        return note(*args, **kwargs)

    monkeypatch.setattr(empty_session, "_note", die_in_the_third)
    with pytest.raises(SystemExit):
        cancel_session(session=first, reason=REASON, target=second, by=owner)
    closure = SessionClosure.objects.get()
    assert (closure.moved, closure.displaced, closure.finished_at) == (8, 0, None)
    assert statuses(first) == {"moved": 8, "booked": 4}
    check_sums()
    assert finish_closures(by=COMMAND) == 1
    closure.refresh_from_db()
    assert (closure.moved, closure.displaced, closure.finished_at is None) == (12, 0, False)
    assert told("visit_rescheduled") == 12
    assert finish_closures(by=COMMAND) == 0
    check_sums()


def test_request_hands_the_rest_to_the_clock_when_its_time_is_up(slot: Slot, owner, monkeypatch) -> None:
    full_day(slot.session)
    monkeypatch.setattr(empty_session, "BATCH", 4)
    monkeypatch.setattr(closing, "SECONDS_AT_ONCE", -1.0)
    closure = cancel_session(session=slot.session, reason=REASON, by=owner)
    assert (closure.displaced, closure.finished_at) == (4, None)
    assert finish_closures(by=COMMAND) == 1
    assert statuses(slot.session) == {"displaced": 12}


def test_nobody_gets_into_a_cancelled_session(campaign: Campaign, slot: Slot, owner) -> None:
    first, second = days(campaign)
    waiting, coming = hold(slot, 1), book(slot, 2)
    late = book(slots_in_order(second)[0], 3)
    cancel_session(session=first, reason=REASON, by=owner)
    assert Booking.objects.get(pk=waiting.pk).status == "expired"
    assert code_of_refusal(hold, slot=slot, number=4) == "session_cancelled"
    assert code_of_refusal(confirm, booking=waiting, code=code_for(waiting)) == "session_cancelled"
    there = slots_in_order(second)[0]
    assert confirm(waiting, slot=str(there.uid)).session == second
    facts = {"code": late.declaration.code, "phone": "0751000003", "slot": str(slot.uid)}
    assert code_of_refusal(change_visit, **facts) == "session_cancelled"
    assert Booking.objects.get(pk=coming.pk).status == "displaced"
    check_sums()


def test_straggler_in_an_emptied_session_is_found_by_the_clock(slot: Slot, owner) -> None:
    """As if somebody had passed the check of the status just before the day was called off."""
    booking = book(slot)
    cancel_session(session=slot.session, reason=REASON, by=owner)
    Booking.objects.filter(pk=booking.pk).update(status="booked")
    Slot.objects.filter(pk=slot.pk).update(taken=1, capacity=1)
    assert finish_closures(by=COMMAND) == 1
    assert statuses(slot.session) == {"displaced": 1}
    check_sums()


def test_displaced_chooses_again_even_when_the_intake_is_closed(
    campaign: Campaign, slot: Slot, owner
) -> None:
    booking = book(slot)
    cancel_session(session=slot.session, reason=REASON, by=owner)
    Campaign.objects.update(status="closed")
    there = slots_in_order(days(campaign)[1])[0]
    (moved,) = change_visit(code=booking.declaration.code, phone=PHONE, slot=str(there.uid))
    assert (moved.status, moved.number) == ("booked", 1)
    check_sums()


def test_person_with_a_place_in_the_other_campaign_must_choose(ward, id_card, slot: Slot, owner) -> None:
    mine = book(slot)
    other = make_campaign(ward, id_card).sessions.first()
    book(slots_in_order(other)[0])
    closure = cancel_session(session=slot.session, reason=REASON, target=other, by=owner)
    assert (closure.moved, closure.displaced) == (0, 1)
    assert Booking.objects.get(pk=mine.pk).status == "displaced"
    check_sums()


def test_refusals_write_nothing(campaign: Campaign, slot: Slot, owner, colleague, stranger) -> None:
    book(slot)
    session = slot.session
    for arguments, expected in (
        ({"reason": "  "}, {"reason": ["reason_required"]}),
        ({"reason": "x" * 201}, {"reason": ["text_too_long"]}),
        ({"target": session}, {"target": ["target_unknown"]}),
    ):
        facts = {"session": session, "reason": REASON, "by": owner} | arguments
        assert code_of_refusal(cancel_session, **facts) == expected
    for officer in (colleague, stranger):
        with pytest.raises(NotAllowed):
            cancel_session(session=session, reason=REASON, by=officer)
    assert (SessionClosure.objects.count(), statuses(session)) == (0, {"booked": 1})
    cancel_session(session=session, reason=REASON, by=owner)
    with pytest.raises(Conflict):
        cancel_session(session=session, reason=REASON, by=owner)


def test_strange_target_is_refused(slot: Slot, other_ward, id_card, owner) -> None:
    foreign = make_campaign(other_ward, id_card).sessions.first()
    with pytest.raises(ValidationError):
        cancel_session(session=slot.session, reason=REASON, target=foreign, by=owner)


# ---- the officers' page


def test_page_shows_first_and_acts_then(campaign: Campaign, slot: Slot, owner) -> None:
    first, second = days(campaign)
    full_day(first)
    client, address = desk(owner), page("session_close", first.pk)
    assert address in client.get(page("session_change", first.pk)).content.decode()
    asked = {"reason": REASON, "target": str(second.uid)}
    shown = client.post(address, asked)
    assert (shown.context["preview"].people, shown.context["preview"].moved) == (12, 12)
    assert statuses(first) == {"booked": 12}
    done = client.post(address, asked | {"sure": "1"}, follow=True)
    assert done.redirect_chain == [(page("session_change", first.pk), 302)]
    assert flashes(done) == ["Đã hủy buổi: 12 người có lịch mới, 0 người được mời chọn lịch khác."]
    assert REASON in done.content.decode()
    assert address not in done.content.decode()
    assert statuses(first) == {"moved": 12}


def test_page_refuses_without_a_reason_and_keeps_the_choice(campaign: Campaign, slot: Slot, owner) -> None:
    first, second = days(campaign)
    asked = {"reason": "", "target": str(second.uid)}
    for sure in ({}, {"sure": "1"}):
        refused = desk(owner).post(page("session_close", first.pk), asked | sure)
        assert "Xin nhập lý do." in refused.content.decode()
        assert refused.context["asked"].target == second
    first.refresh_from_db()
    assert first.status == "planned"


def test_page_is_closed_to_colleagues_strangers_and_the_public(slot: Slot, colleague, stranger) -> None:
    address = page("session_close", slot.session.pk)
    asked = {"reason": REASON, "sure": "1"}
    assert desk(colleague).post(address, asked)["Location"] == page("session_change", slot.session.pk)
    assert desk(stranger).post(address, asked).status_code == 404
    assert Client().post(address, asked).status_code == 302
    assert SessionClosure.objects.count() == 0
