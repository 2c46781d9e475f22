"""One suite for every channel, against the local provider: a new channel is a line in RIGS here too."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from portal.notifications.channels.base import Accepted, Outgoing, ZaloAddress
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.lookup import ROADS
from portal.notifications.channels.sms.esms.channel import EsmsChannel
from portal.notifications.channels.sms.speedsms.channel import SpeedSmsChannel
from portal.notifications.channels.sms.vendors import VENDORS
from portal.notifications.channels.zalo.oa.channel import ZaloOaRoad
from portal.notifications.channels.zalo.phone.channel import ZaloPhoneRoad
from portal.notifications.channels.zalo.user.channel import ZaloUserRoad
from portal.notifications.local_provider.server import Provider
from portal.notifications.local_provider.zalo_world import FIRST_OA
from portal.notifications.tests.zalo_world import REMINDER, connect, running_provider, zalo_messages
from portal.zalo.models import OfficialAccount

TEXT, VALUES = "Số của Ông/Bà: 42", {"ma_ho_so": "42", "ngay_hen": "25/11/2026"}
CARD = "Mã hồ sơ 42, hẹn ngày 25/11/2026."


@dataclass
class Rig:
    """A channel and how the world looks from it: what arrived, how its host breaks, and runs dry."""

    channel: Any
    arrives: str
    break_host: Callable[[Provider], None]
    no_money: Callable[[Provider], None]
    is_zalo: bool = False


def sms_breaks(provider: Provider) -> None:
    provider.switches.error_rate = 1.0


def zalo_breaks(provider: Provider) -> None:
    provider.zalo.world.switches.html_502_next = 9


def sms_costs(provider: Provider) -> None:
    provider.switches.no_balance = True


def zalo_costs(provider: Provider) -> None:
    provider.zalo.world.switches.no_money = True


def free_costs(provider: Provider) -> None:
    """A consultation message is free within 48 hours; only a fault can refuse it."""
    switches = provider.zalo.world.switches
    switches.error_next, switches.error_code = 1, -321


RIGS = {
    "esms": Rig(EsmsChannel(), "So cua Ong/Ba: 42", sms_breaks, sms_costs),
    "speedsms": Rig(SpeedSmsChannel(), "So cua Ong/Ba: 42", sms_breaks, sms_costs),
    "zalo_oa": Rig(ZaloOaRoad(), TEXT, zalo_breaks, free_costs, is_zalo=True),
    "zalo_user": Rig(ZaloUserRoad(), CARD, zalo_breaks, zalo_costs, is_zalo=True),
    "zalo_phone": Rig(ZaloPhoneRoad(), CARD, zalo_breaks, zalo_costs, is_zalo=True),
}


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    with running_provider(settings) as running:
        yield running


@pytest.fixture
def account(provider, unit) -> OfficialAccount:
    return connect(provider, unit)


@pytest.fixture(params=sorted(RIGS))
def rig(request) -> Rig:
    return RIGS[request.param]


@pytest.fixture(params=[name for name, rig in RIGS.items() if rig.is_zalo])
def zalo_rig(request) -> Rig:
    return RIGS[request.param]


@pytest.fixture
def outgoing(provider, account) -> Callable[..., Outgoing]:
    """`outgoing(2)` for the second phone, which follows the account."""

    def make(number: int = 1, **given) -> Outgoing:
        uid, local = uuid.uuid4(), f"075{number:07d}"
        provider.zalo.people.act(oa_id=FIRST_OA["oa_id"], phone=local, act="follow")
        user_id = provider.zalo.world.member(FIRST_OA["oa_id"], local)["user_id"]
        address = ZaloAddress(account, user_id=user_id, template_id=REMINDER, values=VALUES, price=99)
        facts = {"uid": uid, "request_id": uid.hex, "phone": f"+84{local[1:]}", "text": TEXT, "zalo": address}
        return Outgoing(**{**facts, **given})

    return make


def inbox(rig: Rig, provider: Provider, number: int = 1) -> list[str]:
    phone = f"075{number:07d}"
    if rig.is_zalo:
        return [text for _kind, text in zalo_messages(provider, phone)]
    return [message["text"] for message in provider.phones.messages(phone)]


def refusal(rig: Rig, one: Outgoing) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        rig.channel.send(one)
    return caught.value


def test_every_channel_takes_this_suite():
    assert set(RIGS) == (set(VENDORS) - {"console"}) | (set(ROADS) - {"sms"})


def test_a_message_arrives_and_is_billed(rig, provider, outgoing):
    accepted = rig.channel.send(outgoing())
    billed = accepted.cost if rig.is_zalo else accepted.parts
    assert (inbox(rig, provider), billed) == ([rig.arrives], 99 if rig.is_zalo else 1)
    assert accepted.provider_ref != ""


def test_many_are_answered_in_order(rig, provider, outgoing):
    wrong = outgoing(9, zalo=None) if rig.is_zalo else outgoing(9, phone="+84912345678")
    answers = rig.channel.send_many([outgoing(1), wrong, outgoing(2)])
    assert [type(answer.result) for answer in answers] == [Accepted, ChannelError, Accepted]
    assert [inbox(rig, provider, number) for number in (1, 2, 9)] == [[rig.arrives], [rig.arrives], []]
    assert answers[0].seconds > 0


def test_a_broken_host_is_a_retry(rig, provider, outgoing):
    one = outgoing()
    rig.break_host(provider)
    assert refusal(rig, one).kind == "retry"
    assert [answer.result.kind for answer in rig.channel.send_many([one, one])] == ["retry"] * 2
    assert inbox(rig, provider) == []


def test_an_empty_account_waits_for_somebody(rig, provider, outgoing):
    one = outgoing()
    rig.no_money(provider)
    assert refusal(rig, one).kind == "config"
    assert inbox(rig, provider) == []


def test_errors_carry_neither_phone_nor_text_nor_id(rig, provider, outgoing):
    one = outgoing()
    rig.no_money(provider)
    shown = repr(refusal(rig, one)) + repr(one)
    assert [word for word in ("750000001", "Ông/Bà", "25/11", one.zalo.user_id) if word in shown] == []


def test_no_network_call_holds_the_status_open(rig, provider, outgoing, account):
    """A status is asked for without raising anything else than a ChannelError."""
    accepted = rig.channel.send(outgoing())
    found = rig.channel.status(accepted.provider_ref, account.unit).receipt
    by_events_only = isinstance(rig.channel, ZaloOaRoad | ZaloUserRoad)
    assert found == ("pending" if by_events_only else "delivered")


# ---- what only Zalo has


def test_a_refused_token_is_refreshed_once_for_a_whole_batch(account, provider, outgoing, zalo_rig):
    switches = provider.zalo.world.switches
    three = [outgoing(number) for number in (1, 2, 3)]
    provider.zalo.world.state["access"].clear()
    answers = zalo_rig.channel.send_many(three)
    assert [type(answer.result) for answer in answers] == [Accepted] * 3
    assert provider.zalo.world.stats()["refreshed"] == 1
    assert [len(inbox(zalo_rig, provider, number)) for number in (1, 2, 3)] == [1, 1, 1]
    switches.expired_next = 2
    assert refusal(zalo_rig, outgoing()).code == "zalo_way_refused_again"
    assert provider.zalo.world.stats()["refreshed"] == 2


def test_an_account_that_lost_its_consent_says_so(account, provider, outgoing, zalo_rig):
    OfficialAccount.objects.filter(pk=account.pk).update(state="needs_consent")
    account.refresh_from_db()
    one = outgoing()
    assert refusal(zalo_rig, one).code == "zalo_way_needs_consent"
    assert zalo_rig.channel.send_many([one])[0].result.code == "zalo_way_needs_consent"


@pytest.mark.parametrize("hashed", [False, True])
def test_by_phone_zalo_gets_the_number_or_only_its_hash(account, provider, outgoing, hashed, monkeypatch):
    OfficialAccount.objects.filter(pk=account.pk).update(hash_phones=hashed)
    account.refresh_from_db()
    RIGS["zalo_phone"].channel.send(outgoing())
    paths = [call["path"] for call in provider.zalo.world.transcript if "message" in call["path"]]
    assert paths[-1] == "/message/template" + ("/hashphone" if hashed else "")


def test_by_phone_a_real_number_never_reaches_the_imitation(outgoing):
    error = refusal(RIGS["zalo_phone"], outgoing(phone="+84912345678"))
    assert error.code == "zalo_way_real_phone_local_zalo"
