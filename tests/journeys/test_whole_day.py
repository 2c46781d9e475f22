"""One visit from the first tap to the card: registered, moved, checked in, called, finished, told."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import Booking, Card, Session
from appointments.tests.halls import make_counter
from portal.common.clock import local_today
from portal.notifications.models import OutboxMessage
from tests.journeys.checks import assert_good
from tests.journeys.steps import choose_hour, declare, enter_code, press, queue_number
from tests.journeys.test_desk_day import WIDE, scan, settle, ticket_address, to_desk

pytestmark = [pytest.mark.browser]
ZALO = (
    "Mozilla/5.0 (Linux; Android 9; SM-A105F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/112.0.5615.136 Mobile Safari/537.36 Zalo android/24040300 ZaloTheme/light ZaloLanguage/vi"
)


def move_to_second_day(page: Any) -> None:
    """From the ticket to an hour of another day; the cookie of this phone proves whose visit it is."""
    page.get_by_role("link", name="Đổi ngày giờ").click()
    page.locator(".days a:not([aria-current])").last.click()
    page.locator("input[name=slot]:not([disabled])").first.check(force=True)
    assert_good(page)
    press(page, "Đổi sang giờ này")
    page.locator(".ticket").wait_for()


def stand() -> Booking:
    return Booking.objects.exclude(status="moved").select_related("unit", "session", "declaration").get()


def sent() -> list[str]:
    return list(OutboxMessage.objects.order_by("pk").values_list("notice", flat=True))


@pytest.mark.parametrize(
    "phone", [{}, {"java_script_enabled": False}, {"user_agent": ZALO}], ids=["scripts", "no-scripts", "zalo"]
)
def test_from_the_first_tap_to_the_card(open_page, live_portal, campaign, owner, colleague, phone) -> None:
    citizen = open_page(**phone)
    choose_hour(citizen, live_portal)
    declare(citizen)
    enter_code(citizen)
    assert queue_number(citizen) == "1"
    first = stand()

    if phone.get("java_script_enabled", True):
        move_to_second_day(citizen)
    else:
        moved = Client()  # axe needs scripts; the page itself is walked without them in test_change_pages
        moved.cookies["citizen"] = next(
            c["value"] for c in citizen.context.cookies() if c["name"] == "citizen"
        )
        page = reverse("appointments:change", args=[first.unit.slug, first.declaration.code])
        later = campaign.sessions.order_by("date")[1].slots.order_by("starts")[0]
        assert moved.post(page, {"slot": str(later.uid)}).status_code == 302
        citizen.reload()
    visit = stand()
    assert visit.session.date == first.session.date + dt.timedelta(days=1)
    assert queue_number(citizen) == "1"

    Session.objects.filter(pk=visit.session_id).update(date=local_today())  # the night has passed
    make_counter(visit.unit, 1)
    desk = open_page(**WIDE)
    to_desk(desk, live_portal, colleague, visit.session)
    scan(desk, ticket_address(live_portal, visit))
    desk.get_by_text("Số 1 đã đến").wait_for()
    press(desk, "Gọi số tiếp")
    desk.locator("[data-current]", has_text="1").wait_for()
    press(desk, "Đã xong")
    desk.get_by_role("button", name="Gọi số tiếp", exact=True).wait_for()
    settle(desk)
    desk.goto("about:blank")  # its questions to the server end here
    assert stand().status == "finished"

    officer = Client()
    officer.force_login(owner)
    slips = reverse("admin:appointments_card_session", args=[visit.session.uid])
    day = (local_today() + dt.timedelta(days=9)).strftime("%d/%m/%Y")
    assert officer.post(slips, {"same_for_all": day}).status_code == 302
    arrived = reverse("admin:appointments_card_arrived")
    assert officer.post(arrived, {"lines": visit.declaration.code}).status_code == 200
    assert Card.objects.get().status == "ready"

    citizen.goto(ticket_address(live_portal, visit))
    citizen.get_by_text("Thẻ đã về").first.wait_for()
    assert sent() == [
        "citizens.one_time_code",
        "appointments.booking_confirmed",
        "appointments.visit_moved",
        "appointments.card_ready",
    ]
