"""The imitated Zalo, called as a client would: tokens and messages, and every refusal with its code."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from portal.notifications.tests.imitated_zalo import APP, BACK, HOUR, OA, Client, run

# ---- consent and tokens


def test_consent_leads_back_with_code_oa_and_state(zalo):
    page = zalo.http.get(f"{zalo.base}/v4/oa/permission", params={"app_id": APP, "redirect_uri": BACK})
    assert "Cho phép: Công an phường (mô phỏng)" in page.text
    back = urlsplit(zalo.consent().headers["Location"])
    query = parse_qs(back.query)
    assert (f"{back.scheme}://{back.netloc}{back.path}", query["oa_id"], query["state"]) == (
        BACK,
        [OA],
        ["s1"],
    )


def test_consent_refuses_an_unknown_app_and_a_foreign_callback(zalo):
    assert zalo.consent(app_id="9").json()["error"] == -14002
    zalo.control("accounts", oa_id=OA, redirect_uri=BACK)
    assert zalo.consent(redirect_uri="http://elsewhere.test/").json()["error"] == -14003


def test_a_code_is_good_once_with_its_verifier_and_for_ten_minutes(zalo):
    code = zalo.code()
    pair = zalo.exchange(code)
    assert (pair["expires_in"], sorted(pair)) == ("90000", ["access_token", "expires_in", "refresh_token"])
    assert zalo.exchange(code)["error"] == -14005
    assert zalo.exchange(zalo.code(), code_verifier="w" * 43)["error"] == -14005
    late = zalo.code()
    zalo.control("control", clock_offset=601)
    assert zalo.exchange(late)["error"] == -14005


def test_wrong_secret_app_and_grant_type_have_their_codes(zalo):
    assert zalo.ask_token(secret="x", grant_type="refresh_token")["error"] == -14004
    assert zalo.ask_token(app_id="9", grant_type="refresh_token")["error"] == -14002
    assert zalo.ask_token(grant_type="client_credentials")["error"] == -14018


def test_a_refresh_token_is_spent_once_and_kills_the_old_access_token(zalo):
    first = zalo.connect()
    second = zalo.refresh(first["refresh_token"])
    assert zalo.get("/v2.0/oa/getoa")["error"] == -216
    zalo.token = second["access_token"]
    assert zalo.get("/v2.0/oa/getoa")["error"] == 0
    assert zalo.refresh(first["refresh_token"]) == {}
    assert zalo.refresh("never seen")["error"] == -14014
    assert [zalo.told("stats")[name] for name in ("refreshed", "spent_again")] == [1, 1]


def test_switches_of_the_token_endpoint(zalo):
    pair = zalo.connect()
    zalo.control("control", without_refresh_token=True)
    assert sorted(zalo.refresh(pair["refresh_token"])) == ["access_token", "expires_in"]
    zalo.control("control", without_refresh_token=False, quoted_errors=True)
    assert zalo.refresh("never seen")["error"] == "-14014"
    zalo.control("control", reset_after_rotation_next=1)
    with pytest.raises(httpx2.TransportError):
        zalo.refresh(pair["refresh_token"])
    assert zalo.refresh(pair["refresh_token"]) == {}
    zalo.control("control", html_502_next=1)
    answer = zalo.http.post(f"{zalo.base}/v4/oa/access_token", data={})
    assert (answer.status_code, answer.text[:6]) == (502, "<html>")


def test_a_restart_keeps_tokens(tmp_path):
    first = run(tmp_path)
    client = Client(f"http://127.0.0.1:{first.server_address[1]}")
    pair = client.connect()
    first.shutdown(), first.server_close()
    second = run(tmp_path)
    again = Client(f"http://127.0.0.1:{second.server_address[1]}")
    assert sorted(again.refresh(pair["refresh_token"])) == ["access_token", "expires_in", "refresh_token"]
    second.shutdown(), second.server_close()


# ---- who may call


def test_bearer_wrong_proof_and_expiry_are_refused(zalo):
    bearer = {"Authorization": f"Bearer {zalo.token}"}
    assert zalo.http.get(f"{zalo.base}/v2.0/oa/getoa", headers=bearer).json()["error"] == -216
    assert zalo.http.get(f"{zalo.base}/message/quota", headers=bearer).json()["error"] == -124
    bad = {"access_token": zalo.token, "appsecret_proof": "0" * 64}
    assert zalo.http.get(f"{zalo.base}/v2.0/oa/getoa", headers=bad).json()["error"] == -242
    assert zalo.http.get(f"{zalo.base}/message/quota", headers=bad).json()["error"] == -1241
    zalo.control("control", clock_offset=90_001)
    assert zalo.get("/v2.0/oa/getoa")["error"] == -220


def test_invented_paths_are_not_there(zalo):
    answer = zalo.http.post(f"{zalo.base}/notification/send", json={}, headers=zalo.headers())
    assert answer.status_code == 404


# ---- consultation messages


def test_the_window_opens_by_interaction_and_closes_after_seven_days(zalo):
    user = zalo.act("follow")
    assert zalo.say(user) == 0
    zalo.control("control", clock_offset=24 * HOUR * 6, access_seconds=10_000_000)
    zalo.connect()
    assert zalo.say(user) == 0
    zalo.control("control", clock_offset=24 * HOUR * 7 + 60)
    assert zalo.say(user) == -230
    zalo.control("control", clock_offset=24 * HOUR * 46)
    assert zalo.say(user) == -227


def test_people_who_never_spoke_or_left_are_not_written_to(zalo):
    user = zalo.act("follow")
    zalo.act("unfollow")
    assert zalo.say(user) == -213
    zalo.http.get(f"{zalo.base}/phones/0750000001/zalo/{OA}")
    silent = next(one["user_id"] for one in zalo.told("members") if one["phone"] == "0750000001")
    assert (zalo.say(silent), zalo.say("31")) == (-232, -201)


def button(**changes) -> dict:
    return {"title": "Tra cứu", "type": "oa.query.hide", "payload": "#tracuu"} | changes


def buttons(*rows: dict) -> dict:
    return {"text": "Cần gì?", "attachment": {"type": "template", "payload": {"buttons": list(rows)}}}


def media(**element) -> dict:
    payload = {"template_type": "media", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "á" * 2000}, 0),
        ({"text": "á" * 2001}, -210),
        ({"text": ""}, -201),
        (buttons(*[button()] * 5), 0),
        (buttons(*[button()] * 6), -210),
        (buttons(button(title="x" * 101)), -201),
        (buttons(button(type="oa.invented")), -201),
        (buttons(button(type="oa.open.url", payload={"url": "https://a.vn"})), 0),
        (buttons(button(type="oa.open.url", payload="https://a.vn")), -201),
        (media(media_type="image", url="https://a.vn/b.png"), 0),
        (media(media_type="image"), -201),
        (media(media_type="image", attachment_id="gone"), -100),
        (media(media_type="gif", url="https://a.vn/b.gif"), -201),
        (media(media_type="gif", url="https://a.vn/b.gif", width=1, height=1), 0),
        ({"attachment": {"type": "template", "payload": {"template_type": "list"}}}, -233),
        ({"attachment": {"type": "file", "payload": {"token": "gone"}}}, -100),
    ],
)
def test_what_a_message_may_hold(zalo, message, code):
    assert zalo.say(zalo.act("follow"), **message) == code


def test_uploads_live_seven_days(zalo):
    user = zalo.act("follow")

    def upload(kind: str, name: str, content: bytes) -> dict:
        path = f"{zalo.base}/v2.0/oa/upload/{kind}"
        return zalo.http.post(path, files={"file": (name, content)}, headers=zalo.headers()).json()

    picture = upload("image", "a.png", b"\x89PNG....")["data"]["attachment_id"]
    paper = upload("file", "a.pdf", b"%PDF-1.7")["data"]["token"]
    shown = media(media_type="image", attachment_id=picture)
    filed = {"attachment": {"type": "file", "payload": {"token": paper}}}
    assert (zalo.say(user, **shown), zalo.say(user, **filed)) == (0, 0)
    assert upload("image", "a.png", b"no picture")["error"] == -201
    assert upload("image", "a.png", b"\x89PNG" + bytes(1024 * 1024))["error"] == -210
    assert upload("file", "a.exe", b"MZ")["error"] == -201
    zalo.control("control", clock_offset=7 * 24 * HOUR + 1, access_seconds=10_000_000)
    zalo.connect()
    zalo.act("click")
    assert zalo.say(user, **shown) == -100


# ---- templates

BY_PHONE = {
    "phone": "84750123456",
    "template_id": "345678",
    "template_data": {"ma_ho_so": "CC-0042", "ngay_hen": "25/11/2026"},
    "tracking_id": "appt-42",
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 0),
        ({"phone": "+84750123456"}, 0),
        ({"phone": "0750123456"}, -108),
        ({"phone": "84912345678"}, -108),
        *[({"phone": f"84750000{last}"}, -int(last)) for last in ("108", "110", "114", "118", "119")],
        *[({"phone": f"84750000{last}"}, -int(last)) for last in ("139", "140", "141")],
        ({"template_id": "1"}, -109),
        ({"template_id": "345680"}, -131),
        ({"template_id": "345681"}, -146),
        ({"template_data": {}}, -111),
        ({"template_data": {"ma_ho_so": "CC-0042"}}, -1122),
        ({"template_data": {"ma_ho_so": 42, "ngay_hen": "x"}}, -1124),
        ({"template_data": {"ma_ho_so": "x" * 31, "ngay_hen": "x"}}, -1121),
        ({"tracking_id": "x" * 49}, -1124),
        ({"tracking_id": ""}, -1124),
        ({"mode": "development"}, -127),
    ],
)
def test_templates_by_phone(zalo, change, code):
    assert zalo.post("/message/template", BY_PHONE | change)["error"] == code


def test_templates_by_hashed_phone_find_only_phones_zalo_knows(zalo):
    import hashlib

    def by_hash(text: str) -> int:
        body = {name: value for name, value in BY_PHONE.items() if name != "phone"}
        body["hash_phone"] = hashlib.sha256(text.encode()).hexdigest()
        return zalo.post("/message/template/hashphone", body)["error"]

    zalo.act("follow")
    assert (by_hash("84750123456"), by_hash("0750123456"), by_hash("+84750123456")) == (0, -118, -118)


def test_the_quota_counts_down_in_strings_and_ends(zalo):
    zalo.control("control", quota=2)
    left = [zalo.post("/message/template", BY_PHONE)["data"]["quota"]["remainingQuota"] for _turn in "ab"]
    assert (left, zalo.post("/message/template", BY_PHONE)["error"]) == (["1", "0"], -144)
    assert zalo.get("/message/quota")["data"] == {"dailyQuota": "2", "remainingQuota": "0"}
    user = zalo.act("follow")
    by_uid = {"user_id": user, "template_id": "345678", "template_data": BY_PHONE["template_data"]}
    assert zalo.post("/v3.0/oa/message/template", by_uid)["error"] == -211
    zalo.control("control", no_money=True)
    assert zalo.post("/message/template", BY_PHONE)["error"] == -137
    assert zalo.post("/v3.0/oa/message/template", by_uid)["error"] == -321


def test_templates_by_user_id(zalo):
    user = zalo.act("follow")
    body = {"user_id": user, "template_id": "345678", "template_data": BY_PHONE["template_data"]}
    answer = zalo.post("/v3.0/oa/message/template", body)
    assert (answer["error"], answer["data"]["user_id"]) == (0, user)
    otp = body | {"template_id": "345679", "template_data": {"otp": "123456"}}
    assert zalo.post("/v3.0/oa/message/template", otp)["error"] == -249
    assert zalo.post("/v3.0/oa/message/transaction", body)["error"] == -233
    assert zalo.post("/v2.0/oa/message", {"recipient": {"user_id": user}, "message": {}})["error"] == -240


def test_template_lists_tell_parameters(zalo):
    assert [one["templateId"] for one in zalo.get("/template/all", offset="0", limit="2")["data"]] == [
        "345678",
        "345679",
    ]
    info = zalo.get("/template/info/v2", template_id="345678")["data"]
    assert [(one["name"], one["maxLength"]) for one in info["listParams"]] == [
        ("ma_ho_so", 30),
        ("ngay_hen", 20),
    ]
