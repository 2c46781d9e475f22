"""What a citizen and an officer do in the browser, one function for each page of the road."""

import re
from typing import Any

from django.contrib.auth.hashers import make_password

from portal.citizens.models import OneTimeCode
from portal.citizens.one_time import code_of
from portal.officers.models import Officer

WARD = "Công an phường Hải Vân Đông"
PERSON = {"full_name": "Nguyễn Thị Ánh", "birth_date": "05/09/1954"}
PHONE = "0751000001"
PASSWORD = "hoa sua thang muoi mot"
HOLD = "Giữ chỗ và nhận mã xác nhận"
CONFIRM = "Xác nhận lịch hẹn"


def press(page: Any, name: str) -> None:
    """Press the button with exactly this name."""
    page.get_by_role("button", name=name, exact=True).click()


def choose_hour(page: Any, address: str, *, hour: str = "08:00") -> None:
    """From the front page to the declaration: the unit, the only campaign, its first day, an hour."""
    page.goto(f"{address}/")
    page.get_by_role("link", name=WARD).click()
    page.get_by_role("link", name=re.compile("Đặt lịch làm căn cước")).click()
    page.get_by_role("link", name=re.compile(f"^{hour}")).click()


def declare(page: Any, **changes: str) -> None:
    """Fill the four required fields and send them."""
    page.get_by_label("Cấp đổi").check()
    for name, value in ({**PERSON, "phone": PHONE} | changes).items():
        page.locator(f"#id_{name}").fill(value)
    press(page, HOLD)


def newest_code() -> str:
    """The six digits on their way to the phone; they are derived, nothing stores them."""
    return code_of(OneTimeCode.objects.latest("pk").uid)


def enter_code(page: Any) -> None:
    """Type the code from the message; ends on the ticket."""
    page.locator("#id_code").wait_for()
    page.locator("#id_code").fill(newest_code())
    press(page, CONFIRM)
    page.locator(".ticket").wait_for()


def queue_number(page: Any) -> str:
    """The number on the ticket on the screen."""
    return page.locator(".ticket-number b").inner_text()


def log_in(page: Any, address: str, officer: Officer) -> None:
    """An officer who already has a password of their own."""
    Officer.objects.filter(pk=officer.pk).update(password=make_password(PASSWORD))
    page.goto(f"{address}/quan-tri/login/")
    page.locator("#id_username").fill(officer.username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#login-form button[type=submit]").click()
    page.wait_for_url(f"{address}/quan-tri/")
