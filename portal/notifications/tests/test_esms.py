import uuid

import pytest

from portal.notifications.channels.base import Outgoing
from portal.notifications.channels.console.channel import ConsoleChannel
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.sms.esms.channel import SEND_PATH, EsmsChannel
from portal.notifications.channels.sms.esms.receipts import callback_token, uid_of_token
from portal.notifications.channels.sms.gate import check_gate
from portal.notifications.channels.sms.text import count_parts, is_gsm, strip_accents

UID = uuid.UUID("12345678123456781234567812345678")


def outgoing(**given) -> Outgoing:
    facts = {
        "uid": UID,
        "request_id": UID.hex,
        "phone": "+84750123456",
        "text": "Mã đúng: 42",
        "brand": "CATHUNGHIEM",
    }
    return Outgoing(**{**facts, **given})


def test_the_wire_format_is_that_of_the_vendor(esms, answer, settings):
    settings.ESMS_API_KEY, settings.ESMS_SECRET_KEY = "key", "secret"
    accepted = EsmsChannel().send(outgoing())
    request = esms.log[0][0]
    assert (request.method, request.path, request.content_type) == ("POST", SEND_PATH, "application/json")
    assert request.get_json() == {
        "ApiKey": "key",
        "SecretKey": "secret",
        "Phone": "0750123456",
        "Content": "Ma dung: 42",
        "Brandname": "CATHUNGHIEM",
        "SmsType": "2",
        "IsUnicode": "0",
        "RequestId": UID.hex,
        "CallbackUrl": f"http://portal.test/callbacks/esms/{callback_token(UID)}/",
        "Sandbox": "0",
    }
    assert (accepted.provider_ref, accepted.parts) == ("ref-1", 1)


@pytest.mark.parametrize("content", ["<html>error</html>", "[]", ""])
def test_an_unreadable_answer_is_a_retry(esms, content):
    esms.expect_request(SEND_PATH).respond_with_data(content)
    with pytest.raises(ChannelError) as caught:
        EsmsChannel().send(outgoing())
    assert (caught.value.code, caught.value.permanent) == ("answer_unreadable", False)


def test_errors_and_reprs_carry_neither_phone_nor_text(esms, answer):
    answer(CodeResult="99", ErrorMessage="0750123456 bi chan")
    with pytest.raises(ChannelError) as caught:
        EsmsChannel().send(outgoing())
    assert (str(caught.value), caught.value.permanent) == ("esms_99", True)
    assert "0750" not in repr(outgoing()) and "+84" not in repr(outgoing()) and "42" not in repr(outgoing())


@pytest.mark.parametrize(
    ("phone", "base", "code"),
    [
        ("+84750123456", "https://rest.esms.vn", "test_phone_real_provider"),
        ("+84750123456", "http://127.0.0.1:8002", "test_phone_real_provider"),
        ("+84912345678", "http://127.0.0.1:8001", "real_phone_local_provider"),
        ("+84912345678", "http://127.0.0.1:8001/x/", "real_phone_local_provider"),
        ("+84750123456", "http://127.0.0.1:8001/", None),
        ("+84912345678", "https://rest.esms.vn", None),
    ],
)
def test_imaginary_and_real_phones_never_meet_the_wrong_provider(settings, phone, base, code):
    settings.LOCAL_PROVIDER_URL = "http://127.0.0.1:8001"
    caught = None
    try:
        check_gate(phone=phone, base_url=base)
    except ChannelError as error:
        caught = error
    assert (caught and caught.code) == code
    assert caught is None or caught.permanent


def test_the_console_never_says_the_text(caplog):
    with caplog.at_level("INFO"):
        ConsoleChannel().send(outgoing(text="Mã: 424242"))
    assert "would go by console" in caplog.text
    assert "424242" not in caplog.text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Đặng Thị Hoà – “số” 5…", 'Dang Thi Hoa - "so" 5...'),
        ("Nguyễn Ưu", "Nguyen Uu"),
        ("a\u00a0b😀", "a b?"),
    ],
)
def test_accents_are_stripped(text, plain):
    assert (strip_accents(text), is_gsm(strip_accents(text))) == (plain, True)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 159 + "€", 2),
        ("à" * 160, 1),
        ("ạ" * 70, 1),
        ("ạ" * 71, 2),
        ("ạ" * 134, 2),
        ("ạ" * 135, 3),
        ("đ" + "a" * 124, 2),
    ],
)
def test_parts_are_counted_as_carriers_bill(text, parts):
    assert count_parts(text) == parts


def test_a_callback_token_opens_its_own_message_only():
    token = callback_token(UID)
    other = uuid.uuid4().hex + token[32:]
    assert [uid_of_token(one) for one in (token, other, token[:-1], "x" * 64, "")] == [
        UID,
        None,
        None,
        None,
        None,
    ]
