"""Webhooks: what is ours is kept once and worked off, whatever the order; what is not is refused and
counted.
"""

import datetime as dt
import json
import time
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.common.errors import Conflict, NotAllowed
from portal.notifications.local_provider.zalo_wire import mac_of
from portal.notifications.local_provider.zalo_world import FIRST_OA
from portal.zalo import events
from portal.zalo.actions.process_event import forget_events, process_due, process_event, replay_event
from portal.zalo.enums import EventState, Window
from portal.zalo.events import read_event, register_event_handler
from portal.zalo.models import OfficialAccount, WebhookEvent, ZaloUser
from portal.zalo.models.events import user_id_hash
from portal.zalo.queries import alerts, follower_count
from portal.zalo.tests.test_wire import BODY, KEY, MAC, MOMENT
from tests.people import BY
from tests.zalo.conftest import PHONE, page

APP, OA = FIRST_OA["app_id"], FIRST_OA["oa_id"]
USER = "3000000000000000003"
START = 1_795_219_200_000


@pytest.fixture
def account(ward) -> OfficialAccount:
    return OfficialAccount.objects.create(
        unit=ward, oa_id=OA, app_id=APP, app_secret="s", webhook_key=KEY, name="OA phường"
    )


@pytest.fixture
def post(account):
    """`post(body, signature)`; the right signature unless one is given."""
    address = reverse("zalo:webhook", args=[account.webhook_token])

    def run(body: bytes, signature: str | None = None, **headers) -> int:
        if signature is None:
            signature = f"mac={mac_of(APP, body, str(json.loads(body)['timestamp']), KEY)}"
        named = {"X-ZEvent-Signature": signature, **headers}
        answer = Client().post(address, body, content_type="application/json", headers=named)
        return answer.status_code

    return run


def event(name: str, minutes: int = 0, **more) -> bytes:
    content = {"app_id": APP, "event_name": name, **more, "timestamp": str(START + minutes * 60_000)}
    return json.dumps(content, ensure_ascii=False).encode()


def follow(minutes: int, name: str = "follow") -> bytes:
    return event(name, minutes, oa_id=OA, follower={"id": USER}, user_id_by_app="4000", source="oa_profile")


def said(minutes: int, msg_id: str = "m1", **message) -> bytes:
    sides = {"sender": {"id": USER}, "recipient": {"id": OA}}
    return event("user_send_text", minutes, **sides, message={"msg_id": msg_id, "text": "Chào", **message})


def at(minutes: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(START / 1000, tz=dt.UTC) + dt.timedelta(minutes=minutes)


# ---- the door


def test_the_worked_example_is_kept_byte_by_byte_and_encrypted(post):
    assert post(BODY, f"mac={MAC}") == 200
    row = WebhookEvent.objects.get()
    assert (row.body, row.name, row.state) == (BODY, "user_send_text", EventState.WAITING)
    assert row.happened_at == at(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM zalo_webhookevent")
        stored = bytes(cursor.fetchone()[0])
    assert USER.encode() not in stored and "lịch".encode() not in stored


@pytest.mark.parametrize(
    "signature",
    [
        "mac=87259f99f0a3729a3dfd479d86d47ce66d2032b2b83e3b5bbe42f6e3d4e4b070",  # an HMAC
        "mac=da0b6ab07288aca36f972dcc70df5b405ad0e7ebcd4b87e879228a55dd0e09f3",  # over re-written JSON
        "mac=edf1face83a2b2a0fecffecf73789b79c7e98197192db33c49ec44eee69b68f6",  # the OA id in front
        "",
    ],
)
def test_the_four_negatives_are_refused_counted_and_shown(post, account, signature):
    assert post(BODY, signature) == 401
    fresh = OfficialAccount.objects.get(pk=account.pk)
    by_oa_id = int(signature.startswith("mac=edf1"))
    assert (WebhookEvent.objects.count(), fresh.mismatches, fresh.oa_id_matches) == (0, 1, by_oa_id)
    assert any("sai chữ ký" in text for text in alerts(fresh))


def test_the_app_secret_is_no_key(post, account):
    assert post(BODY, f"mac={mac_of(APP, BODY, MOMENT, account.app_secret)}") == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"timestamp":"x"}',
    b'{"timestamp":"9999999999999999999999"}', b"[" * 9000], )  # fmt: skip
def test_what_is_no_event_is_refused(post, body):
    assert post(body, f"mac={MAC}") == 401


def test_an_app_of_somebody_else_with_our_key_is_refused(post):
    body = BODY.replace(APP.encode(), b"1000000000000000009")
    assert post(body, f"mac={mac_of('1000000000000000009', body, MOMENT, KEY)}") == 401


def test_an_event_of_a_foreign_oa_is_refused(post):
    body = BODY.replace(OA.encode(), b"2000000000000000099")
    assert post(body, f"mac={mac_of(APP, body, MOMENT, KEY)}") == 401


