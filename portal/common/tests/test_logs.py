"""What looks like a phone, an identity number or a code never reaches a log line; uuids do."""

import json
import logging
import sys
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common.codes import new_code, show_code
from portal.common.logs import JsonLine, MaskPersonalData, PlainLine, mask


def line(formatter, message, *args, error=None):
    record = logging.LogRecord("portal.test", logging.ERROR, __file__, 1, message, args, error)
    assert MaskPersonalData().filter(record) is True
    return formatter.format(record)


@pytest.mark.parametrize(
    "number",
    [
        "0750123456", "0750 123 456", "0750.123.456", "+84750123456", "84750123456", "+84 750 123 456",
        "0750-123-456", "+84-750-123-456", "012345678901", "012 345 678 901", "012.345.678.901", "123456789",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "around", ["{}", "gọi {}.", "phone={}", "'{}'", '{{"phone": "{}"}}', "({})", "số:{},"]
)
def test_phones_and_identity_numbers_are_masked(number, around):
    assert mask(around.format(number)) == around.format("[số]")


@given(digits=st.text("0123456789", min_size=12, max_size=12))
def test_every_twelve_digits_are_masked(digits):
    assert mask(f"so {digits} x") == "so [số] x"


def test_codes_are_masked():
    for code in (new_code() for _ in range(200)):
        assert mask(f"ma {show_code(code)}, {code}; {show_code(code).lower()}") == "ma [mã], [mã]; [mã]"


@given(uid=st.uuids())
def test_uuids_are_left_alone(uid):
    assert mask(f"row {uid} done") == f"row {uid} done"
    assert mask(f"/api/v1/bookings/{uid}/") == f"/api/v1/bookings/{uid}/"
    assert mask(f"officer:{uid}") == f"officer:{uid}"


@pytest.mark.parametrize(
    "text",
    [
        "sealed 1000 entries in 12 seals",
        "2026-11-21T18:25:38+00:00",
        "took 12.5 ms",
        "port 8000",
        "DANG-CHUYEN",
        "status 503",
    ],
)
def test_ordinary_lines_are_left_alone(text):
    assert mask(text) == text


def test_arguments_are_masked_too():
    assert line(PlainLine(), "sent to %s", "+84750123456") == "ERRO portal.test: sent to [số]"


def test_exception_text_is_not_written():
    try:
        raise ValueError("Trần Thị Bưởi 0750123456")
    except ValueError:
        error = sys.exc_info()
    for formatter in (PlainLine(), JsonLine()):
        written = line(formatter, "failed", error=error)
        assert ("Bưởi" in written, "0750123456" in written, "ValueError at File" in written) == (
            False,
            False,
            True,
        )


def test_json_line_is_one_object():
    uid = uuid.uuid4()
    written = line(JsonLine(), "xong %s", uid)
    found = json.loads(written)
    assert "\n" not in written
    assert (found["level"], found["logger"], found["message"]) == ("ERROR", "portal.test", f"xong {uid}")
    assert set(found) == {"at", "level", "logger", "message"}
