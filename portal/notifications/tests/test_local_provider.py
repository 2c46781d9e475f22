import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from portal.notifications.local_provider.esms import SEND_PATH
from portal.notifications.local_provider.server import Provider

MESSAGE = {
    "ApiKey": "k",
    "SecretKey": "s",
    "Phone": "0750123456",
    "Content": "Ma: 123456",
    "Brandname": "CONGAN",
    "SmsType": "2",
    "IsUnicode": "0",
    "RequestId": "r1",
    "Sandbox": "0",
}


_kept = threading.local()


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[[], str]]:
    """`start()` runs a provider on the folder of this test and returns its address."""
    running = []

    def run() -> str:
        provider = Provider(host="127.0.0.1", port=0, data=tmp_path)
        threading.Thread(target=provider.serve_forever, daemon=True).start()
        running.append(provider)
        return f"http://127.0.0.1:{provider.server_address[1]}"

    yield run
    for provider in running:
        provider.shutdown()
        provider.server_close()


@pytest.fixture
def base(start) -> str:
    return start()


def client() -> httpx2.Client:
    """One connection per thread, as a worker keeps it."""
    if not hasattr(_kept, "client"):
        _kept.client = httpx2.Client(trust_env=False)
    return _kept.client


def get(address: str):
    return client().get(address).raise_for_status().json()


def post(address: str, body: dict):
    return client().post(address, json=body).raise_for_status().json()


def send(base: str, **changes) -> str:
    return post(base + SEND_PATH + "/", {**MESSAGE, **changes})["CodeResult"]


def test_a_message_reaches_its_phone_and_page(base):
    answer = post(base + SEND_PATH, MESSAGE)
    assert (answer["CodeResult"], bool(answer["SMSID"])) == ("100", True)
    assert [one["text"] for one in get(f"{base}/_phones/0750123456/messages")] == ["Ma: 123456"]
    assert [one["phone"] for one in get(f"{base}/_phones")] == ["0750123456"]
    text = client().get(f"{base}/phones/0750123456").text
    assert "Ma: 123456" in text and "0750 123 456" in text and "<script" not in text


def test_newest_messages_stand_first(base):
    send(base, RequestId="a", Content="Mot")
    send(base, RequestId="b", Content="Hai")
    assert [one["text"] for one in get(f"{base}/_phones/0750123456/messages")] == ["Hai", "Mot"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ApiKey": ""}, "101"),
        ({"SmsType": "8"}, "118"),
        ({"Brandname": ""}, "104"),
        ({"Phone": "0912345678"}, "108"),
        ({"Phone": "84750123456"}, "100"),
        ({"Phone": "07501234567"}, "108"),
        ({"Content": ""}, "99"),
        ({"RequestId": "r" * 51}, "99"),
        ({"Sandbox": "1"}, "100"),
    ],
)
def test_requests_are_judged_as_the_vendor_does(base, change, code):
    assert send(base, **change) == code


@pytest.mark.parametrize(
    ("switches", "code"),
    [
        ({"refuse_keys": True}, "101"),
        ({"no_balance": True}, "103"),
        ({"brands": ["KHAC"]}, "104"),
        ({"templates": ["Xin chao {ten}"]}, "146"),
        ({"templates": ["Ma: {ma}"]}, "100"),
        ({"code_result": "777"}, "777"),
    ],
)
def test_switches_make_it_refuse(base, switches, code):
    post(f"{base}/_control", switches)
    assert send(base) == code


def test_a_request_id_is_taken_once_in_24_hours(base):
    assert [send(base), send(base)] == ["100", "124"]
    post(f"{base}/_control", {"clock_offset": 24 * 3600 + 1})
    assert send(base) == "100"
    stats = get(f"{base}/_stats")
    assert (stats["count"], stats["unique_request_ids"], stats["duplicates"], stats["repeated"]) == (
        2,
        1,
        1,
        1,
    )


def test_the_same_text_goes_out_once_in_five_minutes_when_asked(base):
    post(f"{base}/_control", {"same_text_rule": True})
    assert [send(base), send(base, RequestId="r2")] == ["100", "124"]
    post(f"{base}/_control", {"clock_offset": 301})
    assert send(base, RequestId="r3") == "100"


def test_a_restart_keeps_messages_and_request_ids(start):
    send(start())
    second = start()
    assert send(second) == "124"
    assert get(f"{second}/_stats")["count"] == 1


def test_sandbox_messages_are_shown_nowhere(base):
    send(base, Sandbox="1")
    assert get(f"{base}/_stats")["count"] == 0


def test_faults_happen_when_asked(base):
    post(f"{base}/_control", {"fail_next": 1})
    with pytest.raises(httpx2.HTTPStatusError) as caught:
        send(base)
    assert caught.value.response.status_code == 502
    post(f"{base}/_control", {"reset_after_accept_rate": 1})
    with pytest.raises(httpx2.TransportError):
        send(base)
    post(f"{base}/_control", {"reset_after_accept_rate": 0})
    assert (send(base), get(f"{base}/_stats")["count"]) == ("124", 1)


def test_a_wrong_switch_changes_nothing(base):
    with pytest.raises(httpx2.HTTPStatusError) as caught:
        post(f"{base}/_control", {"error_rate": 1, "nonsense": 1})
    assert (caught.value.response.status_code, get(f"{base}/_control")["error_rate"]) == (400, 0)


def test_the_report_comes_back_and_is_repeated_until_it_is_heard(base, httpserver: HTTPServer):
    heard = []

    def listen(request):
        from werkzeug import Response

        heard.append(request.args.to_dict())
        return Response("OK", status=500 if len(heard) == 1 else 200)

    httpserver.expect_request("/cb/").respond_with_handler(listen)
    post(f"{base}/_control", {"callback_delay_ms": 10, "failing_phones": ["0750999888"]})
    send(base, Phone="0750999888", CallbackUrl=httpserver.url_for("/cb/"))
    end = time.monotonic() + 5
    while get(f"{base}/_stats")["callbacks"] < 1 and time.monotonic() < end:
        time.sleep(0.05)
    assert [(one["RequestId"], one["SendStatus"], one["SendFailed"]) for one in heard] == [
        ("r1", "5", "1")
    ] * 2


def test_it_takes_300_messages_a_second(base):
    def many(part: int) -> None:
        for number in range(100):
            assert send(base, RequestId=f"{part}-{number}") == "100"

    begin = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(many, range(4)))
    assert 400 / (time.monotonic() - begin) > 300
    assert get(f"{base}/_stats")["count"] == 400
