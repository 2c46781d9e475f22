"""Who takes a call, who may say how it ended, and that two officers never call one person."""

import datetime as dt
import itertools
import threading

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.common.errors import Conflict, DomainError, NotAllowed
from portal.notifications import limits
from portal.notifications.actions.claim_call import claim_call, release_call
from portal.notifications.actions.contact_points import ensure_contact_point
from portal.notifications.actions.record_call import record_call
from portal.notifications.enums import CallState
from portal.notifications.models import CallAttempt, CallTask
from portal.notifications.tests.calls import claimed, state_of
from portal.notifications.tests.conftest import TESTER
from portal.notifications.workflow import CALL_WORKFLOW
from portal.officers.models import Officer


def held_by(officer: Officer, call: CallTask, state: str) -> CallTask:
    holder = {"claimed_by": officer, "claimed_until": timezone.now() + limits.CALL_LEASE}
    nobody = {"claimed_by": None, "claimed_until": None}
    CallTask.objects.filter(pk=call.pk).update(state=state, **(holder if state == "calling" else nobody))
    call.refresh_from_db()
    return call


def test_every_move_of_every_actor_is_as_the_table_says(make_call, officer, second, stranger):
    """From x to x actor: the holder, a colleague, an officer of another unit, the portal."""
    actors = {"holder": officer, "colleague": second, "stranger": stranger, "system": TESTER}
    call, allowed = make_call(), set()
    for frm, to, (name, actor) in itertools.product(CallState, CallState, actors.items()):
        held_by(officer, call, frm)
        try:
            CALL_WORKFLOW.check(call.state, to, by=actor, obj=call)
        except DomainError:
            continue
        allowed.add((str(frm), str(to), name))
    everybody, colleagues = tuple(actors), ("holder", "colleague")
    expected = {(frm, "calling", who) for frm in ("waiting", "no_answer", "calling") for who in colleagues}
    ends = ("reached", "no_answer", "unreachable", "waiting")
    expected |= {("calling", to, "holder") for to in ends}
    open_ones = ("waiting", "calling", "no_answer")
    expected |= {(frm, "cancelled", who) for frm in open_ones for who in everybody}
    expected |= {(frm, "expired", "system") for frm in open_ones} | {("unreachable", "waiting", "system")}
    assert allowed == expected


@pytest.mark.parametrize("state", [state for state in CallState if state not in ("waiting", "no_answer")])
def test_what_has_ended_or_is_being_called_is_not_taken(make_call, officer, second, state):
    call = held_by(officer, make_call(), state)
    with pytest.raises(Conflict) as caught:
        claim_call(call=call, by=second)
    assert caught.value.code == ("call_taken" if state == "calling" else "move_not_allowed")


def test_an_officer_of_another_unit_takes_nothing(make_call, stranger):
    call = make_call()
    with pytest.raises(NotAllowed):
        claim_call(call=call, by=stranger)
    assert state_of(call) == "waiting"


def test_taking_a_call_is_in_the_journal(make_call, officer, unit):
    call = claimed(make_call(), officer)
    entry = AuditEntry.objects.get(action="call.claim")
    assert (entry.actor, entry.object_uid, entry.unit_number) == (officer.actor_ref, str(call.uid), unit.pk)


def test_one_phone_is_called_by_one_officer_at_a_time(make_call, officer, second, phone):
    first, other = make_call(), make_call()
    elsewhere = make_call(to=ensure_contact_point(phone="0750 999 888", by=TESTER))
    claimed(first, officer)
    with pytest.raises(Conflict) as caught:
        claim_call(call=other, by=second)
    assert caught.value.code == "call_taken"
    assert claim_call(call=elsewhere, by=second).state == "calling"
    assert claim_call(call=other, by=officer).state == "calling"


def test_after_ten_minutes_a_colleague_takes_over_and_the_first_can_say_nothing(make_call, officer, second):
    call = claimed(make_call(), officer)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=10, seconds=1), tick=True):
        taken = claim_call(call=call, by=second)
        assert (taken.state, taken.claimed_by) == ("calling", second)
        with pytest.raises(Conflict) as caught:
            record_call(call=call, outcome="reached", by=officer)
    assert (caught.value.code, CallAttempt.objects.count()) == ("call_not_yours", 0)


def test_who_talked_longer_than_ten_minutes_still_says_how_it_ended(make_call, officer):
    call = claimed(make_call(), officer)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=25), tick=True):
        assert record_call(call=call, outcome="reached", by=officer).state == "reached"


def test_a_released_call_counts_no_try(make_call, officer, second):
    call = claimed(make_call(), officer)
    released = release_call(call=call, by=officer)
    assert (released.state, released.claimed_by, released.attempts) == ("waiting", None, 0)
    assert claim_call(call=call, by=second).claimed_by == second
    with pytest.raises(Conflict):
        release_call(call=call, by=officer)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_call", [True, False])
def test_two_officers_at_once_and_one_gets_the_phone(make_call, officer, second, same_call):
    first = make_call()
    calls = [first, first if same_call else make_call()]
    results, barrier = [], threading.Barrier(2)

    def work(call: CallTask, who: Officer) -> None:
        try:
            barrier.wait()
            claim_call(call=call, by=who)
            results.append("taken")
        except Conflict as error:
            results.append(error.code)
        finally:
            connections.close_all()

    for _round in range(5):
        results.clear()
        CallTask.objects.update(state="waiting", claimed_by=None, claimed_until=None)
        threads = [
            threading.Thread(target=work, args=pair) for pair in zip(calls, (officer, second), strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == ["call_taken", "taken"]
    assert CallTask.objects.filter(state="calling").count() == 1
