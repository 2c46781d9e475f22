"""No code arrives: after two codes or five wrong tries an officer calls and attests."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from appointments.actions.confirm_by_call import held_for_call, request_confirmation_call
from appointments.actions.confirm_visit import resend_code
from appointments.actions.sweep import expire_holds
from appointments.models import Booking, Slot
from appointments.tests.visits import (
    ADDRESS,
    COMMAND,
    UNKNOWN,
    check_sums,
    confirm,
    family,
    hold,
    wrong_code_for,
)
from portal.citizens.models import Consent
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import Conflict, NotAllowed
from portal.notifications.actions.claim_call import claim_call
from portal.notifications.actions.record_call import record_call
from portal.notifications.models import CallTask, OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)


def ask(booking: Booking) -> Booking:
    return request_confirmation_call(booking_uid=booking.uid, by=ANONYMOUS_CITIZEN)


def refusal(booking_uid) -> str:
    with pytest.raises(Conflict) as caught:
        request_confirmation_call(booking_uid=booking_uid, by=ANONYMOUS_CITIZEN)
    return caught.value.code


def failed(slot: Slot, **terms) -> Booking:
    """A hold whose code was typed wrong five times."""
    booking = hold(slot, **terms)
    for _try in range(5):
        with pytest.raises(Exception, match="code"):
            confirm(booking, code=wrong_code_for(booking))
    return booking


def test_call_is_offered_after_two_codes_or_five_wrong_tries(slot: Slot) -> None:
    one, two = hold(slot), failed(slot, number=1)
    assert refusal(one.uid) == "call_too_early"
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61), tick=False):
        resend_code(booking_uid=one.uid, address=ADDRESS, proof=None, by=ANONYMOUS_CITIZEN)
        assert ask(one).status == "held"
    assert ask(two).status == "held"
    assert refusal(UNKNOWN) == "booking_unknown"


def test_asking_keeps_the_places_of_all_and_makes_one_call(slot: Slot) -> None:
    booking = failed(slot, people=family(1))
    until = ask(booking).hold_until
    again = ask(booking).hold_until
    assert again >= until
    assert set(Booking.objects.values_list("hold_until", flat=True)) == {again}
    call = CallTask.objects.get()
    assert (call.about, call.requested_by) == (booking.uid, "citizen:anonymous")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        assert expire_holds(by=COMMAND) == 0


def test_officer_who_reached_the_phone_books_the_party(slot: Slot, owner) -> None:
    booking = failed(slot, people=family(1))
    ask(booking)
    record_call(call=claim_call(call=CallTask.objects.get(), by=owner), outcome="reached", by=owner)
    stored = Booking.objects.order_by("pk")
    assert list(stored.values_list("status", "number")) == [("booked", 1), ("booked", 2)]
    assert set(stored[0].history.values_list("actor", flat=True)) == {
        "citizen:anonymous",
        owner.actor_ref,
    }
    assert set(Consent.objects.values_list("channel", "recorded_by")) == {("phone", owner.actor_ref)}
    assert OutboxMessage.objects.filter(notice="appointments.booking_confirmed").count() == 1
    assert stored[0].contact.verified_at is None
    check_sums()


@pytest.mark.parametrize("outcome", ["no_answer", "later", "wrong_number"])
def test_who_was_not_reached_is_not_booked(slot: Slot, owner, outcome: str) -> None:
    booking = failed(slot)
    ask(booking)
    record_call(call=claim_call(call=CallTask.objects.get(), by=owner), outcome=outcome, by=owner)
    booking.refresh_from_db()
    assert booking.status == "held"


def test_stranger_of_another_unit_cannot_make_the_call(slot: Slot, stranger) -> None:
    ask(failed(slot))
    with pytest.raises(NotAllowed):
        claim_call(call=CallTask.objects.get(), by=stranger)


def test_hold_that_ran_out_is_not_called_about(slot: Slot) -> None:
    booking = failed(slot)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        assert refusal(booking.uid) == "hold_expired"


def test_hold_lasts_two_hours_into_the_next_opening_at_most_a_day_and_not_into_the_visit(
    ward, monkeypatch
) -> None:
    now = timezone.now()
    day, hour = dt.timedelta(days=1), dt.timedelta(hours=1)
    module = "appointments.actions.confirm_by_call"

    def until(opening, *, is_open=False, starts=now + 9 * day):
        monkeypatch.setattr(f"{module}.open_now", lambda unit, at: is_open)
        monkeypatch.setattr(f"{module}.next_opening", lambda unit, at: opening)
        return held_for_call(ward, starts_at=starts, now=now) - now

    assert until(now + 5 * hour) == 7 * hour
    assert until(now + 5 * hour, is_open=True) == 2 * hour
    assert until(now + 3 * day) == day
    assert until(None) == 2 * hour
    assert until(now + 5 * hour, starts=now + hour) == hour


def test_page_offers_the_call_and_says_how_to_know_the_caller(slot: Slot) -> None:
    fresh = hold(slot, 1)
    booking = failed(slot)
    client, path = Client(), f"/{slot.session.unit.slug}/dat-lich/xac-nhan/"
    label = "Nhờ cán bộ gọi lại xác nhận"
    assert label not in client.get(f"{path}{fresh.uid}/").content.decode()
    assert label in client.get(f"{path}{booking.uid}/").content.decode()
    assert client.post(f"{path}{fresh.uid}/goi-lai/").status_code == 409
    answer = client.post(f"{path}{booking.uid}/goi-lai/", follow=True)
    assert booking.declaration.code[-4:] in answer.content.decode()
    assert client.get(f"{path}{booking.uid}/goi-lai/").status_code == 405


def test_page_counts_down_to_other_ways_and_then_lists_them(slot: Slot, client) -> None:
    booking, now = hold(slot), timezone.now()
    path = f"/{slot.session.unit.slug}/dat-lich/xac-nhan/{booking.uid}/"

    def seconds_shown(after: int) -> list[str]:
        with time_machine.travel(now + dt.timedelta(seconds=after), tick=False):
            page = client.get(path).content.decode()
        assert 'name="way" value="sms">Gửi lại mã (Tin nhắn SMS)</button>' in page
        return re.findall(r'data-later="(\d+)"', page)

    assert seconds_shown(20) in (["40"], ["41"])
    assert seconds_shown(61) == []


def test_button_works_without_script_and_refuses_politely_in_the_first_minute(slot: Slot, client) -> None:
    booking = hold(slot)
    path = f"/{slot.session.unit.slug}/dat-lich/xac-nhan/{booking.uid}/gui-lai/"
    early = client.post(path, {"way": "sms"})
    assert (early.status_code, "Xin đợi" in early.content.decode()) == (429, True)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61), tick=False):
        unknown = client.post(path, {"way": "fax"})
        assert (unknown.status_code, "Xin chọn cách khác" in unknown.content.decode()) == (400, True)
        assert client.post(path, {"way": "sms"}).status_code == 302
    assert OutboxMessage.objects.filter(notice="citizens.one_time_code").count() == 2
