"""A repeated POST is answered, not executed."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from portal.requests.actions.claim_key import claim_key, free_key, keep_answer
from portal.requests.actions.sweep import Swept, sweep_requests
from portal.requests.api import IdempotentMixin
from portal.requests.enums import KeyState
from portal.requests.errors import InProgress
from portal.requests.models import IdempotencyRecord

KEY = "0123456789abcdef-key"
WORK = {"caller": "anonymous", "key": KEY, "operation": "POST /api/v1/bookings/", "request": "{}"}


def code_of(response):
    return response.status_code, json.loads(response.content)["code"]


def test_repeat_gets_the_first_answer(db, post, done):
    first, second = post({"slot": 1}), post({"slot": 1})
    assert (second.status_code, second.content) == (first.status_code, first.content) == (201, first.content)
    assert second["Location"] == first["Location"] == "/api/v1/bookings/x"
    assert ("Idempotency-Replayed" in first, second["Idempotency-Replayed"]) == (False, "true")
    assert done == [{"slot": 1}]


def test_repeat_in_another_spelling_is_the_same_request(db, post, done):
    post(None, text='{"slot": 1, "day": "x"}')
    assert post(None, text='{"day":"x","slot":1}')["Idempotency-Replayed"] == "true"
    assert len(done) == 1


def test_without_the_header_every_post_works(db, post, done):
    post({}, key=None)
    post({}, key=None)
    assert len(done) == 2
    assert IdempotencyRecord.objects.count() == 0


def test_required_header_is_asked_for(db, view, post, done):
    view.idempotency_required = True
    assert code_of(post({}, key=None)) == (400, "idempotency_key_required")
    assert done == []


def test_other_body_with_the_same_key_is_refused(db, post, done):
    post({"slot": 1})
    assert code_of(post({"slot": 2})) == (422, "idempotency_key_reused")
    assert done == [{"slot": 1}]


def test_other_address_with_the_same_key_is_refused(db, post):
    post({"slot": 1})
    assert code_of(post({"slot": 1}, path="/api/v1/bookings/cancel/")) == (422, "idempotency_key_reused")


def test_callers_do_not_share_keys(db, post, done):
    post({"slot": 1}, token="a")
    assert "Idempotency-Replayed" not in post({"slot": 1}, token="b")
    assert post({"slot": 1}, token="a")["Idempotency-Replayed"] == "true"
    assert len(done) == 2


@pytest.mark.parametrize(
    "key", ["", "short12", "x" * 129, "with blank 12345678", "khóa-của-tôi-1234567", "tab\t12345678901234"]
)
def test_key_of_bad_form_is_refused(db, post, done, key):
    assert code_of(post({}, key=key)) == (400, "idempotency_key_invalid")
    assert done == []


def test_key_without_token_must_be_hard_to_guess(db, post):
    assert code_of(post({}, key="8letters")) == (400, "idempotency_key_invalid")
    assert post({}, key="8letters", token="a").status_code == 201


def test_refusal_is_not_kept(db, post, done):
    """The citizen corrects the form and sends it with the same key."""
    assert code_of(post({"wanted": "full"})) == (409, "session_full")
    assert post({"slot": 2}).status_code == 201
    assert len(done) == 2


def test_server_error_frees_the_key(db, post, done):
    assert post({"wanted": "error"}).status_code == 503
    assert post({"wanted": "error"}).status_code == 503
    assert len(done) == 2


def test_exception_frees_the_key(db, post):
    with pytest.raises(ZeroDivisionError):
        post({"wanted": "crash"})
    assert IdempotencyRecord.objects.count() == 0


def test_get_ignores_the_header(db, view):
    request = APIRequestFactory().get("/", headers={"Idempotency-Key": "x"})
    assert view.as_view()(request).status_code == 200


def test_living_lease_is_waited_for(db, post, done):
    """Somebody works with the same key at this moment."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        operation = "POST /api/v1/bookings/"
        claim_key(caller="anonymous", key=KEY, operation=operation, request='{"slot":1}')
        clock.shift(20)
        response = post({"slot": 1})
    assert code_of(response) == (409, "request_in_progress")
    assert response["Retry-After"] == "40"
    assert done == []


def test_dead_lease_is_taken_over(db, post, done):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        claim_key(caller="anonymous", key=KEY, operation="POST /api/v1/bookings/", request='{"slot":1}')
        clock.shift(61)
        assert post({"slot": 1}).status_code == 201
        assert post({"slot": 1})["Idempotency-Replayed"] == "true"
    assert done == [{"slot": 1}]


def test_slow_run_cannot_finish_what_another_took_over(db):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        slow = claim_key(**WORK)
        clock.shift(61)
        quick = claim_key(**WORK)
        assert keep_answer(record=slow, status_code=201, answer={"by": "slow"}) is False
        free_key(record=slow)
        assert keep_answer(record=quick, status_code=201, answer={"by": "quick"}) is True
    assert IdempotencyRecord.objects.get().answer == {"by": "quick"}


def test_expired_answer_is_forgotten(db, post, done):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        post({"slot": 1})
        clock.shift(dt.timedelta(days=1, seconds=1))
        assert post({"slot": 2}).status_code == 201
        assert post({"slot": 2})["Idempotency-Replayed"] == "true"
    assert done == [{"slot": 1}, {"slot": 2}]


def test_nothing_readable_is_stored(db, post):
    post({"phone": "+84750123456"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM requests_idempotencyrecord")
        row = [bytes(value) if isinstance(value, memoryview) else value for value in cursor.fetchone()]
    stored = " ".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row)
    assert "Bưởi".encode().decode("latin-1") not in stored
    assert [word for word in ("750123456", KEY, "anonymous", "Bưởi", "number") if word in stored] == []
    assert IdempotencyRecord.objects.get().answer["body"]["name"] == "Trần Thị Bưởi"


def test_sweep_removes_expired_keys_only(db, post):
    post({"slot": 1})
    assert sweep_requests() == Swept(counters=0, keys=0)
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        assert sweep_requests() == Swept(counters=0, keys=1)


def test_token_is_the_caller():
    caller = IdempotentMixin().idempotency_caller(SimpleNamespace(auth=SimpleNamespace(uid="u-1")))
    assert caller == "token:u-1"


def in_threads(count, work):
    """Results of `work()` run `count` times at once; each thread has its own connection."""
    barrier = threading.Barrier(count)

    def run(_: int):
        try:
            barrier.wait(timeout=10)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=count) as pool:
        return list(pool.map(run, range(count)))


def test_of_many_at_once_one_works(transactional_db, view, post, done):
    release = threading.Event()

    def slow_post(self, request):
        done.append(request.data)
        release.wait(timeout=10)
        return Response({"number": 1}, status=201)

    view.post = slow_post
    answered = []

    def send():
        response = post({"slot": 1})
        answered.append(response.status_code)
        if len(answered) == 5:  # every loser has its 409
            release.set()
        return response.status_code

    assert sorted(in_threads(6, send)) == [201, 409, 409, 409, 409, 409]
    assert done == [{"slot": 1}]


def test_of_many_at_a_dead_lease_one_takes_over(transactional_db):
    record = claim_key(**WORK)
    IdempotencyRecord.objects.filter(pk=record.pk).update(
        lease_until=timezone.now() - dt.timedelta(seconds=1)
    )

    def take():
        try:
            return claim_key(**WORK).state
        except InProgress as refusal:
            return refusal.code

    assert sorted(in_threads(6, take)) == sorted([KeyState.RUNNING, *["request_in_progress"] * 5])
