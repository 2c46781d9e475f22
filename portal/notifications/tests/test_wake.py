import time
import uuid

import kombu.transport.redis  # noqa: F401 - imported once per process, long before the first booking
import pytest
from celery import current_app

from portal.common import broker as shelf
from portal.notifications.wake import is_paused, resume, waiting_in, wake


@pytest.fixture(autouse=True)
def no_pause():
    resume()
    yield
    resume()


@pytest.fixture
def dead_broker(monkeypatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:9/0")
    monkeypatch.setattr(shelf, "_connections", {})


def test_a_dead_broker_costs_a_request_less_than_a_second(dead_broker, caplog):
    start = time.monotonic()
    assert [wake(uuid.uuid4(), "code") for _number in range(50)] == [False] * 50
    assert time.monotonic() - start < 1
    assert (is_paused(), caplog.text.count("broker unreachable")) == (True, 1)


def test_after_a_pause_the_broker_is_tried_again(dead_broker, monkeypatch):
    wake(uuid.uuid4(), "code")
    monkeypatch.undo()
    monkeypatch.setattr(shelf, "_quiet_until", time.monotonic() - 1)
    assert wake(uuid.uuid4(), "code") is True


def test_a_dead_broker_has_no_queue_length(dead_broker):
    assert waiting_in("bulk") is None


@pytest.mark.faults
def test_queue_lengths_are_read_from_a_real_broker(own_valkey, monkeypatch):
    monkeypatch.setattr(current_app.conf, "broker_url", f"{own_valkey.url}/0")
    monkeypatch.setattr(shelf, "_connections", {})
    assert waiting_in("bulk") == 0
    assert [wake(uuid.uuid4(), "bulk") for _number in range(3)] == [True] * 3
    assert waiting_in("bulk") == 3
