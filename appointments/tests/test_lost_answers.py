"""The answer got lost and the same request comes again: one booking, one number, whatever the client does."""

import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from appointments.models import Booking, Slot
from appointments.tests.visits import check_sums, code_for
from portal.citizens.models import OneTimeCode
from portal.requests.models import IdempotencyRecord
from tests.people import visit_data

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "0123456789abcdef-hold"


def post(path: str, body: dict[str, Any], **headers: str) -> Any:
    return Client().post(path, json.dumps(body), content_type="application/json", headers=headers)


def send_hold(slot: Slot, **headers: str) -> Any:
    body = visit_data() | {"slot": str(slot.uid)}
    return post(f"/api/v1/units/{slot.session.unit.slug}/visits/", body, **headers)


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": KEY}], ids=["without a key", "with a key"])
def test_three_times_the_same_registration_is_one_booking_with_one_number(slot: Slot, headers) -> None:
    answers = [send_hold(slot, **headers) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    [uid] = {answer.json()["booking"] for answer in answers}
    booking = Booking.objects.get()
    code = code_for(booking)
    confirmed = [post(f"/api/v1/visits/{uid}/confirm/", {"code": code}, **headers) for _time in range(3)]
    assert [(answer.status_code, answer.json()["number"]) for answer in confirmed] == [(200, 1)] * 3
    assert (Booking.objects.count(), OneTimeCode.objects.count()) == (1, 1)
    check_sums()


def test_request_that_died_frees_its_key_after_a_minute(slot: Slot, monkeypatch) -> None:
    def die(**_terms: Any) -> None:
        raise SystemExit  # a worker is killed: nothing settles the key

    with monkeypatch.context() as patch:
        patch.setattr("appointments.api.views.hold_visit", die)
        with pytest.raises(SystemExit):
            send_hold(slot, **{"Idempotency-Key": KEY})
    assert IdempotencyRecord.objects.get().state == "running"
    busy = send_hold(slot, **{"Idempotency-Key": KEY})
    assert busy.status_code == 409
    assert 1 <= int(busy["Retry-After"]) <= 60
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61), tick=False):
        assert send_hold(slot, **{"Idempotency-Key": KEY}).status_code == 201
    assert Booking.objects.count() == 1


def test_full_hour_names_others_in_the_same_answer(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(capacity=0)
    answer = send_hold(slot)
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_full")
    others = answer.json()["alternatives"]
    assert len(others) == 6
    assert set(others[0]) == {"uid", "date", "starts", "minutes", "place", "free"}
    body = visit_data() | {"slot": others[0]["uid"]}
    again = post(f"/api/v1/units/{slot.session.unit.slug}/visits/", body)
    assert again.status_code == 201
    check_sums()
