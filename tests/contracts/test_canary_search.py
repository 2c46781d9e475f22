"""The canary search sees every disguise; else the silence of tests/faults/test_canary.py proves nothing."""

import base64
import json
import unicodedata
from urllib.parse import quote, quote_plus

import pytest
from django.core import signing

from tests.canary import Hit, open_session, search

NAME, PHONE, NUMBER = "Khuyếch Đoỏng", "757913862", "001184739265"
NEEDLES = {"name": [NAME], "phone": [PHONE], "number": [NUMBER]}
DISGUISES = {
    "plain": NAME.encode(),
    "decomposed": unicodedata.normalize("NFD", NAME).encode(),
    "folded": b"bach thi khuyech doong",
    "capitals": f"BẠCH THỊ {NAME.upper()}".encode(),
    "utf-16": NAME.encode("utf-16-le"),
    "json": json.dumps({"full_name": NAME}).encode(),
    "json in json": json.dumps(json.dumps({"full_name": NAME})).encode(),
    "address": f"?q={quote(NAME)}".encode(),
    "form": f"q={quote_plus(NAME)}&x=1".encode(),
    "repr": repr(NAME.encode()).encode(),
    "base64": base64.b64encode(b"full_name: " + NAME.encode() + b"."),
    "base64, one further": base64.b64encode(b"full_name:: " + NAME.encode() + b"."),
    "base64, two further": base64.b64encode(b"full_name::: " + NAME.encode() + b"."),
    "base64 of json": base64.b64encode(json.dumps([[NAME], {}]).encode()),
    "address-safe base64": base64.urlsafe_b64encode(b"~~~" + NAME.upper().encode()),
    "hex": b"\\x" + NAME.encode().hex().encode(),
}
NUMBERS = ("0757913862", "+84757913862", "84757913862", "0757 913 862", "0757.913.862", "+84 757 913 862")


def found(folder, content: bytes) -> list[Hit]:
    place = folder / "look" / "here"
    place.parent.mkdir()
    place.write_bytes(b"\x00\xff before " + content + b" after\x00")
    return [Hit(hit.kind, "here") for hit in search([place.parent], NEEDLES, list_file=folder / "patterns")]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_name_is_found_in_every_disguise(tmp_path, disguise):
    assert found(tmp_path, DISGUISES[disguise]) == [Hit("name", "here")]


@pytest.mark.parametrize("written", NUMBERS)
def test_a_phone_is_found_in_every_notation(tmp_path, written):
    assert found(tmp_path, written.encode()) == [Hit("phone", "here")]


@pytest.mark.parametrize("written", [NUMBER, "001 184 739 265", "0011 8473 9265"])
def test_an_identity_number_is_found_in_every_notation(tmp_path, written):
    assert found(tmp_path, base64.b64encode(written.encode())) == [Hit("number", "here")]


def test_nothing_is_found_where_nothing_is(tmp_path):
    assert found(tmp_path, "Bạch Thị Khuya, 0757913863".encode() * 1000) == []


@pytest.mark.parametrize("size", [1, 500])
def test_a_session_row_is_opened(size):
    stored = signing.dumps({"searches": NAME * size}, compress=True)
    assert json.loads(open_session(stored)) == {"searches": NAME * size}
