"""An account, people who write to it, and what is linked then; for the tests of linking."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.citizens.actions.hear_zalo import hear_shared_phone, hear_words
from portal.citizens.actions.sessions import start_session
from portal.citizens.models import Contact, LinkInvitation, ZaloAnswer
from portal.notifications.models import ZaloLink
from portal.zalo.events import Event
from portal.zalo.models import OfficialAccount
from tests.people import BY

USER, OTHER = "3000000000000000003", "3000000000000000004"


@pytest.fixture
def account(ward) -> OfficialAccount:
    facts = {"unit": ward, "app_id": "1000000000000000001", "app_secret": "s", "webhook_key": "k"}
    return OfficialAccount.objects.create(**facts, name="OA Hải Vân Đông", oa_id="20000", state="connected")


@pytest.fixture
def heard(account):
    """Somebody sends a text to the account; arguments of the event may be given."""
    number = iter(range(1, 1000))

    def hear(text: str, user_id: str = USER, msg_id: str = "", **given: Any) -> ZaloAnswer | None:
        message = {"text": text, "msg_id": msg_id or f"m{next(number)}"}
        facts = {"name": "user_send_text", "happened_at": timezone.now(), **given}
        content = {"message": message}
        event = Event(account=account, user_id=user_id, by_phone=False, content=content, **facts)
        return hear_words(event=event, by=BY)

    return hear


@pytest.fixture
def shared(account):
    def share(phone: str, user_id: str = USER) -> ZaloAnswer | None:
        event = Event(
            name="user_submit_info",
            account=account,
            user_id=user_id,
            happened_at=timezone.now(),
            by_phone=False,
            content={"info": {"name": "A", "phone": phone}},
        )
        return hear_shared_phone(event=event, by=BY)

    return share


def signed_in(contact: Contact, settings: Any) -> Client:
    _session, secret = start_session(contact=contact)
    client = Client()
    client.cookies[settings.CITIZEN_COOKIE_NAME] = secret
    return client


def linked_users() -> list[tuple[str, str, str]]:
    rows = ZaloLink.objects.active().select_related("contact_point", "zalo_user").order_by("pk")
    return [(row.contact_point.phone, row.zalo_user.user_id, row.how) for row in rows]


def reply_of(answer: ZaloAnswer | None) -> str | None:
    return answer.reply if answer else None


def invitation_for(heard: Any, text: str = "LIÊN KẾT") -> LinkInvitation:
    answer = heard(text)
    assert reply_of(answer) == "invited"
    return answer.invitation
