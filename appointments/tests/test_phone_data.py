"""Telling and erasing what is held on whoever holds a phone: by action and on the officers' page."""

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from appointments.actions.transition import move_booking
from appointments.enums import BookingStatus
from appointments.models import Booking
from appointments.tests.visits import confirm, hold
from portal.audit.models import AuditEntry
from portal.citizens.actions.personal_data import erase_person
from portal.citizens.actions.phone_data import erase_phone, export_phone
from portal.citizens.actions.sessions import start_session
from portal.citizens.models import CitizenSession, Contact, OneTimeCode
from portal.citizens.personal_data import phone_holdings
from portal.common.errors import NotAllowed
from portal.notifications.actions.count_messages import count_recent_days
from portal.notifications.models import ContactPoint, DailyFigure, OutboxMessage
from procedures.models import Declaration
from tests.people import BY

PHONE = "0751 000 000"
PAGE = "admin:citizens_person_phone"


@pytest.fixture
def booking(slot) -> Booking:
    booking = confirm(hold(slot))
    start_session(contact=booking.contact, device_label="Điện thoại của bà Anh")
    return booking


def figures() -> list[tuple]:
    old = DailyFigure.objects.filter(day__lt=timezone.localdate()).order_by("day", "channel")
    return list(old.values_list("day", "channel", "messages", "cost"))


@pytest.fixture
def settled(booking, owner) -> Booking:
    """The visit was cancelled; its messages ended a week ago and were counted, later ones too."""
    move_booking(booking=booking, to=BookingStatus.CANCELLED, by=owner, reason="Xin hủy")
    old = timezone.now() - dt.timedelta(days=7)
    OutboxMessage.objects.update(state="delivered", accepted_at=old, finished_at=old, cost=250)
    count_recent_days(by=BY)
    unit = booking.unit
    DailyFigure.objects.create(
        unit=unit, day=timezone.localdate(), channel="call", messages=1, counted_at=timezone.now()
    )
    return booking


def rows(told: dict, kind: str) -> list[dict]:
    return next((part["rows"] for part in told["held"] if part["kind"] == kind), [])


def test_the_holder_is_told_everything_on_the_number_and_nothing_of_declared_persons(booking, owner) -> None:
    told = export_phone(phone=PHONE, by=owner)
    number = rows(told, "notifications.contactpoint")[0]
    assert (number["phone"], number["opt_outs"]) == ("+84751000000", [])
    assert [row["device"] for row in rows(told, "citizens.citizensession")] == ["Điện thoại của bà Anh"]
    assert "appointments.booking_confirmed" in {
        row["notice"] for row in rows(told, "notifications.outboxmessage")
    }
    assert "Nguyễn" not in json.dumps(told, ensure_ascii=False)
    assert all(part["purpose"] and part["keep"] and part["correct"] for part in told["held"])
    entry = AuditEntry.objects.get(action="phone.exported")
    assert (entry.actor, entry.object_uid) == (owner.actor_ref, str(ContactPoint.objects.get().uid))


def test_what_is_open_stays_and_says_why(booking, owner) -> None:
    erasure = erase_phone(phone=PHONE, reason="request", by=owner)
    assert erasure.rows == {"citizens.citizensession": 1}
    assert {label: [item.code for item in kept] for label, kept in erasure.kept.items()} == {
        "notifications.outboxmessage": ["message_open"],
        "notifications.contactpoint": ["still_needed"],
    }
    assert CitizenSession.objects.count() == 0


def test_a_number_nothing_needs_is_gone_with_everything_and_figures_stay(settled, owner) -> None:
    person = settled.declaration.subject
    erase_person(person=person, reason="request", by=owner)
    OneTimeCode.objects.update(expires_at=timezone.now())
    before = figures()
    erasure = erase_phone(phone=PHONE, reason="request", by=owner)
    assert erasure.kept == {}
    assert erasure.rows["notifications.contactpoint"] == 1
    left = (ContactPoint.objects.count(), Contact.objects.count(), OutboxMessage.objects.count())
    assert left == (0, 0, 0)
    assert (Booking.objects.count(), Declaration.objects.count()) == (0, 0)
    count_recent_days(by=BY)
    assert figures() == before != []


@pytest.mark.parametrize("action", [export_phone, lambda **given: erase_phone(reason="request", **given)])
def test_a_stranger_learns_no_more_than_of_an_unknown_number(booking, stranger, owner, action) -> None:
    codes = []
    for phone, officer in ((PHONE, stranger), ("0759999999", owner), ("123", owner)):
        with pytest.raises(ValidationError) as caught:
            action(phone=phone, by=officer)
        codes.append([error.code for error in caught.value.error_dict["phone"]])
    assert codes == [["phone_unknown"], ["phone_unknown"], ["phone_invalid"]]


def test_what_two_units_hold_is_answered_above_them(booking, owner, other_ward) -> None:
    OutboxMessage.objects.filter(pk=OutboxMessage.objects.earliest("pk").pk).update(unit=other_ward)
    with pytest.raises(NotAllowed) as caught:
        export_phone(phone=PHONE, by=owner)
    assert caught.value.code == "held_elsewhere"
    assert rows(export_phone(phone=PHONE, by=BY), "notifications.contactpoint") != []


def test_an_unknown_reason_is_refused(booking, owner) -> None:
    with pytest.raises(ValidationError) as caught:
        erase_phone(phone=PHONE, reason="", by=owner)
    assert [error.code for error in caught.value.error_dict["reason"]] == ["erasure_reason_invalid"]


# ---- the page


def test_the_chief_exports_and_erases_by_phone(booking, owner, client) -> None:
    client.force_login(owner)
    page = client.get(reverse(PAGE))
    assert page.status_code == 200
    answer = client.post(reverse(PAGE), {"phone": PHONE, "wish": "export", "reason": "request"})
    assert "attachment" in answer["Content-Disposition"]
    assert json.loads(answer.content)["held"][0]["rows"][0]["phone"] == "+84751000000"
    gone = client.post(reverse(PAGE), {"phone": PHONE, "wish": "erase", "reason": "request"})
    assert "Thiết bị đã đăng nhập: 1" in gone.content.decode()
    assert reverse(PAGE) in client.get(reverse("admin:citizens_person_changelist")).content.decode()


def test_a_mistyped_number_stays_in_the_form(booking, owner, client) -> None:
    client.force_login(owner)
    page = client.post(reverse(PAGE), {"phone": "0751", "wish": "export", "reason": "request"})
    assert (page.status_code, page.context["form"]["phone"].value()) == (200, "0751")
    assert page.context["form"].errors.as_data()["phone"][0].code == "phone_invalid"


def test_who_may_neither_tell_nor_erase_has_no_such_page(booking, colleague, client) -> None:
    client.force_login(colleague)
    assert client.get(reverse(PAGE)).status_code == 403


def test_every_kind_of_row_about_a_phone_says_why_and_how_long() -> None:
    silent = {
        label
        for label, holding in phone_holdings().items()
        if any(len(str(word)) < 5 for word in (holding.terms.purpose, holding.terms.keep))
    }
    assert (silent, len(phone_holdings())) == (set(), 6)
