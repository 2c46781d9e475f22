"""How many SQL statements a page or an action costs; the same for one row and for three.

BEGIN, COMMIT and savepoints are not counted. A number that grows needs a reason in the commit that raises it.
"""

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments.models import Booking, Slot
from appointments.tests.visits import (
    book,
    code_for,
    confirm,
    family,
    hold,
    slots_in_order,
    statements,
)
from portal.officers.models import Officer
from tests.people import make_campaign, visit_data

ON_POSTGRES = connection.vendor == "postgresql"
# Measured; the same for one person and for a family of three. On PostgreSQL what is locked is one statement.
HOLD, CONFIRM, BOOK = (18, 6, 12) if ON_POSTGRES else (20, 16, 17)
HOLD_PAGE, CONFIRM_PAGE = HOLD + 1, CONFIRM + (2 if ON_POSTGRES else 3)


def cost(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(statements(captured))


def page_cost(client: Client, path: str) -> int:
    def get() -> None:
        assert client.get(path).status_code == 200

    return cost(get)


def logged_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    client.get("/quan-tri/")  # session and settings of the first request are no cost of a page
    return client


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("people", [1, 3])
def test_cost_of_holding_confirming_and_booking(slot: Slot, people: int) -> None:
    Slot.objects.update(capacity=10)
    hold(slot, 9)  # the hour's budget row exists from the second request on
    found = {"hold": cost(lambda: hold(slot, 0, people=family(people - 1)))}
    booking = Booking.objects.exclude(party=Booking.objects.earliest("pk").party).earliest("pk")
    code = code_for(booking)
    found["confirm"] = cost(lambda: confirm(booking, code=code))
    assert Booking.objects.filter(number__gt=0).count() == people
    found["book"] = cost(lambda: book(slot, 1, people=family(people - 1)))
    assert found == {"hold": HOLD, "confirm": CONFIRM, "book": BOOK}


@pytest.mark.django_db(transaction=True)
def test_cost_of_one_hold_and_one_confirmation_on_the_pages(slot: Slot) -> None:
    hold(slot, 9)
    client, unit, answers = Client(), slot.session.unit, []
    path = f"/{unit.slug}/dat-lich/khung-gio/{slot.uid}/"
    client.get(path)  # as everybody does before; which questions the unit asks is known from then on

    def post(address: str, **data: str) -> Callable[[], None]:
        return lambda: answers.append(client.post(address, data))

    assert cost(post(path, **visit_data(), slot=str(slot.uid))) == HOLD_PAGE
    code = code_for(Booking.objects.latest("pk"))
    assert cost(post(answers[0]["Location"], code=code)) == CONFIRM_PAGE
    assert [answer.status_code for answer in answers] == [302, 302]


def test_locked_part_of_a_booking_is_one_statement_on_postgres(slot: Slot) -> None:
    with CaptureQueriesContext(connection) as captured:
        book(slot)
    found = statements(captured)
    first = next(number for number, sql in enumerate(found) if "UPDATE appointments_slot" in sql)
    # On SQLite place, number, declaration, booking and history come one after the other.
    assert len(found) - first == (1 if ON_POSTGRES else 5)


@pytest.mark.parametrize("days", [1, 3])
def test_cost_of_citizens_pages_does_not_grow_with_days(ward, id_card, days: int) -> None:
    campaign = make_campaign(ward, id_card, days=days)
    slot = slots_in_order(campaign.sessions.first())[0]
    code = book(slot).declaration.code
    client = Client()
    found = {
        "choose": page_cost(client, f"/{ward.slug}/dat-lich/{campaign.slug}/"),
        # Which sensitive questions the unit turned on is asked once in five minutes.
        "declare, first of all": page_cost(client, f"/{ward.slug}/dat-lich/khung-gio/{slot.uid}/"),
        "declare": page_cost(client, f"/{ward.slug}/dat-lich/khung-gio/{slot.uid}/"),
        "ticket": page_cost(client, f"/{ward.slug}/phieu/{code}/"),
        "API campaigns": page_cost(client, f"/api/v1/units/{ward.slug}/campaigns/"),
        "API slots": page_cost(client, f"/api/v1/units/{ward.slug}/campaigns/{campaign.uid}/slots/"),
        "API visit": page_cost(client, f"/api/v1/visits/{code}/"),
    }
    assert found == {
        "choose": 5,
        "declare, first of all": 3,
        "declare": 2,
        "ticket": 5,
        "API campaigns": 3,
        "API slots": 3,
        "API visit": 1,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_cost_of_officers_lists_does_not_grow_with_rows(ward, id_card, owner, rows: int) -> None:
    campaigns = [make_campaign(ward, id_card, days=rows) for _row in range(rows)]
    slot = slots_in_order(campaigns[0].sessions.first())[0]
    for number in range(rows):
        book(slot, number)
    client = logged_in(owner)
    lists = ("campaign", "session", "booking")
    found = {name: page_cost(client, f"/quan-tri/appointments/{name}/") for name in lists}
    # Three ask for the menu's badges (Zalo accounts, conversations, procedures); one of campaign's, once per
    # request, which units the officer's roles reach: a row has its button for whom the rule lets open or
    # close it. The filter of the rows asks the same inside its own SQL.
    assert found == {"campaign": 10, "session": 11, "booking": 9}


def test_cost_of_the_api_hold_is_the_actions_and_the_unit(slot: Slot) -> None:
    hold(slot, 9)
    body = json.dumps(visit_data() | {"slot": str(slot.uid)})
    path = f"/api/v1/units/{slot.session.unit.slug}/visits/"
    assert cost(lambda: Client().post(path, body, content_type="application/json")) == HOLD + 1
