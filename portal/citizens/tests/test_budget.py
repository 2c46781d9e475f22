"""The ceiling on the bill and the lanes below it."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.citizens.actions.budget import forget_expired, spend, take_turn
from portal.citizens.enums import Lane
from portal.citizens.models import CodeBudget, OneTimeCode, SpentProof
from portal.citizens.rules import BudgetState, queue_spacing, work_bits
from portal.citizens.tests.conftest import make_unit, proof_of
from portal.citizens.work import proven_bits, zero_bits
from portal.common.errors import TooMany
from portal.notifications.models import OutboxMessage

START = "2026-11-21T02:00:00Z"


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000), st.integers(1, 3600))
def test_lanes_never_exceed_the_limit(limit: int, used: int, queued: int, left: int) -> None:
    state = BudgetState(limit=limit, used=used, queued=queued, seconds_left=left)
    assert 0 <= state.open_limit <= state.proof_limit <= limit
    assert 0 <= state.kept_for_queue <= limit * 30 // 100


def test_a_fresh_hour_of_600_is_shared_out_as_documented() -> None:
    state = BudgetState(limit=600, used=0, queued=0, seconds_left=3600)
    assert (state.open_limit, state.proof_limit, state.kept_for_queue) == (300, 420, 180)
    assert queue_spacing(600) == 20
    end = BudgetState(limit=600, used=0, queued=0, seconds_left=1)
    assert (end.open_limit, end.proof_limit, end.kept_for_queue) == (479, 599, 1)


def test_work_grows_with_the_prefix_and_with_the_spent_share() -> None:
    def bits(used: int, hits: int) -> int:
        state = BudgetState(limit=600, used=used, queued=0, seconds_left=3600)
        return work_bits(base=14, state=state, hits=hits, soft_limit=30)

    assert [bits(0, hits) for hits in (0, 30, 60, 240, 10**6)] == [14, 14, 15, 17, 20]
    assert bits(300, 0) == 17
    assert bits(419, 10**6) == 20


@pytest.mark.django_db(transaction=True)
def test_forty_callers_at_once_never_overdraw_the_hour() -> None:
    unit = make_unit(17)
    now = timezone.now()

    def take(_number: int) -> bool:
        try:
            return spend(unit=unit, lane=Lane.PROOF, below=17, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(take, range(40)))
    assert answers.count(True) == 17
    assert CodeBudget.objects.get().used == 17


@pytest.mark.django_db(transaction=True)
def test_queue_lane_stops_at_its_share_under_threads() -> None:
    unit = make_unit(20)
    now = timezone.now()

    def take(_number: int) -> bool:
        try:
            return spend(unit=unit, lane=Lane.QUEUE, below=20, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(take, range(30)))
    row = CodeBudget.objects.get()
    assert (answers.count(True), row.used, row.queued) == (6, 6, 6)


@pytest.mark.django_db(transaction=True)
def test_turns_taken_at_once_stand_apart() -> None:
    unit = make_unit(600)
    now = timezone.now()

    def turn(_number: int) -> dt.datetime | None:
        try:
            return take_turn(unit=unit, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        turns = sorted(threads.map(turn, range(12)))
    waits = [round((moment - now).total_seconds()) for moment in turns]
    assert waits == [20 + 20 * place for place in range(12)]


@pytest.mark.django_db(transaction=True)
def test_message_and_budget_agree_under_threads(ask: Callable, unit, settings) -> None:
    settings.CODES_PER_PREFIX_PER_HOUR = 10**6
    unit.code_budget_per_hour = 8
    phones = [f"+8475100{number:04d}" for number in range(30)]

    def caller(phone: str) -> str:
        try:
            ask(phone=phone)
        except TooMany as refused:
            return refused.code
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(caller, phones))
    sent = answers.count("sent")
    assert 0 < sent <= 8
    assert OutboxMessage.objects.count() == sent
    assert CodeBudget.objects.get().used == sent


def test_spent_hour_refuses_everybody_until_the_next(ask, refusal_of, unit) -> None:
    with time_machine.travel("2026-11-21T02:30:00Z", tick=False) as clock:
        hour = dt.datetime(2026, 11, 21, 2, tzinfo=dt.UTC)
        CodeBudget.objects.create(unit=unit, hour=hour, used=60)
        refused = refusal_of(address="203.0.113.200")
        assert (refused.code, refused.extra["retry_after"]) == ("code_budget_spent", 1800)
        clock.shift(1800)
        assert ask(address="203.0.113.200").tries == 0


def test_prefix_over_its_soft_limit_must_prove_work_and_then_gets_a_code(
    ask, crowd, refusal_of, new_phone
) -> None:
    crowd()
    phone = new_phone()
    refused = refusal_of(phone=phone)
    assert refused.code == "proof_required"
    assert (refused.extra["bits"], refused.extra["queue_seconds"]) == (6, 20)
    assert ask(phone=phone, proof=proof_of(refused)).tries == 0


def test_another_prefix_is_not_asked_for_proof(ask, crowd) -> None:
    crowd()
    assert ask(address="198.51.101.7").tries == 0


def test_neighbours_share_a_prefix(ask, crowd, refusal_of) -> None:
    crowd()
    assert refusal_of(address="198.51.100.250").code == "proof_required"


def test_refused_requests_leave_no_trace(crowd, refusal_of) -> None:
    crowd()
    for _caller in range(5):
        refusal_of()
    assert (OneTimeCode.objects.count(), OutboxMessage.objects.count()) == (3, 3)
    assert CodeBudget.objects.get().used == 3


def test_proof_buys_one_code(ask, crowd, refusal_of, new_phone, settings) -> None:
    settings.CODES_PER_PHONE_PER_HOUR = 9
    phone = new_phone()
    with time_machine.travel(START, tick=False) as clock:
        crowd()
        proof = proof_of(refusal_of(phone=phone))
        ask(phone=phone, proof=proof)
        clock.shift(61)
        assert refusal_of(phone=phone, proof=proof).code == "proof_required"
    assert SpentProof.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_proof_sent_ten_times_at_once_buys_one_code(ask, crowd, refusal_of, new_phone) -> None:
    crowd()
    phone = new_phone()
    proof = proof_of(refusal_of(phone=phone))

    def caller(_number: int) -> str:
        try:
            ask(phone=phone, proof=proof)
        except TooMany as refused:
            return refused.code
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(caller, range(10)))
    assert answers.count("sent") == 1
    assert OutboxMessage.objects.count() == 4


def test_proof_is_worth_nothing_for_another_phone_or_changed(crowd, refusal_of, new_phone) -> None:
    crowd()
    phone = new_phone()
    proof = proof_of(refusal_of(phone=phone))
    expiry, bits, nonce = proof["seed"].split(".")
    forged = [
        {**proof, "answer": str(int(proof["answer"]) + 10**11)},
        {**proof, "seed": f"{int(expiry) + 9000}.{bits}.{nonce}"},
        {**proof, "seed": f"{expiry}.0.{nonce}"},
        {**proof, "signature": "0" * 40},
        {**proof, "signature": "không"},
        {"seed": ["x"], "signature": None, "answer": {}},
        {"answer": proof["answer"]},
    ]
    assert [refusal_of(phone=phone, proof=wrong).code for wrong in forged] == ["proof_required"] * 7
    assert refusal_of(phone=new_phone(), proof=proof).code == "proof_required"


def test_proof_expires_after_ten_minutes(ask, crowd, refusal_of, new_phone) -> None:
    with time_machine.travel(START, tick=False) as clock:
        crowd()
        phone = new_phone()
        proof = proof_of(refusal_of(phone=phone))
        clock.shift(601)
        assert refusal_of(phone=phone, proof=proof).code == "proof_required"


def test_reserve_is_for_harder_proofs_only(ask, refusal_of, new_phone, unit) -> None:
    with time_machine.travel(START, tick=False):
        easy_phone = new_phone()
        row = CodeBudget.objects.create(unit=unit, hour=timezone.now(), used=0)
        easy = _challenge_with_crowded_prefix(ask, refusal_of, easy_phone)
        CodeBudget.objects.filter(pk=row.pk).update(used=30)
        harder = refusal_of(phone=easy_phone, proof=proof_of(easy))
        assert (harder.code, easy.extra["bits"], harder.extra["bits"]) == ("proof_required", 6, 9)
        assert refusal_of(address="203.0.113.1").extra["bits"] == 9
        assert ask(phone=easy_phone, proof=proof_of(harder)).tries == 0


def _challenge_with_crowded_prefix(ask, refusal_of, phone: str) -> TooMany:
    for _caller in range(3):
        ask()
    return refusal_of(phone=phone)


def test_beyond_the_reserve_only_the_queue_is_left(ask, refusal_of, new_phone, unit) -> None:
    phone = new_phone()
    with time_machine.travel(START, tick=False) as clock:
        CodeBudget.objects.create(unit=unit, hour=timezone.now(), used=42)
        refused = refusal_of(phone=phone)
        assert (refused.code, refused.extra["seed"]) == ("proof_required", "")
        queued = refusal_of(phone=phone, proof={"wait": True})
        clock.shift(queued.extra["retry_after"])
        assert ask(phone=phone, proof={"ticket": queued.extra["ticket"]}).tries == 0
    row = CodeBudget.objects.get()
    assert (row.used, row.queued) == (43, 1)


def test_queue_gives_a_code_after_its_turn_and_not_before(ask, crowd, refusal_of, new_phone) -> None:
    phone = new_phone()
    with time_machine.travel(START, tick=False) as clock:
        crowd()
        queued = refusal_of(phone=phone, proof={"wait": "1"})
        assert (queued.code, queued.extra["retry_after"]) == ("code_queued", 21)
        clock.shift(10)
        early = refusal_of(phone=phone, proof={"ticket": queued.extra["ticket"]})
        assert (early.code, early.extra["retry_after"]) == ("code_queued", 11)
        assert early.extra["ticket"] == queued.extra["ticket"]
        clock.shift(11)
        assert ask(phone=phone, proof={"ticket": queued.extra["ticket"]}).tries == 0
        clock.shift(61)
        again = refusal_of(phone=phone, proof={"ticket": queued.extra["ticket"]})
        assert again.code == "proof_required"


def test_tickets_cannot_be_forged_lent_or_kept(crowd, refusal_of, new_phone) -> None:
    phone = new_phone()
    with time_machine.travel(START, tick=False) as clock:
        crowd()
        ticket = refusal_of(phone=phone, proof={"wait": "1"}).extra["ticket"]
        turn, rest = ticket.split(".", 1)
        clock.shift(30)
        tickets = [f"{int(turn) - 60}.{rest}", ticket[:-1], "", "..", "x", f"{turn}.{rest}0"]
        codes = [refusal_of(phone=phone, proof={"ticket": wrong}).code for wrong in tickets]
        assert codes == ["proof_required"] * 6
        assert refusal_of(phone=new_phone(), proof={"ticket": ticket}).code == "proof_required"
        clock.shift(601)
        assert refusal_of(phone=phone, proof={"ticket": ticket}).code == "proof_required"


def test_full_queue_says_so_and_proof_still_works(ask, crowd, refusal_of, new_phone) -> None:
    phone = new_phone()
    with time_machine.travel(START, tick=False):
        crowd()
        codes = [refusal_of(proof={"wait": "1"}).code for _caller in range(12)]
        assert codes == ["code_queued"] * 9 + ["proof_required"] * 3
        refused = refusal_of(phone=phone)
        assert refused.extra["queue_seconds"] is None
        assert ask(phone=phone, proof=proof_of(refused)).tries == 0


def test_unit_without_budget_sends_nothing(refusal_of, unit) -> None:
    unit.code_budget_per_hour = 0
    assert refusal_of().code == "code_budget_spent"


def test_zero_bits_are_counted_over_bytes() -> None:
    assert [zero_bits(bytes(content)) for content in ([255], [1], [0, 128], [0, 1], [0, 0])] == [
        0,
        7,
        8,
        15,
        16,
    ]
    assert proven_bits(seed="", signature="", answer="", binding="", now=0) == 0


def test_old_rows_are_forgotten(ask, crowd, refusal_of, new_phone) -> None:
    phone = new_phone()
    with time_machine.travel(START, tick=False) as clock:
        crowd()
        ask(phone=phone, proof=proof_of(refusal_of(phone=phone)))
        clock.shift(3600)
        assert forget_expired() == 0
        clock.shift(3 * 24 * 3600)
        assert forget_expired() == 5
        assert (OneTimeCode.objects.count(), SpentProof.objects.count()) == (0, 0)