def test_one_app_has_one_webhook_for_all_its_accounts(post, account, other_ward):
    second = OfficialAccount.objects.create(
        unit=other_ward, oa_id="2000000000000000099", app_id=APP, app_secret="s", webhook_key=KEY
    )
    body = BODY.replace(OA.encode(), b"2000000000000000099")
    assert post(body, f"mac={mac_of(APP, body, MOMENT, KEY)}") == 200
    assert WebhookEvent.objects.get().account == second


def test_number_timestamps_and_loose_headers_are_read(post):
    body = BODY.replace(b'"1795219200000"', b"1795219200000")
    assert post(body, f"MAC = {mac_of(APP, body, MOMENT, KEY).upper()}") == 200


def test_repeats_are_kept_once(post):
    assert [post(said(1)), post(said(1)), post(follow(1)), post(follow(1))] == [200] * 4
    assert sorted(WebhookEvent.objects.values_list("name", "repeats")) == [
        ("follow", 1),
        ("user_send_text", 1),
    ]


def test_the_door_knows_its_own_address_only(account, client):
    assert client.get(reverse("zalo:webhook", args=[account.webhook_token])).status_code == 200
    assert (
        client.post(reverse("zalo:webhook", args=["x"]), BODY, content_type="application/json").status_code
        == 404
    )


def test_the_answer_comes_within_milliseconds(post, django_assert_max_num_queries):
    post(said(0, "warm"))
    with django_assert_max_num_queries(7):
        post(said(1, "m2"))
    begin = time.monotonic()
    for number in range(50):
        post(said(2, f"n{number}"))
    assert (time.monotonic() - begin) / 50 < 0.2


