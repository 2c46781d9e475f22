"""The formulas against the worked example of the facts: what must fit, and what must not."""

import pytest

from portal.zalo.wire import (
    appsecret_proof,
    challenge_of,
    hash_phone,
    new_verifier,
    read_signature,
    webhook_mac,
)

APP, OA, KEY, MOMENT = "1000000000000000001", "2000000000000000002", "oa-secret-key-demo-01", "1795219200000"
BODY = (
    '{"app_id":"1000000000000000001","sender":{"id":"3000000000000000003"},'
    '"user_id_by_app":"4000000000000000004","recipient":{"id":"2000000000000000002"},'
    '"event_name":"user_send_text","message":{"text":"Tôi muốn đặt lịch làm căn cước",'
    '"msg_id":"msg-demo-0001"},"timestamp":"1795219200000"}'
).encode()
MAC = "e1fd3f202fc8845b9bb41b3aa1684ac3521b97360f6fdc5c0119797b8cdc1942"


def test_the_worked_example_of_the_mac():
    assert len(BODY) == 298
    assert webhook_mac(APP, BODY, MOMENT, KEY) == MAC


def test_with_the_oa_id_in_front_it_is_another_one():
    other = "edf1face83a2b2a0fecffecf73789b79c7e98197192db33c49ec44eee69b68f6"
    assert webhook_mac(OA, BODY, MOMENT, KEY) == other


def test_the_worked_example_of_the_proof():
    proof = "2f3a43fc25d753347a703bbaafd707b1ac5cc6d8daa8e16c49abc0114c8dbf97"
    assert appsecret_proof("demo-access-token-001", "app-secret-demo-01") == proof


def test_a_phone_is_hashed_in_its_84_form():
    digest = "25cc2f7574420a2d46c9f2d6cf94cdbb242ef7d479afe92ed6e8eb33a7493093"
    assert hash_phone("+84912345678") == hash_phone("84912345678") == digest


def test_the_challenge_is_that_of_the_standard():
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert {len(new_verifier()) for _turn in range(20)} == {43}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"mac={MAC}", MAC),
        (f"mac = {MAC}", MAC),
        (f" MAC={MAC.upper()} ", MAC),
        (MAC, MAC),
        ("", None),
        ("mac=", None),
        (f"mac={MAC[:-1]}", None),
        (f"mac={MAC}0", None),
        (f"sha256={MAC}", None),
    ],
)
def test_signature_headers(header, found):
    assert read_signature(header) == found
