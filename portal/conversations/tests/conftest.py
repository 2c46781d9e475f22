"""A connected account of the ward, people who write to it, and a morning on which the counter is open."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from portal.common.clock import local_moment
from portal.conversations.actions.hear_event import hear_event
from portal.conversations.models import Conversation
from portal.conversations.tests.talks import LISTENER, event_of
from portal.officers.models import Officer
from portal.zalo.enums import AccountState
from portal.zalo.models import OfficialAccount, ZaloUser
from portal.zalo.models.events import user_id_hash
from tests.people import make_officer

MONDAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def morning() -> Iterator[Any]:
    """Monday, nine o'clock, and running."""
    with time_machine.travel(local_moment(MONDAY, 9 * 60), tick=True) as clock:
        yield clock


@pytest.fixture(autouse=True)
def unpublished(monkeypatch) -> list[tuple]:
    """What would have woken a worker; the tests call him themselves."""
    woken: list[tuple] = []
    target = "portal.conversations.actions.keep_messages.publish"
    monkeypatch.setattr(target, lambda *args: woken.append(args) or True)
    return woken


@pytest.fixture
def account(ward) -> OfficialAccount:
    return OfficialAccount.objects.create(
        unit=ward,
        oa_id="2000000000000000002",
        app_id="1000000000000000001",
        app_secret="s",
        webhook_key="k",
        state=AccountState.CONNECTED,
    )


@pytest.fixture
def say(account) -> Callable[..., Conversation]:
    """`say("text")`: a citizen writes; the conversation as it is afterwards."""

    def run(text: str = "Cho tôi hỏi việc này", **given: Any) -> Conversation:
        event = event_of(account, text=text, **{"at": timezone.now(), **given})
        hear_event(event=event, by=LISTENER)
        user = {"account": account, "user_id_hash": user_id_hash(event.user_id)}
        return Conversation.objects.get(zalo_user=ZaloUser.objects.get(**user))

    return run


@pytest.fixture
def second(ward) -> Officer:
    """A colleague of the owner who answers as well."""
    return make_officer("second", ward, "residence_desk")
