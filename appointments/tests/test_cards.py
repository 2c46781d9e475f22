"""After the visit: the slip's date is copied, cards come in bulk, people are told once."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from appointments.actions.move_cards import mark_ready, move_card
from appointments.actions.note_slips import note_slips
from appointments.enums import BookingStatus, CardStatus
from appointments.models import Booking, Card, CardEntry, Slot
from appointments.tests.test_desk import desk, page
from appointments.tests.visits import book, slots_in_order, statements
from appointments.workflow import CARD_WORKFLOW
from portal.common.codes import show_code
from portal.common.errors import Conflict, NotAllowed
from portal.notifications.models import OutboxMessage
from tests.people import People

LATER = dt.timedelta(days=9)


def finished(slot: Slot, number: int = 0) -> Booking:
    """A visit that was done, as the desk leaves it behind."""
    made = book(slots_in_order(slot.session)[number // 3], number)
    Booking.objects.filter(pk=made.pk).update(status=BookingStatus.FINISHED)
    return Booking.objects.select_related("session", "unit", "declaration", "contact").get(pk=made.pk)


def card_of(slot: Slot, by: Any, number: int = 0) -> Card:
    booking = finished(slot, number)
    return note_slips(dates={booking: booking.session.date + LATER}, by=by)[0]


def told() -> list[str]:
    return list(
        OutboxMessage.objects.filter(notice="appointments.card_ready").values_list("about", flat=True)
    )


def codes_of(error: ValidationError) -> dict[str, list[str]]:
    return {field: [item.code for item in items] for field, items in error.error_dict.items()}


def test_slip_date_is_copied_and_corrected_before_the_card_comes(slot: Slot, owner) -> None:
    booking = finished(slot)
    first = note_slips(dates={booking: booking.session.date + LATER}, by=owner)
    again = note_slips(dates={booking: booking.session.date + 2 * LATER}, by=owner)
    assert [card.pk for card in first] == [card.pk for card in again]
    card = Card.objects.get()
    assert (card.status, card.pickup_on) == (CardStatus.IN_PRODUCTION, booking.session.date + 2 * LATER)
    assert list(card.history.values_list("frm", "to")) == [("", "in_production")]


@pytest.mark.parametrize(
    ("days", "status", "code"),
    [
        (-1, BookingStatus.FINISHED, "pickup_before_visit"),
        (181, BookingStatus.FINISHED, "pickup_too_far"),
        (9, BookingStatus.BOOKED, "visit_not_finished"),
    ],
)
def test_wrong_slips_are_refused_and_nothing_is_written(slot: Slot, owner, days, status, code) -> None:
    wrong, right = finished(slot, 0), finished(slot, 1)
    Booking.objects.filter(pk=wrong.pk).update(status=status)
    wrong.status = status
    day = wrong.session.date
    with pytest.raises(ValidationError) as refused:
        note_slips(dates={wrong: day + dt.timedelta(days=days), right: day + LATER}, by=owner)
    assert codes_of(refused.value) == {str(wrong.uid): [code]}
    assert Card.objects.count() == 0


def test_only_the_desk_handles_cards(slot: Slot, people: People) -> None:
    booking = finished(slot)
    for by in (people.colleague, people.stranger, people.citizen):
        with pytest.raises(NotAllowed):
            note_slips(dates={booking: booking.session.date + LATER}, by=by)
    card = note_slips(dates={booking: booking.session.date + LATER}, by=people.owner)[0]
    for by in (people.colleague, people.stranger, people.citizen):
        with pytest.raises(NotAllowed):
            move_card(card=card, to=CardStatus.READY, by=by)
    assert Card.objects.get().status == CardStatus.IN_PRODUCTION


@pytest.mark.parametrize("frm", CardStatus.values)
@pytest.mark.parametrize("to", CardStatus.values)
def test_every_cell_of_the_table(slot: Slot, owner, frm, to) -> None:
    card = card_of(slot, owner)
    for step in {"in_production": [], "ready": ["ready"], "collected": ["ready", "collected"]}[frm]:
        move_card(card=card, to=step, by=owner)
    entries = CardEntry.objects.count()
    if (frm, to) in {(move.frm, move.to) for move in CARD_WORKFLOW.moves}:
        assert move_card(card=card, to=to, by=owner).pk == card.pk
        assert (Card.objects.get().status, CardEntry.objects.count()) == (to, entries + 1)
    else:
        with pytest.raises(Conflict) as refused:
            move_card(card=card, to=to, by=owner)
        assert (refused.value.code, Card.objects.get().status) == ("move_not_allowed", frm)


def test_person_is_told_once_however_often_the_card_comes(slot: Slot, owner) -> None:
    card = card_of(slot, owner)
    for to in (CardStatus.READY, CardStatus.IN_PRODUCTION, CardStatus.READY):
        move_card(card=card, to=to, by=owner)
    assert told() == [card.booking.uid]


def test_bulk_answers_every_line_and_a_wrong_one_spoils_nothing(slot: Slot, people: People) -> None:
    cards = [card_of(slot, people.owner, number) for number in range(3)]
    codes = [card.booking.declaration.code for card in cards]
    move_card(card=cards[2], to=CardStatus.READY, by=people.owner)
    address = f"https://cong.example/{slot.session.unit.slug}/phieu/{codes[0]}/"
    lines = [address, show_code(codes[1]).lower(), codes[2], "không phải mã", "ABCD-EFGH-JKM2", codes[1]]
    answers = mark_ready(lines=lines, by=people.owner)
    assert [answer.code for answer in answers][:4] == ["", "", "move_not_allowed", "code_invalid"]
    assert set(Card.objects.values_list("status", flat=True)) == {"ready"}
    assert sorted(map(str, told())) == sorted(str(card.booking.uid) for card in cards)


def test_strangers_codes_are_unknown(slot: Slot, people: People) -> None:
    code = card_of(slot, people.owner).booking.declaration.code
    assert [line.code for line in mark_ready(lines=[code], by=people.stranger)] == ["card_unknown"]
    assert [line.code for line in mark_ready(lines=[code], by=people.citizen)] == ["card_unknown"]
    assert Card.objects.get().status == CardStatus.IN_PRODUCTION


@pytest.mark.parametrize("verb", ["slips", "ready"])
def test_many_cost_as_many_statements_as_one(slot: Slot, owner, verb) -> None:
    costs = []
    assert owner.has_perm("appointments.change_card", slot.session.unit)  # his roles are read once
    for numbers in ([0], [1, 2, 3]):
        bookings = [finished(slot, number) for number in numbers]
        dates = {booking: booking.session.date + LATER for booking in bookings}
        if verb == "ready":
            note_slips(dates=dates, by=owner)
        with CaptureQueriesContext(connection) as captured:
            if verb == "ready":
                mark_ready(lines=[booking.declaration.code for booking in bookings], by=owner)
            else:
                note_slips(dates=dates, by=owner)
        costs.append(len(statements(captured)))
    assert costs[0] == costs[1]


# ---- officers' pages


def workbook(rows: list[list[Any]]) -> SimpleUploadedFile:
    book, stream = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return SimpleUploadedFile("the.xlsx", stream.getvalue())


def test_slips_page_takes_one_date_for_all_and_keeps_what_was_typed(slot: Slot, owner) -> None:
    bookings = [finished(slot, number) for number in range(3)]
    path = page("card_session", slot.session.uid)
    uid = str(bookings[0].uid)
    refused = desk(owner).post(path, {uid: "31/02/2027", "same_for_all": "x"})
    assert refused.status_code == 400
    assert "31/02/2027" in refused.content.decode()
    day = (bookings[0].session.date + LATER).strftime("%d/%m/%Y")
    assert desk(owner).post(path, {"same_for_all": day}).status_code == 302
    assert Card.objects.filter(pickup_on=bookings[0].session.date + LATER).count() == 3


def test_arrived_page_reads_a_workbook_and_keeps_the_wrong_lines(slot: Slot, owner) -> None:
    code = card_of(slot, owner).booking.declaration.code
    shown = desk(owner).post(
        page("card_arrived"), {"lines": "sai", "table": workbook([[code], [None], [""]])}
    )
    assert (shown.status_code, shown.context["done"]) == (200, 1)
    assert [line.typed for line in shown.context["wrong"]] == ["sai"]
    assert shown.context["form"].initial == {"lines": "sai"}
    assert Card.objects.get().status == CardStatus.READY


@pytest.mark.parametrize(
    ("upload", "field"),
    [
        (None, "lines"),
        (b"PK\x03\x04 broken", "table"),
        (b"\xff\xfe\x00", "table"),
        (b"x" * 2_000_001, "table"),
    ],
)
def test_nothing_readable_is_refused_politely(slot: Slot, owner, upload, field) -> None:
    sent = {} if upload is None else {"table": SimpleUploadedFile("the.xlsx", upload)}
    refused = desk(owner).post(page("card_arrived"), sent)
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, [field])


def test_owner_colleague_and_stranger_on_every_page(slot: Slot, people: People) -> None:
    card = card_of(slot, people.owner)
    finished(slot, 1)
    paths = {
        "list": page("card_changelist"),
        "card": page("card_change", card.pk),
        "arrived": page("card_arrived"),
        "sessions": page("card_slips"),
        "slips": page("card_session", slot.session.uid),
    }
    found = {
        name: {key: desk(officer).get(path).status_code for key, path in paths.items()}
        for name, officer in vars(people).items()
        if name in ("owner", "colleague", "stranger")
    }
    assert found == {
        "owner": {"list": 200, "card": 200, "arrived": 200, "sessions": 200, "slips": 200},
        "colleague": {"list": 200, "card": 200, "arrived": 403, "sessions": 403, "slips": 403},
        "stranger": {"list": 200, "card": 404, "arrived": 200, "sessions": 200, "slips": 404},
    }
    assert card.pk not in {
        row.pk for row in desk(people.stranger).get(paths["list"]).context["cl"].result_list
    }


def test_list_costs_the_same_for_one_card_and_three(slot: Slot, owner) -> None:
    costs, client = [], desk(owner)
    client.get(page("card_changelist"))
    for numbers in ([0], [1, 2]):
        for number in numbers:
            card_of(slot, owner, number)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page("card_changelist")).status_code == 200
        costs.append(len(statements(captured)))
    assert costs[0] == costs[1]


# ---- citizens


def test_ticket_and_api_follow_the_card(slot: Slot, owner) -> None:
    card = card_of(slot, owner)
    unit, code = slot.session.unit, card.booking.declaration.code
    day = card.pickup_on.strftime("%d/%m/%Y")
    seen = []
    for to in (None, CardStatus.READY, CardStatus.COLLECTED):
        if to:
            move_card(card=card, to=to, by=owner)
        text = Client().get(f"/{unit.slug}/phieu/{code}/").content.decode()
        answer = Client().get(f"/api/v1/visits/{code}/").json()["card"]
        seen.append((f"ngày trả {day}" in text, "đã về" in text, "đã nhận thẻ" in text, answer["status"]))
    assert seen == [
        (True, False, False, "in_production"),
        (False, True, False, "ready"),
        (False, False, True, "collected"),
    ]
