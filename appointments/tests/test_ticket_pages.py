"""The ticket in every state, for one person and a family; who really called or wrote."""

import datetime as dt

import time_machine
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from appointments.actions.cancel_session import cancel_session
from appointments.actions.change_visit import change_visit
from appointments.actions.drop_unverified import drop_unverified
from appointments.models import Booking, Campaign, Slot, WaitingEntry
from appointments.tests.lines import CLOCK, ask, fill_up
from appointments.tests.test_change_visit import PHONE, days, family
from appointments.tests.visits import COMMAND, book, slots_in_order


def ticket(booking: Booking):
    return Client().get(f"/{booking.unit.slug}/phieu/{booking.declaration.code}/")


def test_family_sees_everybody_s_number_and_no_name(slot: Slot) -> None:
    people = family(slot)
    shown = ticket(people[1])
    assert shown.context["ticket"]["number"] == "1-3"
    text = shown.content.decode()
    assert all(f"Người {place} – " in text and f"số {place}" in text for place in (1, 2, 3))
    assert not any(name in text for name in ("Nguyễn Văn", "Bình", "Chi"))


def test_calendar_file_names_all_numbers_of_a_family(slot: Slot) -> None:
    people = family(slot)

    def summary() -> str:
        file = Client().get(f"/{people[0].unit.slug}/phieu/{people[0].declaration.code}/lich.ics")
        return str(Calendar.from_ical(file.content).walk("VEVENT")[0]["summary"])

    assert summary() == "Làm căn cước: số 1–3"
    there = slots_in_order(slot.session)[1]
    change_visit(code=people[0].declaration.code, phone=PHONE, slot=str(there.uid), only=[str(people[2].uid)])
    assert summary() == "Làm căn cước: số 1–2"


def test_code_of_a_moved_visit_opens_the_new_one(campaign: Campaign, slot: Slot) -> None:
    booking = book(slot)
    there = slots_in_order(days(campaign)[1])[1]
    change_visit(code=booking.declaration.code, phone=PHONE, slot=str(there.uid))
    assert ticket(booking).context["ticket"]["minutes"] == there.starts


def test_displaced_says_why_and_leads_on(slot: Slot) -> None:
    booking = book(slot)
    cancel_session(session=slot.session, reason="Mất điện cả phường", by=COMMAND)
    text = ticket(booking).content.decode()
    assert "Mất điện cả phường" in text
    assert f"/phieu/{booking.declaration.code}/doi-lich/" in text


def test_accepted_waits_for_its_number(slot: Slot) -> None:
    booking = book(slot)
    Booking.objects.filter(pk=booking.pk).update(status="accepted")
    assert "đang cấp số" in ticket(booking).content.decode()


def check(booking: Booking, unit=None, **changes: str):
    typed = {"code": booking.declaration.code, "phone": PHONE} | changes
    return Client().post(f"/{(unit or booking.unit).slug}/kiem-tra/", typed)


def test_what_was_sent_is_listed_for_code_and_phone(campaign: Campaign, slot: Slot) -> None:
    booking = book(slot)
    there = slots_in_order(days(campaign)[1])[0]
    change_visit(code=booking.declaration.code, phone=PHONE, slot=str(there.uid))
    shown = check(booking)
    assert sorted(said.title for said in shown.context["said"]) == ["Lịch hẹn đã xác nhận", "Lịch hẹn đã đổi"]
    assert "không bao giờ đòi tiền" in shown.content.decode()


def test_strangers_learn_nothing_from_the_check(slot: Slot, other_ward) -> None:
    booking = book(slot)
    wrong, foreign = check(booking, phone="0751000009"), check(booking, other_ward)
    unknown = check(booking, code="ABC")
    assert (wrong.status_code, foreign.status_code, unknown.status_code) == (400, 409, 400)
    assert [page.context["said"] for page in (wrong, foreign, unknown)] == [None] * 3


def test_who_never_typed_the_code_is_forgotten_after_a_day(campaign: Campaign) -> None:
    fill_up(campaign)
    entry = ask(campaign, 1)
    assert drop_unverified(by=CLOCK) == 0
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        assert drop_unverified(by=CLOCK) == 1
    found = WaitingEntry.objects.get(pk=entry.pk)
    assert (found.status, found.details) == ("left", None)