def test_logs_and_task_arguments_hold_only_the_uid(
    post, caplog, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("portal.zalo.actions.receive_event.publish", lambda *args: sent.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        post(said(1))
    process_due(by=BY)
    assert sent == [("zalo.process_event", str(WebhookEvent.objects.get().uid), "transactional")]
    assert USER not in caplog.text and "Chào" not in caplog.text


# ---- what becomes of it


def the_user() -> ZaloUser:
    return ZaloUser.objects.get(user_id_hash=user_id_hash(USER))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_followers_and_their_window_do_not_depend_on_the_order(post, account, order):
    bodies = [follow(0), said(10), follow(20, "unfollow")]
    for number in order:
        post(bodies[number])
        process_due(by=BY)
    user = the_user()
    assert (user.user_id, user.user_id_by_app) == (USER, "4000")
    assert (user.followed_at, user.unfollowed_at, user.last_interaction_at) == (at(0), at(20), at(10))
    assert (user.is_following, follower_count(account)) == (False, 0)


def test_following_again_counts(post, account):
    for body in (follow(0), follow(5, "unfollow"), follow(9)):
        post(body)
    process_due(by=BY)
    assert (the_user().is_following, follower_count(account)) == (True, 1)


@pytest.mark.parametrize(
    ("hours", "window"),
    [(0, Window.FREE), (48, Window.FREE), (48.1, Window.PAID), (168, Window.PAID), (168.1, Window.CLOSED)],
)
def test_the_window_closes_in_two_steps(post, hours, window):
    post(said(0))
    process_due(by=BY)
    assert the_user().window(at(0) + dt.timedelta(hours=hours)) == window


def test_who_never_interacted_has_no_window(account):
    assert ZaloUser(account=account, user_id="1").window(timezone.now()) == Window.CLOSED


def test_echoes_and_receipts_open_no_window(post):
    sides = {"sender": {"id": OA}, "recipient": {"id": USER}}
    post(event("oa_send_text", 1, **sides, message={"msg_id": "a", "text": "x"}))
    post(event("user_received_message", 2, **sides, message={"msg_id": "a"}))
    process_due(by=BY)
    assert (ZaloUser.objects.count(), set(WebhookEvent.objects.values_list("state", flat=True))) == (
        0,
        {"done"},
    )


@pytest.fixture
def handlers(monkeypatch) -> dict:
    """A registry of this test alone."""
    own: dict = {}
    monkeypatch.setattr(events, "_handlers", own)
    return own


def test_rooms_hear_of_the_events_they_asked_for(post, handlers):
    heard = []
    register_event_handler(["user_send_text"], heard.append)
    register_event_handler(["user_send_text"], heard.append)
    post(said(1)), post(follow(1))
    process_due(by=BY)
    assert [(one.name, one.text, one.user_id, one.message_ids) for one in heard] == [
        ("user_send_text", "Chào", USER, ["m1"])
    ]


def test_a_failing_handler_is_asked_again_and_in_the_end_given_up(post, handlers, caplog):
    def fail(found) -> None:
        raise RuntimeError(f"cannot take {found.text}")

    register_event_handler(["user_send_text"], fail)
    post(said(1))
    uid = WebhookEvent.objects.get().uid
    for _turn in range(8):
        WebhookEvent.objects.update(next_at=timezone.now())
        process_event(event_uid=uid, by=BY)
    row = WebhookEvent.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("failed", 8, "RuntimeError")
    assert "Chào" not in caplog.text
    handlers.clear()
    assert process_event(event_uid=uid, by=BY) is False


def test_a_worker_that_died_is_followed_by_another(post):
    post(said(1))
    WebhookEvent.objects.update(
        state=EventState.CLAIMED,
        claim_token=uuid.uuid4(),
        claimed_until=timezone.now() + dt.timedelta(minutes=1),
    )
    assert process_due(by=BY) == 0
    WebhookEvent.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert (process_due(by=BY), WebhookEvent.objects.get().state) == (1, EventState.DONE)


def test_officers_replay_what_was_worked_off(post, owner, colleague, handlers, desk_of):
    heard = []
    post(said(1))
    process_due(by=BY)
    register_event_handler(["user_send_text"], heard.append)
    row = WebhookEvent.objects.get()
    with pytest.raises(NotAllowed):
        replay_event(obj=row, to=EventState.WAITING, by=colleague)
    answer = desk_of(owner).post(page("webhookevent_move", row.pk, "waiting"), follow=True)
    assert "Đã thực hiện: Xử lý lại." in answer.content.decode()
    assert (process_due(by=BY), len(heard)) == (1, 1)
    WebhookEvent.objects.update(state=EventState.WAITING)
    with pytest.raises(Conflict):
        replay_event(obj=row, to=EventState.WAITING, by=owner)


def test_old_events_are_forgotten(post):
    post(said(1)), post(said(2, "m2"))
    process_due(by=BY)
    first = WebhookEvent.objects.order_by("pk").first()
    WebhookEvent.objects.filter(pk=first.pk).update(finished_at=timezone.now() - dt.timedelta(days=15))
    assert (forget_events(by=BY), WebhookEvent.objects.count()) == (1, 1)


# ---- shapes on which sources disagree


@pytest.mark.parametrize(
    "message",
    [
        {"location": {"latitude": "16.08", "longitude": "108.2"}},
        {
            "attachments": [
                {"type": "location", "payload": {"coordinates": {"latitude": 16.08, "longitude": 108.2}}}
            ]
        },
        {"attachments": [{"type": "location", "payload": {"latitude": "16.08", "longitude": "108.2"}}]},
    ],
)
def test_a_location_is_found_wherever_it_stands(account, message):
    read = read_event(account=account, body=said(1, **message), by_phone=False)
    assert read.location == (16.08, 108.2)


@pytest.mark.parametrize(
    "place", [{"latitude": "x", "longitude": "1"}, {"latitude": 91, "longitude": 1}, None]
)
def test_a_location_that_is_none(account, place):
    assert read_event(account=account, body=said(1, location=place), by_phone=False).location is None


@pytest.mark.parametrize("sides", [(OA, USER), (USER, OA)])
def test_receipts_name_the_user_in_either_direction(account, sides):
    body = event("user_seen_message", 1, sender={"id": sides[0]}, recipient={"id": sides[1]},
                 message={"msg_ids": ["a", "b"]})  # fmt: skip
    read = read_event(account=account, body=body, by_phone=False)
    assert (read.user_id, read.message_ids) == (USER, ["a", "b"])


@pytest.mark.parametrize("header", [True, False])
def test_a_receipt_by_phone_names_no_user(account, header):
    message = {"delivery_time": "1795219200000", "msg_id": "z1", "tracking_id": "appt-42"}
    body = event(
        "user_received_message", 1, sender={"id": OA}, recipient={"id": "84750123456"}, message=message
    )
    read = read_event(account=account, body=body, by_phone=header)
    assert (read.by_phone, read.user_id, read.tracking_id, read.message_ids) == (True, "", "appt-42", ["z1"])


def test_a_click_is_flat(account):
    body = event("user_click_chatnow", 1, oa_id=OA, user_id=USER)
    assert read_event(account=account, body=body, by_phone=False).user_id == USER


# ---- the whole way


@pytest.mark.django_db(transaction=True)
def test_a_citizen_writes_on_an_imaginary_phone_and_the_portal_knows(account, provider, live_portal):
    zalo = provider.zalo
    from portal.zalo.queries import webhook_url

    zalo.world.state["accounts"][OA]["webhook_url"] = webhook_url(account)
    zalo.world.switches.webhook_copies = 2
    for act in ("follow", "text", "location"):
        zalo.people.act(oa_id=OA, phone=PHONE, act=act, text="Chào" if act == "text" else "")
    end = time.monotonic() + 20
    while zalo.webhooks.posted < 6 and time.monotonic() < end:
        time.sleep(0.05)
    process_due(by=BY)
    member = zalo.world.member(OA, PHONE)
    assert sorted(WebhookEvent.objects.values_list("name", "repeats", "state")) == [
        ("follow", 1, "done"),
        ("user_send_location", 1, "done"),
        ("user_send_text", 1, "done"),
    ]
    assert ZaloUser.objects.get().user_id == member["user_id"]
    assert OfficialAccount.objects.get().mismatches == 0
