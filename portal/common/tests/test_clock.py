"""Days are Vietnamese days."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.common.clock import local_moment, local_now, local_today, parse_date, show_date, show_minutes


@time_machine.travel(dt.datetime(2026, 11, 21, 17, 30, tzinfo=dt.UTC), tick=False)
def test_day_begins_at_local_midnight():
    assert local_today() == dt.date(2026, 11, 22)
    assert (local_now().hour, local_now().minute) == (0, 30)


@given(day=st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), minutes=st.integers(0, 24 * 60 - 1))
def test_moment_and_minutes_agree(day, minutes):
    moment = local_moment(day, minutes)
    assert (moment.date(), f"{moment:%H:%M}") == (day, show_minutes(minutes))


@given(day=st.dates(dt.date(1000, 1, 1)))
def test_every_notation_of_a_day_is_read(day):
    notations = (
        show_date(day),
        f"{day:%Y-%m-%d}",
        f"{day:%d%m%Y}",
        f"{day.day}-{day.month}-{day.year}",
        f" {day:%d.%m.%Y} ",
    )
    assert {parse_date(text) for text in notations} == {day}


@pytest.mark.parametrize(
    "text", ["", "31/02/2000", "1990", "05/13/1990", "0/0/0000", "mai", "1/1/90", "2000-1-1", "٠٥/٠٩/١٩٩٠x"]
)
def test_other_texts_are_refused(text):
    with pytest.raises(ValidationError) as caught:
        parse_date(text)
    assert caught.value.code == "date_invalid"


@given(text=st.text(max_size=15))
def test_any_text_is_a_day_or_refused(text):
    try:
        assert type(parse_date(text)) is dt.date
    except ValidationError as error:
        assert error.code == "date_invalid"
