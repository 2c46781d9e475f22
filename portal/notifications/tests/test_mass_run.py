"""Mass messages on their way: list, pace, killed workers, hold, stop, repair, and codes that go first."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.common.clock import local_moment, local_today
from portal.notifications.actions import tend_mass as tending
from portal.notifications.actions.contact_points import set_opt_out
from portal.notifications.actions.deliver import deliver
from portal.notifications.actions.move_mass import move_mass
from portal.notifications.actions.send_batch import send_batch
from portal.notifications.actions.tend_mass import repair_mass, tend_due, tend_mass
from portal.notifications.enums import MassState
from portal.notifications.models import MassMessage, MassRecipient, OutboxMessage
from portal.notifications.tests.mass import TESTER, TEXT, tend, unhurried

SAFETY = "Cong an KHONG goi doi tien, hoi ma, bao cai ung dung."


def codes_of(refusal: pytest.ExceptionInfo) -> dict[str, list[str]]:
    return {name: [one.code for one in errors] for name, errors in refusal.value.error_dict.items()}


def rows(mass: MassMessage) -> list[str]:
    return sorted(mass.rows().values_list("state", flat=True))


def everybody_once(mass: MassMessage) -> bool:
    """Each on the list has exactly one row, and nobody else has one."""
    listed = sorted(MassRecipient.objects.filter(mass=mass).values_list("contact_point", flat=True))
    return sorted(mass.rows().values_list("recipient", flat=True)) == listed


# ---- list and rows


def test_everybody_on_the_list_gets_one_row_and_the_end_is_noted(started, answer):
    mass = tend(started(7))
    assert (mass.state, mass.people, mass.passed, everybody_once(mass)) == ("running", 7, 7, True)
    assert mass.rows().first().valid_until == mass.valid_until
    send_batch(message_class="bulk", by=TESTER)
    mass = tend(mass)
    assert (mass.state, mass.figures, mass.percent) == ("done", {"accepted": 7}, 100)
    assert mass.next_at > timezone.now() + dt.timedelta(minutes=9)
    assert mass.rows().first().context["text"] == TEXT


def test_who_refused_news_is_not_on_the_list(started, open_unit):
    mass = started(3)
    set_opt_out(contact_point=mass_point(0), purpose="news", refused=True, by=TESTER)
    mass = tend(mass)
    assert (mass.people, mass.passed) == (2, 2)


def mass_point(place: int):
    from portal.notifications.models import ContactPoint

    return ContactPoint.objects.order_by("pk")[place]


def test_batches_of_3_cost_the_statements_of_1(started):
    counts = []
    for number, first in ((1, 0), (2, 500)):
        mass = started(number, first=first)
        with CaptureQueriesContext(connection) as seen:
            tend(mass)
        counts.append((mass.passed, len(seen)))
    assert counts[0][0] == 1
    assert counts[1] == (3, counts[0][1])


def test_the_pace_is_kept(started):
    mass = started(40, per_minute=60)
    tend_mass(mass_uid=mass.uid, by=TESTER)
    mass.refresh_from_db()
    assert mass.passed == 1
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=10), tick=False):
        tend_mass(mass_uid=mass.uid, by=TESTER)
        tend_mass(mass_uid=mass.uid, by=TESTER)
    mass.refresh_from_db()
    assert mass.passed == 11
    unhurried(mass)
    tend_mass(mass_uid=mass.uid, by=TESTER)
    mass.refresh_from_db()
    assert mass.passed == 40  # half a minute is caught up, not a whole night


def test_at_night_nobody_is_put_into_the_outbox(started):
    mass = started(2, starts_at=None, valid_until=timezone.now() + dt.timedelta(days=2))
    night = local_moment(local_today(), 23 * 60)
    with time_machine.travel(night, tick=False):
        mass = tend(mass)
        assert (mass.state, mass.passed) == ("running", 0)
        assert mass.next_at == night + dt.timedelta(hours=7)
        assert tend_due(by=TESTER) == 0


def test_a_later_start_is_waited_for(started):
    later = timezone.now() + dt.timedelta(hours=2)
    mass = started(2, starts_at=later)
    assert tend_due(by=TESTER) == 0
    mass = tend(mass)
    assert (mass.state, mass.people, mass.next_at) == ("queued", 0, later)


# ---- killed between any two steps


class Killed(BaseException):
    """As kill -9: nobody catches it."""


STEPS = ["queue_messages", "_count", "_begin", "_granted", "move_mass", "context_of", "_queue", "lock_mass"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True])
def test_a_worker_killed_at_any_step_loses_nobody_and_tells_nobody_twice(started, monkeypatch, step, after):
    mass = started(5)
    monkeypatch.setattr(tending, "BATCH", 2)
    monkeypatch.setattr(tending, "LIST_BATCH", 2)
    whole, calls = getattr(tending, step), []

    def dies(*args, **given):
        calls.append(1)
        if len(calls) in (1, 3):  # the first time, and once more later
            if after:
                whole(*args, **given)
            raise Killed
        return whole(*args, **given)

    monkeypatch.setattr(tending, step, dies)
    for _life in range(8):
        try:
            tend(mass)
        except Killed:
            continue
    mass.refresh_from_db()
    assert len(calls) >= 1
    assert (mass.people, mass.passed, rows(mass)) == (5, 5, ["queued"] * 5)
    assert everybody_once(mass)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_give_everybody_one_row(started, monkeypatch):
    mass = started(60)
    monkeypatch.setattr(tending, "BATCH", 7)
    monkeypatch.setattr(tending, "LIST_BATCH", 9)
    barrier, failures = threading.Barrier(3), []

    def work() -> None:
        try:
            barrier.wait()
            for _look in range(4):
                unhurried(mass)
                tend_mass(mass_uid=mass.uid, by=TESTER)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(3)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    mass.refresh_from_db()
    assert failures == []
    assert (mass.people, mass.passed, mass.rows().count(), everybody_once(mass)) == (60, 60, 60, True)


# ---- hold, go on, stop, repair


def test_pause_holds_what_waits_and_resume_lets_it_go(started, answer, esms):
    mass = tend(started(3))
    move_mass(obj=mass, to=MassState.PAUSED, by=TESTER)
    assert (send_batch(message_class="bulk", by=TESTER), rows(mass)) == (0, ["queued"] * 3)
    one = mass.rows().first()
    OutboxMessage.objects.filter(pk=one.pk).update(next_at=timezone.now())  # came back from its provider
    tend(mass)
    assert send_batch(message_class="bulk", by=TESTER) == 0
    move_mass(obj=mass, to=MassState.RUNNING, by=TESTER)
    assert (send_batch(message_class="bulk", by=TESTER), rows(mass)) == (3, ["accepted"] * 3)


def test_stop_in_the_middle_cancels_the_rest_and_adds_nobody(started, answer, esms, monkeypatch):
    mass = started(9)
    monkeypatch.setattr(tending, "BATCH", 4)
    tend(mass, seconds=0)
    unhurried(mass)
    with pytest.raises(ValidationError) as refusal:
        move_mass(obj=mass, to=MassState.STOPPED, by=TESTER)
    assert codes_of(refusal) == {"reason": ["reason_required"]}
    send_batch(message_class="bulk", limit=2, by=TESTER)
    before = mass.rows().count()
    move_mass(obj=mass, to=MassState.STOPPED, by=TESTER, reason="Nhầm ngày")
    tend(mass)
    tend(mass)
    assert (mass.state, mass.rows().count()) == ("stopped", before)
    assert (send_batch(message_class="bulk", by=TESTER), repair_mass(mass=mass, by=TESTER)) == (0, 0)
    assert set(rows(mass)) <= {"accepted", "cancelled"}
    assert len(esms.log) == rows(mass).count("accepted")


def test_what_a_provider_gives_back_after_the_stop_is_cancelled(started, answer):
    mass = tend(started(1))
    move_mass(obj=mass, to=MassState.STOPPED, by=TESTER, reason="Nhầm")
    mass.rows().update(state="queued", next_at=timezone.now())
    tend(mass)
    assert rows(mass) == ["cancelled"]


def test_rows_that_are_missing_are_put_back_once(started, answer):
    mass = tend(started(6))
    kept = set(mass.rows().values_list("pk", flat=True)[:4])
    mass.rows().exclude(pk__in=kept).delete()
    assert (repair_mass(mass=mass, by=TESTER), repair_mass(mass=mass, by=TESTER)) == (2, 0)
    mass.refresh_from_db()
    assert (mass.repaired, everybody_once(mass)) == (2, True)
    assert kept < set(mass.rows().values_list("pk", flat=True))


def test_before_the_end_the_list_is_compared_with_the_outbox(started, answer):
    mass = tend(started(4))
    mass.rows().first().delete()
    send_batch(message_class="bulk", by=TESTER)
    mass = tend(mass)
    assert (mass.state, mass.repaired) == ("running", 1)
    send_batch(message_class="bulk", by=TESTER)
    assert (tend(mass).state, rows(mass)) == ("done", ["accepted"] * 4)


def test_past_its_validity_nobody_is_added_and_it_ends(started, answer):
    mass = started(3, valid_until=timezone.now() + dt.timedelta(hours=1), per_minute=1)
    tend_mass(mass_uid=mass.uid, by=TESTER)
    send_batch(message_class="bulk", by=TESTER)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2), tick=False):
        mass = tend(mass)
    assert (mass.state, mass.passed, mass.people, rows(mass)) == ("done", 1, 3, ["accepted"])


def test_the_list_of_people_is_forgotten_days_after_the_end(started, answer):
    mass = tend(started(2))
    send_batch(message_class="bulk", by=TESTER)
    tend(mass)
    with time_machine.travel(timezone.now() + dt.timedelta(days=4), tick=False):
        mass = tend(mass)
    assert (mass.next_at, mass.recipients.count(), mass.figures) == (None, 0, {"accepted": 2})


# ---- codes overtake


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_code_is_not_held_up_by_people_in_thousands(started, make_message, answer, settings, monkeypatch):
    """Two workers make rows and send them; a code queued meanwhile goes out while most still wait."""
    settings.MASS_SECOND_PERSON_ABOVE = 10_000
    mass = started(3000)
    monkeypatch.setattr(tending, "BATCH", 300)
    stop, failures = threading.Event(), []

    def work(turn) -> None:
        try:
            while not stop.is_set():
                turn()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    turns = [
        lambda: tend(MassMessage.objects.get(pk=mass.pk)),
        lambda: send_batch(message_class="bulk", by=TESTER),
    ]
    workers = [threading.Thread(target=work, args=(turn,)) for turn in turns]
    [worker.start() for worker in workers]
    try:
        while not mass.rows().filter(state="accepted").exists():
            pass
        code = make_message(notice="tests.code", context={"challenge": "c1"}, intent="code")
        asked = timezone.now()
        deliver(message_uid=code.uid, by=TESTER)
        waiting = 3000 - mass.rows().filter(state="accepted").count()
        took = (timezone.now() - asked).total_seconds()
    finally:
        stop.set()
        [worker.join() for worker in workers]
    code.refresh_from_db()
    assert failures == []
    assert code.state == "accepted"
    assert waiting > 0
    assert took < 3
