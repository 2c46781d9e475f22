"""A flood from one address: the bill stays in the budget and a neighbour is still served."""

import time_machine

from portal.citizens.actions.codes import verify_code
from portal.citizens.flood import flood, show_report
from portal.citizens.models import CodeBudget
from portal.citizens.one_time import code_of
from portal.citizens.tests.conftest import proof_of
from portal.notifications.models import OutboxMessage


def test_four_hundred_requests_from_one_address_stay_inside_the_budget(unit, ask, refusal_of) -> None:
    with time_machine.travel("2026-11-21T02:00:00Z", tick=False) as clock:
        report = flood(unit=unit, requests=400, address="198.51.100.7", progress=lambda done: None)
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
            unit=unit, requests=100, address="198.51.100.7", progress=lambda done: None, prove=True
        )
        assert report.answers == {"sent": 42, "proof_required": 58}
        queued = refusal_of(phone="+84759999003", proof={"wait": "1"})
        clock.shift(queued.extra["retry_after"])
        assert ask(phone="+84759999003", proof={"ticket": queued.extra["ticket"]}).tries == 0
    assert OutboxMessage.objects.count() == 43 <= unit.code_budget_per_hour


def test_report_is_a_table_without_phones(unit) -> None:
    report = flood(unit=unit, requests=10, address="198.51.100.7", progress=lambda done: None)
    table = show_report(report)
    assert "| sent" in table
    assert "75" not in table.replace(f"{report.seconds:.1f}", "")
