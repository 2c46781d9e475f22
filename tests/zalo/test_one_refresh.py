"""Sixteen workers find the token refused at the same moment: one refresh token is spent, once."""

import threading
from typing import Any

import pytest
from django.db import connection

from portal.zalo.actions import refresh_tokens as module
from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.actions.refresh_tokens import refresh_tokens
from portal.zalo.client.directory import account_facts
from portal.zalo.models import TokenVault
from tests.people import BY
from tests.zalo.conftest import vault

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]
THREADS = 16


def at_once(work: Any) -> list[Any]:
    """What sixteen threads got that began together."""
    start, found = threading.Barrier(THREADS), []

    def run() -> None:
        try:
            start.wait()
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_sixteen_threads_spend_one_refresh_token_once(connected, zalo):
    zalo.world.switches.latency_ms = 100  # everybody else is at the lock long before the answer
    seen = vault(connected).generation
    found = at_once(lambda: refresh_tokens(account=connected, seen=seen, by=BY).access_token)
    assert set(found) == {vault(connected).access_token}
    stats = zalo.world.stats()
    assert (len(found), stats["refreshed"], stats["spent_again"]) == (THREADS, 1, 0)


def test_sixteen_calls_with_a_dead_token_all_succeed(connected, zalo):
    zalo.world.state["access"].clear()
    found = at_once(lambda: call_zalo(account=connected, call=account_facts, by=BY).oa_id)
    assert found == [connected.oa_id] * THREADS
    stats = zalo.world.stats()
    assert (stats["refreshed"], stats["spent_again"]) == (1, 0)


def test_after_a_lost_answer_sixteen_threads_ask_once(connected, zalo):
    zalo.world.switches.reset_after_rotation_next = 1
    seen = vault(connected).generation
    found = at_once(lambda: refresh_tokens(account=connected, seen=seen, by=BY))
    assert sorted(one.key for one in found) == ["way_connection_lost", *["way_refresh_waits"] * (THREADS - 1)]
    assert zalo.world.stats()["spent_again"] == 0


def test_without_the_lock_the_token_would_be_spent_again(connected, zalo, monkeypatch):
    """The guard switched off: the others come with a token that is gone, and the account is lost."""
    zalo.world.switches.latency_ms = 100
    monkeypatch.setattr(
        module,
        "_locked",
        lambda account: TokenVault.objects.select_related("account__unit").get(account=account),
    )
    seen = vault(connected).generation
    at_once(lambda: refresh_tokens(account=connected, seen=seen, by=BY))
    assert zalo.world.stats()["spent_again"] > 0
