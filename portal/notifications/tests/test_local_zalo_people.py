"""The imitated Zalo's people, webhooks and pages."""

import time

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from portal.notifications.local_provider.zalo_wire import mac_of, proof_of
from portal.notifications.tests.imitated_zalo import APP, KEY, OA, PHONE, SECRET

# ---- people


def test_followers_tags_detail_and_history(zalo):
    users = sorted(zalo.act("follow", f"075000001{last}") for last in range(3))
    page = zalo.get("/v3.0/oa/user/getlist", data='{"offset":1,"count":50}')["data"]
    assert (page["total"], [one["user_id"] for one in page["users"]]) == (3, users[1:])
    assert zalo.get("/v3.0/oa/user/getlist", data='{"offset":9952,"count":50}')["error"] == -210
    zalo.post("/v2.0/oa/tag/tagfollower", {"user_id": users[0], "tag_name": "to-12"})
    assert zalo.get("/v2.0/oa/tag/gettagsofoa")["data"] == ["to-12"]
    detail = zalo.get("/v3.0/oa/user/detail", data=f'{{"user_id":"{users[0]}"}}')["data"]
    assert (detail["tags_and_notes_info"]["tag_names"], detail["user_is_follower"]) == (["to-12"], True)
    zalo.say(users[0])
    asked = f'{{"user_id":"{users[0]}","offset":0,"count":10}}'
    assert [one["src"] for one in zalo.get("/v2.0/oa/conversation", data=asked)["data"]] == [0]
    zalo.control("control", personal_data_limited=True)
    assert zalo.get("/v3.0/oa/user/detail", data=f'{{"user_id":"{users[0]}"}}')["error"] == -501


def test_articles_are_made_slowly_then_broadcast_to_followers(zalo):
    zalo.act("follow")
    number = zalo.post("/v2.0/article/create", {"title": "Lịch tiếp dân"})["data"]["token"]
    assert zalo.post("/v2.0/article/verify", {"token": number})["error"] == -214
    zalo.control("control", clock_offset=2)
    article = zalo.post("/v2.0/article/verify", {"token": number})["data"]["id"]
    elements = [{"media_type": "article", "attachment_id": article}]
    payload = {"template_type": "media", "elements": elements}
    message = {"attachment": {"type": "template", "payload": payload}}
    body = {"recipient": {"target": {}}, "message": message}
    assert zalo.post("/v2.0/oa/message", body)["error"] == 0
    assert "Lịch tiếp dân" in zalo.http.get(f"{zalo.base}/phones/{PHONE}").text


def test_faults_strike_as_often_as_asked(zalo):
    zalo.control("control", rate_limit_next=1)
    answer = zalo.http.get(f"{zalo.base}/v2.0/oa/getoa", headers=zalo.headers())
    assert (answer.json()["error"], answer.headers["X-RateLimit-Remain"]) == (-32, "0")
    zalo.control("control", expired_next=1, error_next=1, error_code=-204)
    assert [zalo.get("/v2.0/oa/getoa")["error"] for _turn in "abc"] == [-216, -204, 0]
    with pytest.raises(httpx2.HTTPStatusError):
        zalo.control("control", nonsense=1)


# ---- webhooks and pages


def heard_by(httpserver: HTTPServer, status: int = 200) -> list:
    heard: list = []

    def listen(request):
        from werkzeug import Response

        heard.append((dict(request.headers), request.get_data()))
        return Response("", status=status)

    httpserver.expect_request("/hook").respond_with_handler(listen)
    return heard


def wait_for(condition, seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def test_events_are_signed_over_the_raw_body(zalo, httpserver):
    import json

    heard = heard_by(httpserver)
    zalo.control("accounts", oa_id=OA, webhook_url=httpserver.url_for("/hook"))
    zalo.act("text", text="Tôi muốn đặt lịch")
    wait_for(lambda: heard)
    headers, body = heard[0]
    event = json.loads(body)
    right = mac_of(APP, body, event["timestamp"], KEY)
    assert headers["X-Zevent-Signature"] == f"mac={right}"
    assert (event["event_name"], event["message"]["text"]) == ("user_send_text", "Tôi muốn đặt lịch")
    assert len(event["sender"]["id"]) == 19


def test_what_is_not_heard_is_repeated_and_in_the_end_given_up(zalo, httpserver):
    heard = heard_by(httpserver, status=500)
    zalo.control("accounts", oa_id=OA, webhook_url=httpserver.url_for("/hook"))
    zalo.control("control", webhook_ladder_ms=1, webhook_delay_ms=1)
    zalo.act("follow")
    wait_for(lambda: not zalo.told("accounts")[0]["webhook_on"])
    # One try and five steps of the ladder; web servers drop the header num_retry for its underscore.
    assert len(heard) == 6


def test_a_citizen_talks_to_the_oa_on_the_page_of_his_phone(zalo):
    address = f"{zalo.base}/phones/{PHONE}/zalo/{OA}"
    assert zalo.http.post(address, data={"act": "follow"}).status_code == 302
    zalo.http.post(address, data={"act": "text", "text": "Chào <b>công an</b>"})
    page = zalo.http.get(address).text
    assert "Đang quan tâm" in page and "Chào &lt;b&gt;công an&lt;/b&gt;" in page and "refresh" not in page
    assert "0750 123 456" in zalo.http.get(zalo.base).text
    foreign = zalo.http.post(address, data={"act": "unfollow"}, headers={"Origin": "http://elsewhere.test"})
    assert (foreign.status_code, zalo.told("stats")["followers"]) == (404, 1)


def test_the_console_shows_what_an_officer_copies_and_keeps_what_he_tells(zalo):
    page = zalo.http.get(f"{zalo.base}/zalo").text
    assert [value in page for value in (OA, APP, SECRET, KEY)] == [True] * 4
    zalo.http.post(f"{zalo.base}/zalo/{OA}", data={"webhook_url": "http://portal.test/x"})
    assert zalo.told("accounts")[0]["webhook_url"] == "http://portal.test/x"
    zalo.http.post(f"{zalo.base}/zalo/them")
    assert len({one["app_id"] for one in zalo.told("accounts")}) == 2


def test_the_formulas_are_those_of_the_worked_example():
    body = (
        '{"app_id":"1000000000000000001","sender":{"id":"3000000000000000003"},'
        '"user_id_by_app":"4000000000000000004","recipient":{"id":"2000000000000000002"},'
        '"event_name":"user_send_text","message":{"text":"Tôi muốn đặt lịch làm căn cước",'
        '"msg_id":"msg-demo-0001"},"timestamp":"1795219200000"}'
    ).encode()
    assert len(body) == 298
    mac = mac_of(APP, body, "1795219200000", KEY)
    assert mac == "e1fd3f202fc8845b9bb41b3aa1684ac3521b97360f6fdc5c0119797b8cdc1942"
    proof = proof_of("demo-access-token-001", "app-secret-demo-01")
    assert proof == "2f3a43fc25d753347a703bbaafd707b1ac5cc6d8daa8e16c49abc0114c8dbf97"
