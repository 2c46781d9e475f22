"""Two people send one linking code at the same moment: one is linked, whoever is first; and once."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.actions.hear_zalo import hear_words
from portal.citizens.actions.link_zalo import ask_link_proof, confirm_link, new_link_code
from portal.citizens.models import LinkInvitation, ZaloAnswer
from portal.citizens.one_time import code_of
from portal.common.errors import DomainError
from portal.notifications.models import ZaloLink
from portal.zalo.events import Event
from portal.zalo.models import OfficialAccount
from tests.people import BY

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]
SENDERS = 8


@pytest.fixture
def account(ward) -> OfficialAccount:
    facts = {"unit": ward, "app_id": "1000000000000000001", "app_secret": "s", "webhook_key": "k"}
    return OfficialAccount.objects.create(**facts, oa_id="20000", state="connected")


def at_once(*works: Any) -> list[Any]:
    """What each got, all having begun together; a refusal counts as an answer."""
    start, found = threading.Barrier(len(works)), []

    def run(work: Any) -> None:
        try:
            start.wait()
            found.append(work())
        except DomainError as refusal:
            found.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_several_users_who_send_one_code_at_once_one_wins(citizen, account):
    code = new_link_code(contact=citizen, account=account).code

    def send(number: int) -> Any:
        content = {"message": {"text": f"KN {code}", "msg_id": f"m{number}"}}
        facts = {"name": "user_send_text", "happened_at": timezone.now(), "by_phone": False}
        event = Event(account=account, user_id=f"300{number}", content=content, **facts)
        return lambda: hear_words(event=event, by=BY).reply

    replies = at_once(*(send(number) for number in range(SENDERS)))
    assert sorted(replies) == ["linked", *["wrong_code"] * (SENDERS - 1)]
    winner = ZaloLink.objects.active().get()
    assert winner.contact_point == citizen.contact_point
    assert ZaloAnswer.objects.get(reply="linked").zalo_user == winner.zalo_user


def test_one_invitation_proved_by_two_phones_at_once_links_one(citizen, ward, account):
    content = {"message": {"text": "LIÊN KẾT", "msg_id": "m1"}}
    facts = {"name": "user_send_text", "happened_at": timezone.now(), "by_phone": False}
    hear_words(event=Event(account=account, user_id="3001", content=content, **facts), by=BY)
    invitation = LinkInvitation.objects.get()

    def proof(phone: str) -> Any:
        ensure_contact(phone=phone, by=BY)
        given = {"unit": ward, "address": "203.0.113.1", "proof": None}
        challenge = ask_link_proof(invitation=invitation, phone=phone, **given)
        return lambda: (
            confirm_link(
                invitation=invitation, challenge_uid=challenge.uid, code=code_of(challenge.uid)
            ).contact_point.phone
        )

    found = at_once(proof("+84750000001"), proof("+84750000002"))
    linked = ZaloLink.objects.active().get()
    assert sorted(found) == sorted([linked.contact_point.phone, "link_expired"])
