"""What is answered on Zalo, and the page where one links, unlinks and chooses."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.citizens.actions.answer_zalo import answer_due, answer_zalo
from portal.citizens.actions.budget import forget_expired
from portal.citizens.actions.choose_notices import choose_notices
from portal.citizens.actions.hear_zalo import hear_words
from portal.citizens.actions.link_zalo import ask_link_proof, new_link_code
from portal.citizens.models import LinkCode, LinkInvitation, ZaloAnswer
from portal.citizens.tests.zalo import (
    USER,
    account,
    heard,
    invitation_for,
    linked_users,
    shared,
    signed_in,
)
from portal.notifications.models import ZaloLink
from portal.zalo.actions import call_zalo as calling
from portal.zalo.errors import OA, ZaloError
from portal.zalo.events import Event
from portal.zalo.models import OfficialAccount, ZaloUser
from portal.zalo.models.events import user_id_hash
from tests.people import BY

__all__ = ("account", "heard", "shared")  # fixtures


# ---- what is answered


@pytest.fixture
def said(monkeypatch) -> list[dict]:
    """What Zalo was asked to send, with the answer of a working OA."""
    calls: list[dict] = []

    def send(*, account, call, by) -> None:
        call(None)

    def consult(session, *, user_id, message) -> None:
        calls.append({"to": user_id, **message})

    monkeypatch.setattr("portal.citizens.actions.answer_zalo.call_zalo", send)
    monkeypatch.setattr("portal.citizens.actions.answer_zalo.send_consultation", consult)
    return calls


def test_an_answer_goes_out_once_with_a_button_to_the_page(account, ward, heard, said):
    answer = heard("KN ABCD-EFGH")
    assert [answer_zalo(answer_uid=answer.uid, by=BY) for _time in range(2)] == [True, False]
    buttons = said[0]["attachment"]["payload"]["buttons"]
    assert (len(said), said[0]["to"]) == (1, USER)
    assert buttons[0]["payload"]["url"].endswith(f"/{ward.slug}/cach-nhan-tin/")


def test_an_answer_is_tried_again_and_given_up_after_ten_minutes(account, heard, monkeypatch):
    def fail(**_given) -> None:
        raise ZaloError(OA, "-32")

    monkeypatch.setattr("portal.citizens.actions.answer_zalo.call_zalo", fail)
    answer = heard("KN ABCD-EFGH")
    assert answer_zalo(answer_uid=answer.uid, by=BY) is False
    answer.refresh_from_db()
    assert (answer.attempts, answer.finished_at, answer.error) == (1, None, "oa_-32")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        assert answer_due(by=BY) == 0
        assert ZaloAnswer.objects.due(timezone.now()).count() == 0


def test_an_answer_whose_worker_died_is_said_by_the_sweeper(account, heard, said):
    answer = heard("KN ABCD-EFGH")
    held = timezone.now() + dt.timedelta(seconds=30)
    ZaloAnswer.objects.filter(pk=answer.pk).update(claimed_until=held)
    assert answer_due(by=BY) == 0
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=31)):
        assert answer_due(by=BY) == 1
    assert len(said) == 1
    assert calling.call_zalo  # the real one was never asked


def test_ordinary_words_are_left_to_officers(account, heard):
    assert [heard(text) for text in ("Xin chào", "Tôi muốn hủy lịch hẹn", "ABCD-EFGH-JKMN")] == [None] * 3


def test_spent_steps_are_forgotten(citizen, account, heard):
    new_link_code(contact=citizen, account=account)
    invitation_for(heard)
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        forget_expired()
    assert [model.objects.count() for model in (LinkCode, LinkInvitation, ZaloAnswer)] == [0, 0, 0]


# ---- the page


def test_the_page_asks_strangers_to_sign_in(ward, account):
    answer = Client().get(reverse("citizens:reach", args=[ward.slug]))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("citizens:sign_in", args=[ward.slug]))
    for name in ("reach_code", "reach_choose"):
        assert Client().post(reverse(f"citizens:{name}", args=[ward.slug])).status_code == 302
    assert LinkCode.objects.count() == 0


def test_the_page_gives_a_code_that_works_and_ends_the_link(citizen, ward, account, heard, settings):
    client, page = signed_in(citizen, settings), reverse("citizens:reach", args=[ward.slug])
    client.post(reverse("citizens:reach_code", args=[ward.slug]))
    content = client.get(page).content.decode()
    code = LinkCode.objects.get().code
    assert f"KN {code[:4]}-{code[4:]}" in content and "https://zalo.me/20000" in content
    heard(f"KN {code}")
    content = client.get(page).content.decode()
    assert "Ngừng gửi qua Zalo này" in content and code not in content
    client.post(reverse("citizens:reach_unlink", args=[ward.slug]), {"link": ZaloLink.objects.get().uid})
    assert linked_users() == []


def test_nobody_ends_the_link_of_another_phone(citizen, stranger_citizen, ward, account, heard, settings):
    heard(f"KN {new_link_code(contact=citizen, account=account).code}")
    client = signed_in(stranger_citizen, settings)
    page = reverse("citizens:reach", args=[ward.slug])
    assert "Ngừng gửi qua Zalo này" not in client.get(page).content.decode()
    address = reverse("citizens:reach_unlink", args=[ward.slug])
    for uid in (ZaloLink.objects.get().uid, "nonsense"):
        assert client.post(address, {"link": uid}).status_code == 404
    assert len(linked_users()) == 1


def test_a_unit_without_an_account_says_that_sms_comes(citizen, ward, settings):
    content = signed_in(citizen, settings).get(reverse("citizens:reach", args=[ward.slug])).content.decode()
    assert "chưa gửi tin qua Zalo" in content and "Loại tin muốn nhận" in content


def test_notices_are_chosen_and_proved(citizen, ward, settings):
    client, page = signed_in(citizen, settings), reverse("citizens:reach_choose", args=[ward.slug])
    client.post(page, {"wanted": ["appointments", "news"]})
    citizen.contact_point.refresh_from_db()
    assert citizen.contact_point.opt_outs == ["intake_news"]
    entry = AuditEntry.objects.get(action="contact.notices_chosen")
    assert entry.detail == {"refused": ["intake_news"]}
    client.post(page, {"wanted": ["appointments", "intake_news", "news", "nonsense"]})
    citizen.contact_point.refresh_from_db()
    assert citizen.contact_point.opt_outs == []
    assert choose_notices(contact=citizen, wanted=["appointments", "intake_news", "news"]) == []


def test_a_phone_in_words_is_refused_the_same_by_the_action(account, heard, ward):
    invitation = invitation_for(heard)
    with pytest.raises(ValidationError) as caught:
        ask_link_proof(invitation=invitation, phone="12", unit=ward, address="203.0.113.1", proof=None)
    assert caught.value.code == "phone_invalid"


def test_users_of_another_account_stay_apart(account, other_ward, heard, citizen):
    """An id is good for one account: the same digits elsewhere are somebody else."""
    heard(f"KN {new_link_code(contact=citizen, account=account).code}")
    facts = {"unit": other_ward, "app_id": "1000000000000000001", "app_secret": "s", "webhook_key": "k"}
    elsewhere = OfficialAccount.objects.create(**facts, oa_id="20001", state="connected")
    ZaloUser.objects.create(account=elsewhere, user_id=USER, user_id_hash=user_id_hash(USER))
    event = Event(
        name="user_send_text",
        account=elsewhere,
        user_id=USER,
        happened_at=timezone.now(),
        by_phone=False,
        content={"message": {"text": "HỦY", "msg_id": "x"}},
    )
    assert hear_words(event=event, by=BY) is None
    assert len(linked_users()) == 1
