"""A phone meets a Zalo user only by proof, on pages and on Zalo; and parts again by any of three ways."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.citizens.actions.answer_zalo import link_path, message_of
from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.actions.link_zalo import confirm_link, end_link, new_link_code
from portal.citizens.models import Consent, LinkInvitation, OneTimeCode, ZaloAnswer
from portal.citizens.one_time import code_of, seal_of
from portal.citizens.tests.zalo import (
    OTHER,
    USER,
    account,
    heard,
    invitation_for,
    linked_users,
    reply_of,
    shared,
)
from portal.citizens.validators import is_link_word, is_stop_word, link_code_in
from portal.common.errors import Conflict, NotAllowed, TooMany
from portal.notifications.models import ZaloLink
from portal.zalo.models import OfficialAccount
from tests.people import BY, CITIZEN_PHONE

__all__ = ("account", "heard", "shared")  # fixtures


# ---- what people type


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("KN ABCD-EFGH", "ABCDEFGH"),
        ("kn abcdefgh", "ABCDEFGH"),
        ("  KN-ABCD EFGH. ", "ABCDEFGH"),
        ("KN: 2345-6789", "23456789"),
        ("KN ABCS-EFGH", "ABC5EFGH"),
        ("KN ABCD-EFG", ""),
        ("ABCD-EFGH-JKMN", ""),
        ("Tôi gửi KN ABCD-EFGH", ""),
    ],
)
def test_a_linking_code_is_read_however_it_is_typed(text, code):
    assert link_code_in(text) == code


def test_words_that_stop_and_that_link_are_whole_messages():
    assert [is_stop_word(text) for text in ("HỦY", "huỷ", "Huy nhận tin!", "Tôi muốn hủy lịch")] == [
        True,
        True,
        True,
        False,
    ]
    assert [is_link_word(text) for text in ("LIÊN KẾT", "#lienket", "liên kết với ai")] == [True, True, False]


# ---- by a code sent to the account


def test_a_code_links_whoever_sends_it_and_answers(citizen, account, heard):
    code = new_link_code(contact=citizen, account=account).code
    assert reply_of(heard(f"KN {code[:4]}-{code[4:]}")) == "linked"
    assert linked_users() == [(CITIZEN_PHONE, USER, "code")]
    consent = Consent.objects.in_force().get()
    assert (consent.contact, consent.purpose, consent.text_key) == (citizen, "zalo_messages", "zalo_link")


def test_a_code_is_good_once_and_repeated_by_its_sender_only(citizen, account, heard):
    code = new_link_code(contact=citizen, account=account).code
    replies = [reply_of(heard(f"KN {code}", user_id=who)) for who in (USER, USER, OTHER)]
    assert replies == ["linked", "linked", "wrong_code"]
    assert linked_users() == [(CITIZEN_PHONE, USER, "code")]


def test_the_same_event_twice_is_answered_once(citizen, account, heard):
    code = new_link_code(contact=citizen, account=account).code
    assert reply_of(heard(f"KN {code}", msg_id="same")) == "linked"
    assert heard(f"KN {code}", msg_id="same") is None
    assert ZaloAnswer.objects.count() == 1


def test_an_old_code_a_replaced_one_and_one_of_another_account_are_refused(
    citizen, account, heard, other_ward
):
    facts = {"unit": other_ward, "app_id": "1000000000000000001", "app_secret": "s", "webhook_key": "k"}
    elsewhere = OfficialAccount.objects.create(**facts, oa_id="20001", state="connected")
    foreign = new_link_code(contact=citizen, account=elsewhere).code
    replaced = new_link_code(contact=citizen, account=account).code
    last = new_link_code(contact=citizen, account=account).code
    assert [reply_of(heard(f"KN {code}")) for code in (foreign, replaced)] == ["wrong_code"] * 2
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        assert reply_of(heard(f"KN {last}")) == "wrong_code"
    assert linked_users() == []


def test_who_guesses_is_told_once_and_then_ignored(account, heard):
    replies = [reply_of(heard(f"KN ABCD-EFG{symbol}")) for symbol in "23456789ABCDE"]
    assert replies == ["wrong_code"] * 10 + ["too_often", None, None]


def test_guessing_counts_per_user_and_right_codes_after_it_do_not_link(citizen, account, heard):
    for symbol in "23456789AB":
        heard(f"KN ABCD-EFG{symbol}")
    code = new_link_code(contact=citizen, account=account).code
    assert reply_of(heard(f"KN {code}")) == "too_often"
    assert reply_of(heard(f"KN {code}", user_id=OTHER)) == "linked"


def test_codes_are_limited_per_contact(citizen, account):
    for _number in range(10):
        new_link_code(contact=citizen, account=account)
    with pytest.raises(TooMany) as caught:
        new_link_code(contact=citizen, account=account)
    assert caught.value.code == "link_code_limit"


def test_a_new_holder_of_the_phone_takes_it_over_and_a_family_shares_a_user(citizen, account, heard):
    parents = ensure_contact(phone="+84750000007", by=BY)
    for contact, who in ((citizen, USER), (parents, USER), (citizen, OTHER)):
        code = new_link_code(contact=contact, account=account).code
        assert reply_of(heard(f"KN {code}", user_id=who)) == "linked"
    assert linked_users() == [("+84750000007", USER, "code"), (CITIZEN_PHONE, OTHER, "code")]


# ---- no longer


def test_stop_ends_every_phone_of_the_user_and_only_what_stood_then(citizen, account, heard):
    before = timezone.now() - dt.timedelta(minutes=1)
    code = new_link_code(contact=citizen, account=account).code
    heard(f"KN {code}")
    assert heard("HỦY", happened_at=before) is None  # arrived late, from before the link
    assert len(linked_users()) == 1
    assert reply_of(heard("Hủy nhận tin")) == "stopped"
    assert linked_users() == []
    assert Consent.objects.in_force().count() == 0
    assert heard("HỦY") is None  # means something else: an officer reads it


def test_an_officer_ends_a_link_with_a_reason_and_a_stranger_does_not(
    citizen, account, heard, owner, stranger
):
    heard(f"KN {new_link_code(contact=citizen, account=account).code}")
    link = ZaloLink.objects.get()
    with pytest.raises(NotAllowed):
        end_link(link=link, reason="asked", by=stranger)
    assert end_link(link=link, reason="new_holder", by=owner) is True
    assert end_link(link=link, reason="new_holder", by=owner) is False
    entry = AuditEntry.objects.get(action="zalo_link.ended_by_officer")
    assert (entry.detail, linked_users()) == ({"reason": "new_holder"}, [])


def test_the_officers_page_finds_by_phone_and_is_closed_to_others(
    citizen, account, heard, owner, colleague, stranger
):
    heard(f"KN {new_link_code(contact=citizen, account=account).code}")
    address = reverse("admin:notifications_zalolink_changelist")
    seen = {}
    for officer in (owner, stranger, colleague):
        client = Client()
        client.force_login(officer)
        seen[officer.username] = client.get(address)
    assert seen["colleague"].status_code == 403
    assert "0750 *** 001" in seen["owner"].content.decode()
    assert "0750 *** 001" not in seen["stranger"].content.decode()
    client = Client()
    client.force_login(owner)
    found = [
        client.post(address, {"q": phone}, follow=True).context["cl"].result_count
        for phone in ("0750000001", "0750000002", "abc")
    ]
    assert found == [1, 0, 0]
    end = reverse("admin:notifications_zalolink_end", args=[ZaloLink.objects.get().pk])
    assert client.get(end).status_code == 200
    client.post(end, {"reason": "asked"})
    assert linked_users() == []


# ---- by a signed address


def prove(client: Client, path: str, phone: str = "0750000001") -> Any:
    """Phone in, code in; the last answer."""
    answer = client.post(path, {"phone": phone})
    assert answer.status_code == 302, answer.content.decode()
    challenge = OneTimeCode.objects.latest("pk")
    return client.post(answer.url, {"code": code_of(challenge.uid)})


def test_a_signed_address_links_after_a_one_time_code_and_confirms_on_zalo(account, ward, heard, db):
    path = link_path(invitation_for(heard), ward)
    answer = prove(Client(), path)
    assert (answer.status_code, answer.url) == (302, reverse("citizens:reach", args=[ward.slug]))
    assert linked_users() == [(CITIZEN_PHONE, USER, "signed_link")]
    assert list(ZaloAnswer.objects.order_by("pk").values_list("reply", flat=True)) == ["invited", "linked"]
    assert Client().get(path).status_code == 410


def test_an_address_nobody_signed_or_signed_for_another_is_not_there(account, ward, heard):
    invitation = invitation_for(heard)
    other = LinkInvitation.objects.create(
        zalo_user=invitation.zalo_user, how="signed_link", expires_at=invitation.expires_at
    )
    for seal in ("0" * 32, seal_of(other.uid)):
        path = reverse("citizens:link_phone", args=[ward.slug, invitation.uid, seal])
        assert Client().get(path).status_code == 404


def test_an_address_ends_after_half_an_hour_and_is_good_once(account, ward, heard):
    invitation = invitation_for(heard)
    path = link_path(invitation, ward)
    client = Client()
    first, second = (client.post(path, {"phone": phone}).url for phone in ("0750000001", "0750000002"))
    codes = [code_of(uid) for uid in OneTimeCode.objects.order_by("pk").values_list("uid", flat=True)]
    assert client.post(first, {"code": codes[0]}).status_code == 302
    assert client.post(second, {"code": codes[1]}).status_code == 410
    challenge = OneTimeCode.objects.latest("pk")
    with pytest.raises(Conflict) as caught:
        confirm_link(invitation=invitation, challenge_uid=challenge.uid, code=codes[1])
    assert caught.value.code == "link_expired"
    late = invitation_for(heard, "#lienket")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=31)):
        assert client.get(link_path(late, ward)).status_code == 410
    assert linked_users() == [(CITIZEN_PHONE, USER, "signed_link")]


def test_a_code_for_another_address_or_purpose_links_nothing(account, ward, heard):
    mine, theirs = invitation_for(heard), invitation_for(heard, "kết nối")
    client = Client()
    client.post(link_path(theirs, ward), {"phone": "0750000001"})
    challenge = OneTimeCode.objects.latest("pk")
    args = [ward.slug, mine.uid, seal_of(mine.uid), challenge.uid]
    answer = client.post(reverse("citizens:link_code", args=args), {"code": code_of(challenge.uid)})
    assert answer.status_code == 409
    assert linked_users() == []


def test_wrong_digits_and_a_wrong_phone_say_so_and_keep_what_was_typed(account, ward, heard):
    path = link_path(invitation_for(heard), ward)
    client = Client()
    answer = client.post(path, {"phone": "12345"})
    assert (answer.status_code, "12345" in answer.content.decode()) == (400, True)
    sent = client.post(path, {"phone": "0750000001"})
    assert client.post(sent.url, {"code": "000000"}).status_code == 400
    assert linked_users() == []


# ---- a shared phone is a claim


def test_a_shared_phone_links_nothing_until_it_is_proved(account, ward, shared):
    answer = shared("84750000001")
    assert (reply_of(answer), linked_users()) == ("claimed", [])
    assert "0750 *** 001" in message_of(answer)["text"]
    path = link_path(answer.invitation, ward)
    content = Client().get(path).content.decode()
    assert "0750 *** 001" in content and "750000001" not in content
    prove(Client(), path, phone="")
    assert linked_users() == [(CITIZEN_PHONE, USER, "shared_info")]
    assert shared("84750000001") is None  # leads to him already


def test_a_shared_number_that_is_no_mobile_is_ignored(account, shared):
    assert [shared(phone) for phone in ("", "12", "842363831234")] == [None, None, None]


def test_invitations_are_limited_per_user(account, heard):
    replies = [reply_of(heard("liên kết")) for _number in range(7)]
    assert replies == ["invited"] * 5 + [None, None]
