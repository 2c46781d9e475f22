"""Which of Zalo's roads is open to whom, and how a message climbs from one to the next."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.common.clock import LOCAL
from portal.notifications.actions.contact_points import ensure_contact_point, refuse_channel
from portal.notifications.actions.link_zalo_user import unlink_zalo_user
from portal.notifications.actions.queue_message import NewMessage, queue_messages
from portal.notifications.actions.send_batch import send_batch
from portal.notifications.actions.templates import create_template
from portal.notifications.local_provider.server import Provider
from portal.notifications.models import DeliveryAttempt, OutboxMessage
from portal.notifications.notices import Notice, register_notice
from portal.notifications.tests.calls import send
from portal.notifications.tests.conftest import TESTER, make_unit
from portal.notifications.tests.zalo_world import (
    bind,
    connect,
    follow,
    know_template,
    running_provider,
    zalo_messages,
)
from portal.zalo.models import OfficialAccount, ZaloTemplate, ZaloUser

LOCAL_PHONE = "0750123456"
MUST = register_notice(
    Notice("tests.must", "transactional", purpose="visits", parameters=("so", "ngay"), must_reach=True)
)
NEWS = register_notice(
    Notice("tests.zalo_news", "bulk", purpose="news", parameters=("so", "ngay"), quiet=False)
)
FACTS = {"so": 7, "ngay": "25/11/2026"}
ALL = ["zalo_oa", "zalo_user", "zalo_phone", "sms"]


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    settings.SMS_CHANNEL = "esms"
    with running_provider(settings) as running:
        yield running


@pytest.fixture
def account(provider, unit) -> OfficialAccount:
    """Connected, with an approved template bound to both notices."""
    account = connect(provider, unit)
    know_template(account)
    for notice in ("tests.confirmed", MUST.key, NEWS.key):
        bind(unit, notice)
    for notice in (MUST.key, NEWS.key):
        create_template(channel="sms", notice=notice, body="Số {so}.", provider_id="", unit=None, by=TESTER)
    return account


@pytest.fixture
def user(provider, account, phone) -> ZaloUser:
    return follow(provider, account, phone)


@pytest.fixture
def make(make_message) -> Callable[..., OutboxMessage]:
    return lambda **given: make_message(context=FACTS, **given)


@pytest.fixture
def refuse(provider) -> Callable[[int, int], None]:
    """`refuse(-230)`: Zalo answers the next call so."""

    def set_error(code: int, times: int = 1) -> None:
        provider.zalo.world.switches.error_code = code
        provider.zalo.world.switches.error_next = times

    return set_error


def tries(message: OutboxMessage) -> list[tuple[str, str, str]]:
    rows = DeliveryAttempt.objects.filter(message=message).order_by("pk")
    return [(row.channel, row.outcome, row.error_code) for row in rows]


def moved(user: ZaloUser, **columns) -> None:
    ZaloUser.objects.filter(pk=user.pk).update(**columns)


def hours_ago(hours: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(hours=hours)


# ---- which roads are open


def test_a_linked_follower_is_reached_by_every_road_the_free_one_first(make, user):
    assert make().plan == ALL


def test_who_is_not_linked_has_the_road_by_phone(make, account):
    assert make().plan == ["zalo_phone", "sms"]


def test_without_an_account_everything_goes_by_sms(make, provider):
    assert make().plan == ["sms"]


@pytest.mark.parametrize("state", ["needs_consent", "disabled"])
def test_an_account_that_may_not_speak_closes_every_road(make, user, state):
    OfficialAccount.objects.update(state=state)
    assert make().plan == ["sms"]


def test_who_stops_following_keeps_his_link_but_not_the_roads(make, user, phone):
    moved(user, unfollowed_at=timezone.now() + dt.timedelta(seconds=1))
    assert make().plan == ["zalo_phone", "sms"]
    assert phone.zalo_links.active().count() == 1
    moved(user, followed_at=timezone.now() + dt.timedelta(seconds=2))
    assert make().plan == ALL


def test_a_paid_window_is_weighed_by_its_price_and_a_closed_one_is_none(make, user, settings):
    settings.ZALO_OA_PRICE = 200
    moved(user, last_interaction_at=hours_ago(49))
    assert make().plan == ["zalo_user", "zalo_oa", "zalo_phone", "sms"]
    moved(user, last_interaction_at=hours_ago(24 * 7 + 1))
    assert make().plan == ["zalo_user", "zalo_phone", "sms"]


@pytest.mark.parametrize("state", ["PENDING_REVIEW", "DISABLE", "DELETE", "SOMETHING_NEW"])
def test_without_an_approved_template_only_the_open_window_is_left(make, user, state):
    ZaloTemplate.objects.update(state=state)
    assert make().plan == ["zalo_oa", "sms"]


def test_a_one_time_code_template_does_not_go_by_user_id(make, user):
    ZaloTemplate.objects.update(tag="OTP")
    assert make().plan == ["zalo_oa", "zalo_phone", "sms"]


def test_a_refused_channel_is_left_out(make, user, phone):
    refuse_channel(contact_point=phone, channel="zalo_user", by=TESTER)
    assert make().plan == ["zalo_oa", "zalo_phone", "sms"]


def test_a_unit_speaks_through_the_account_above_it_but_not_beside_it(make, user, unit):
    assert make(unit=make_unit("Con", parent=unit)).plan == ALL
    assert make(unit=make_unit("Cháu", parent=make_unit("Giữa", parent=unit))).plan == ALL
    assert make(unit=make_unit("Bên")).plan == ["sms"]


def test_a_code_never_goes_to_a_chat(make, make_message, user, unit):
    bind(unit, "tests.code", body="ma_ho_so: {ma}\nngay_hen: -")
    assert make_message(notice="tests.code", context={"challenge": "1"}).plan == ["zalo_phone", "sms"]


def test_the_roads_of_a_batch_cost_the_same_statements_for_1_and_for_30(provider, account, unit, published):
    def news(first: int, number: int) -> list[NewMessage]:
        points = [ensure_contact_point(phone=f"+8475{first + one:07d}", by=TESTER) for one in range(number)]
        return [NewMessage(NEWS.key, point, unit, "news", uuid.uuid4(), FACTS) for point in points]

    counts = []
    for first, number in ((1, 1), (100, 30)):
        wanted = news(first, number)
        with CaptureQueriesContext(connection) as captured:
            rows = queue_messages(messages=wanted, by=TESTER)
        assert [row.plan for row in rows] == [["zalo_phone", "sms"]] * number
        reads = [one["sql"] for one in captured if one["sql"].startswith("SELECT")]
        counts.append(len(reads))
    assert counts == [4, 4]  # accounts, links, our templates, Zalo's


# ---- what arrives


def test_each_road_says_it_in_its_own_form(make, user, provider):
    message = make()
    words = []
    for hop in range(3):
        OutboxMessage.objects.filter(pk=message.pk).update(
            hop=hop, state="queued", attempts=0, send_round=hop + 1
        )
        message.refresh_from_db()
        assert send(message) == "accepted"
        words.append((zalo_messages(provider, LOCAL_PHONE)[0], message.cost, message.provider))
    card = "Mã hồ sơ 7, hẹn ngày 25/11/2026."
    assert words == [
        (("text", "Lịch hẹn số 7 ngày 25/11/2026."), 0, "zalo_oa"),
        (("template", card), 165, "zalo_oa"),
        (("zbs", card), 300, "zalo_zbs"),
    ]
    assert message.request_id == f"{message.uid.hex}-3"


def test_the_chat_may_have_words_of_its_own(make, user, provider, unit):
    create_template(
        channel="zalo_oa",
        notice="tests.confirmed",
        body="Kính gửi Ông/Bà: số {so}.",
        provider_id="",
        unit=unit,
        by=TESTER,
    )
    send(make())
    assert zalo_messages(provider, LOCAL_PHONE) == [("text", "Kính gửi Ông/Bà: số 7.")]


def test_the_tracking_id_is_the_request_id(make, account, provider):
    message = make()
    send(message)
    assert message.provider_ref != ""
    assert len(message.request_id) <= 48


def test_batches_take_the_same_roads(make, user, provider):
    """A hundred recipients of mass messages go as one batch, account by account."""
    message = make(notice=NEWS.key)
    assert (message.plan, send_batch(message_class="bulk", by=TESTER)) == (ALL, 1)
    message.refresh_from_db()
    assert (message.state, message.provider, message.cost) == ("accepted", "zalo_oa", 0)
    assert zalo_messages(provider, LOCAL_PHONE) == [("text", "Số 7.")]


# ---- how it climbs


def test_a_message_climbs_hop_by_hop_and_every_hop_is_written_down(make, user, refuse, provider):
    message = make()
    for code in (-230, -249, -118):
        refuse(code)
        assert send(message) == "fallback"
    assert send(message) == "accepted"
    assert tries(message) == [
        ("zalo_oa", "fallback", "zalo_oa_-230"),
        ("zalo_user", "fallback", "zalo_oa_-249"),
        ("zalo_phone", "fallback", "zalo_zbs_-118"),
        ("sms", "accepted", ""),
    ]
    assert len(provider.phones.messages(LOCAL_PHONE)) == 1
    assert zalo_messages(provider, LOCAL_PHONE) == []


@pytest.mark.parametrize("code", [-115, -137, -144, -147])
def test_an_empty_account_holds_what_can_wait_and_not_what_must_be_read(make, account, refuse, code):
    plain, must = make(), make(notice=MUST.key)
    refuse(code, 2)
    assert (send(plain), send(must)) == ("retry", "fallback")
    assert (plain.channel, must.channel) == ("zalo_phone", "sms")


@pytest.mark.parametrize("code", [-133, -144, -147])
def test_the_night_and_an_empty_day_are_waited_for_until_five_past_six(make, account, refuse, code):
    message = make()
    refuse(code)
    assert send(message) == "retry"
    morning = message.next_at.astimezone(LOCAL)
    seconds = morning.hour * 3600 + morning.minute * 60 + morning.second
    assert 6 * 3600 + 5 * 60 - 1 <= seconds <= 6 * 3600 + 35 * 60
    assert message.next_at > timezone.now()


def test_the_night_of_the_chats_host_too(make, user, refuse):
    message = make()
    refuse(-234)
    assert send(message) == "retry"
    assert message.next_at.astimezone(LOCAL).hour == 6


@pytest.mark.parametrize("code", [-108, -1122, -145])
def test_our_own_mistake_ends_a_message_but_what_must_be_read_climbs_on(make, account, refuse, code):
    plain, must = make(), make(notice=MUST.key)
    refuse(code, 2)
    assert (send(plain), send(must)) == ("failed", "fallback")
    assert (plain.state, must.state, must.channel) == ("failed", "queued", "sms")


def test_a_wrong_setting_is_not_waited_for_when_an_sms_can_carry_it(make, account, refuse):
    message = make()
    refuse(-135, 3)
    assert [send(message) for _try in range(3)] == ["retry", "retry", "fallback"]
    assert message.channel == "sms"


def test_a_broken_zalo_does_not_hold_what_must_be_read(make, account, provider):
    provider.zalo.world.switches.html_502_next = 9
    must = make(notice=MUST.key)
    assert [send(must) for _try in range(3)] == ["retry", "retry", "fallback"]


@pytest.mark.parametrize(("code", "channel"), [(-244, "zalo_oa"), (-139, "zalo_phone"), (-141, "zalo_phone")])
def test_who_refuses_a_channel_is_not_written_to_there_again(make, user, phone, refuse, code, channel):
    message = make(notice=MUST.key)
    OutboxMessage.objects.filter(pk=message.pk).update(hop=message.plan.index(channel))
    message.refresh_from_db()
    refuse(code)
    assert send(message) == "fallback"
    phone.refresh_from_db()
    assert phone.refused_channels == [channel]
    assert channel not in make().plan


def test_a_dead_token_is_refreshed_and_the_message_goes(make, user, provider):
    provider.zalo.world.state["access"].clear()
    message = make()
    assert send(message) == "accepted"
    assert provider.zalo.world.stats()["refreshed"] == 1
    assert tries(message) == [("zalo_oa", "accepted", "")]


# ---- what changed between queueing and sending


def test_a_link_that_ended_meanwhile_costs_no_call(make, user, phone, provider):
    message = make()
    unlink_zalo_user(contact_point=phone, zalo_user=user, by=TESTER)
    assert [send(message) for _hop in range(3)] == ["fallback", "fallback", "accepted"]
    assert [one[2] for one in tries(message)] == ["zalo_not_linked", "zalo_not_linked", ""]
    assert message.channel == "zalo_phone"


def test_a_window_that_closed_meanwhile_costs_no_call(make, user, provider):
    message = make()
    moved(user, last_interaction_at=hours_ago(24 * 8))
    assert (send(message), tries(message)) == ("fallback", [("zalo_oa", "fallback", "zalo_window_closed")])


def test_a_template_that_lost_its_approval_meanwhile_costs_no_call(make, account, provider):
    message = make()
    ZaloTemplate.objects.update(state="DISABLE")
    assert (send(message), tries(message)) == ("fallback", [("zalo_phone", "fallback", "zalo_no_template")])
    assert provider.zalo.world.stats()["messages"] == 0


@pytest.mark.parametrize("value", ["9" * 31, " "])
def test_values_that_do_not_fit_go_by_sms_without_asking_zalo(make_message, account, provider, value):
    message = make_message(context={"so": value, "ngay": "25/11/2026"})
    assert send(message) == "fallback"
    assert (tries(message), message.channel) == ([("zalo_phone", "fallback", "zalo_values_unfit")], "sms")
    assert provider.zalo.world.stats()["messages"] == 0


def test_thirty_letters_fit_in_whichever_form_they_were_typed(make_message, account, provider):
    import unicodedata

    message = make_message(context={"so": unicodedata.normalize("NFD", "ộ" * 30), "ngay": "25/11/2026"})
    assert send(message) == "accepted"
    assert zalo_messages(provider, LOCAL_PHONE)[0][1].startswith("Mã hồ sơ " + "ộ" * 30)


def test_at_night_what_somebody_waits_for_goes_on_by_sms(make, account, provider, unit):
    provider.zalo.world.switches.night_refuses = True
    at_once = register_notice(
        Notice("tests.at_once", "transactional", "visits", parameters=("so", "ngay"), answers_at_once=True)
    )
    bind(unit, at_once.key)
    night = timezone.now().astimezone(LOCAL).replace(hour=23)
    with time_machine.travel(night, tick=True):
        message = make(notice=at_once.key)
        assert (send(message), message.channel) == ("fallback", "sms")
