"""What people read: dates and times of Vietnam, phones, money, codes, QR drawings."""

import datetime as dt
import re

import pytest
from django import forms
from django.template import Context, Template

from portal.common.layout import Tile, TileRadios
from portal.common.templatetags import portal as tags

# 18:30 on 7 December in UTC is already 01:30 on 8 December in Vietnam.
LATE = dt.datetime(2026, 12, 7, 18, 30, tzinfo=dt.UTC)


def test_dates_and_times_are_those_of_vietnam():
    assert tags.local_date(LATE) == "08/12/2026"
    assert tags.local_time(LATE) == "01:30"
    assert tags.local_datetime(LATE) == "01:30, 08/12/2026"
    assert tags.weekday(LATE) == "Thứ Ba"


def test_plain_date_is_not_moved():
    assert tags.local_date(dt.date(2026, 1, 5)) == "05/01/2026"
    assert tags.weekday(dt.date(2026, 1, 4)) == "Chủ nhật"


@pytest.mark.parametrize(("value", "shown"), [(0, "00:00"), (510, "08:30"), (1439, "23:59"), (None, "")])
def test_minutes_after_midnight_read_as_a_clock(value, shown):
    assert tags.minutes(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0 đồng"), (500, "500 đồng"), (20000, "20.000 đồng"), (1250000, "1.250.000 đồng"), (None, "")],
)
def test_money_is_grouped_by_dots(value, shown):
    assert tags.money(value) == shown


def test_phones_are_shown_masked_and_called():
    assert tags.phone("+84750123456") == "0750 123 456"
    assert tags.phone("113") == "113"
    assert tags.masked_phone("+84750123456") == "0750 *** 456"
    assert tags.tel("+84 750 123.456") == "+84750123456"


def test_codes_are_shown_in_groups_of_four():
    assert tags.code("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"


@pytest.mark.parametrize(
    "name", ["local_date", "local_time", "local_datetime", "weekday", "phone", "masked_phone", "tel", "code"]
)
def test_filters_answer_nothing_for_none(name):
    assert getattr(tags, name)(None) == ""


def test_dark_runs_join_neighbours():
    assert tags._dark_runs([True, True, False, True]) == [(0, 2), (3, 1)]


def test_qr_code_carries_no_style_and_escapes_its_label():
    drawing = Template("{% load portal %}{% qr_code text label %}").render(
        Context({"text": "https://congan.example/t/ABCDEFGHJKMN", "label": 'Mã "QR" <b>'})
    )
    assert "style" not in drawing
    assert 'aria-label="Mã &quot;QR&quot; &lt;b&gt;"' in drawing
    width, height = re.search(r'viewBox="0 0 (\d+) (\d+)"', drawing).groups()
    assert width == height


def test_qr_code_draws_exactly_the_dark_modules():
    text = "https://congan.example/t/ABCDEFGHJKMN"
    drawing = tags.qrcode.QRCode(error_correction=tags.qrcode.ERROR_CORRECT_M, border=4)
    drawing.add_data(text)
    dark = sum(sum(row) for row in drawing.get_matrix())
    drawn = sum(int(length) for length in re.findall(r"h(\d+)v1h-", tags.qr_code(text, "QR")))
    assert drawn == dark


class SlotForm(forms.Form):
    name = forms.CharField(label="Họ và tên")
    slot = forms.ChoiceField(
        label="Chọn giờ?",
        widget=TileRadios,
        choices=[("1", Tile("08:00", full=True)), ("2", Tile("08:30", note="còn 2 chỗ"))],
    )


def test_error_link_leads_to_the_first_choice_that_can_be_picked():
    form = SlotForm()
    assert tags.first_control(form["name"]) == "id_name"
    assert tags.first_control(form["slot"]) == "id_slot_1"


def test_error_label_ends_without_punctuation():
    assert tags.error_label(SlotForm()["slot"]) == "Chọn giờ"


def test_error_count_counts_messages():
    assert tags.error_count(SlotForm({})) == 2
