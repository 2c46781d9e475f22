"""A flood from one address: the bill stays in the budget and a neighbour is still served."""

import pytest
import time_machine
from django.core.management import CommandError, call_command

from portal.citizens.actions.codes import verify_code
from portal.citizens.flood import asker, flood, show_report
from portal.citizens.models import CodeBudget
from portal.citizens.one_time import code_of
from portal.citizens.tests.conftest import ADDRESS, proof_of
from portal.notifications.models import OutboxMessage


def quiet(done: int) -> None:
    """No progress in tests."""


def test_four_hundred_requests_from_one_address_stay_inside_the_budget(unit, ask, refusal_of) -> None:
    with time_machine.travel("2026-11-21T02:00:00Z", tick=False) as clock:
        report = flood(unit=unit, requests=400, ask=asker(unit=unit, address=ADDRESS), progress=quiet)
        assert report.answers == {"sent": 3, "proof_required": 397}
        assert OutboxMessage.objects.count() == 3
        proven = refusal_of(phone="+84759999001")
        challenge = ask(phone="+84759999001", proof=proof_of(proven))
        assert verify_code(challenge_uid=challenge.uid, code=code_of(challenge.uid)).verified_at is not None
        waiting = refusal_of(phone="+84759999002", proof={"wait": "1"})
        clock.shift(waiting.extra["retry_after"])
        assert ask(phone="+84759999002", proof={"ticket": waiting.extra["ticket"]}).tries == 0
    assert CodeBudget.objects.get().used == OutboxMessage.objects.count() == 5


def test_flood_with_proofs_stops_at_the_budget_and_the_queue_still_drips(unit, ask, refusal_of) -> None:
    with time_machine.travel("2026-11-21T02:00:00Z", tick=False) as clock:
        report = flood(
            unit=unit, requests=100, ask=asker(unit=unit, address=ADDRESS, prove=True), progress=quiet
        )
        assert report.answers == {"sent": 42, "proof_required": 58}
        queued = refusal_of(phone="+84759999003", proof={"wait": "1"})
        clock.shift(queued.extra["retry_after"])
        assert ask(phone="+84759999003", proof={"ticket": queued.extra["ticket"]}).tries == 0
    assert OutboxMessage.objects.count() == 43 <= unit.code_budget_per_hour


def test_report_is_a_table_without_phones(unit) -> None:
    report = flood(unit=unit, requests=10, ask=asker(unit=unit, address=ADDRESS), progress=quiet)
    table = show_report(report)
    assert "| sent" in table
    assert "75" not in table.replace(f"{report.seconds:.1f}", "")


def test_command_prints_the_table_and_serves_the_neighbour(unit, capsys, settings) -> None:
    settings.QUEUE_SECONDS = 0
    call_command("flood_codes", unit=unit.slug, requests=20)
    lines = capsys.readouterr().out.splitlines()
    assert "| messages queued | 3 |" in lines
    assert [line.split(" after ")[0] for line in lines if "neighbour" in line] == [
        "| neighbour with a proof of work | got a code",
        "| neighbour who waited in the queue | got a code",
    ]


def test_command_refuses_where_imaginary_phones_are_not_allowed(unit, settings) -> None:
    settings.TEST_PHONES_ALLOWED = False
    with pytest.raises(CommandError):
        call_command("flood_codes", unit=unit.slug, requests=1)


def test_command_shows_this_hour_of_every_open_unit(unit, ask, capsys) -> None:
    ask()
    call_command("show_code_budget")
    assert f"{unit.slug:40} 1/60, queue 0/18" in capsys.readouterr().out.splitlines()
