"""The people of every test: owner, colleague, stranger, citizen, stranger citizen. All fictitious.

The owner works where the thing under test belongs, the colleague in the same unit with fewer roles, the
stranger in another unit. Phones are from the reserved range 075.
"""

import datetime as dt
from dataclasses import dataclass

import pytest

from appointments.actions.open_campaign import create_campaign, move_campaign
from appointments.enums import CampaignStatus
from appointments.models import Campaign, Slot
from appointments.timetable import Plan, Round
from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.models import Contact
from portal.common.actors import SystemActor
from portal.common.clock import local_today
from portal.officers.actions.create_officer import create_officer
from portal.officers.actions.grant_role import grant_role
from portal.officers.models import Officer
from portal.units.actions.load_demo_units import load_demo_units
from portal.units.models import Unit
from procedures.actions.load_catalogue import load_catalogue
from procedures.models import Procedure
from procedures.queries import ID_CARD, procedure_by_key

BY = SystemActor("tests")
CITIZEN_PHONE = "+84750000001"
STRANGER_PHONE = "+84750000002"


@dataclass(frozen=True)
class People:
    """Everybody at once, for tests that compare what each may see."""

    owner: Officer
    colleague: Officer
    stranger: Officer
    citizen: Contact
    stranger_citizen: Contact


def make_officer(username: str, unit: Unit, *roles: str) -> Officer:
    """An officer who already replaced the one-time password."""
    officer, _secret = create_officer(username=username, unit=unit, by=BY)
    for role in roles:
        grant_role(officer=officer, role=role, unit=unit, by=BY)
    Officer.objects.filter(pk=officer.pk).update(must_change_password=False)
    return Officer.objects.get(pk=officer.pk)


@pytest.fixture
def units(db: None) -> dict[str, Unit]:
    """The demo units by display name."""
    return load_demo_units(by=BY)


@pytest.fixture
def ward(units: dict[str, Unit]) -> Unit:
    """The unit under test."""
    return units["Phường Hải Vân Đông"]


@pytest.fixture
def other_ward(units: dict[str, Unit]) -> Unit:
    """The stranger's unit."""
    return units["Phường Bến Đông Hạ"]


@pytest.fixture
def owner(ward: Unit) -> Officer:
    """ID-card desk and chief of the ward."""
    return make_officer("owner", ward, "id_desk", "unit_chief")


@pytest.fixture
def colleague(ward: Unit) -> Officer:
    """Duty officer of the same ward: sees and checks in, opens nothing."""
    return make_officer("colleague", ward, "duty_officer")


@pytest.fixture
def stranger(other_ward: Unit) -> Officer:
    """ID-card desk and chief of another ward."""
    return make_officer("stranger", other_ward, "id_desk", "unit_chief")


@pytest.fixture
def citizen(db: None) -> Contact:
    return ensure_contact(phone=CITIZEN_PHONE, by=BY)


@pytest.fixture
def stranger_citizen(db: None) -> Contact:
    return ensure_contact(phone=STRANGER_PHONE, by=BY)


@pytest.fixture
def people(
    owner: Officer, colleague: Officer, stranger: Officer, citizen: Contact, stranger_citizen: Contact
) -> People:
    return People(owner, colleague, stranger, citizen, stranger_citizen)


@pytest.fixture
def id_card(db: None) -> Procedure:
    """The procedure every booking is about."""
    load_catalogue(by=BY, only=(ID_CARD,))
    return procedure_by_key(ID_CARD)


def make_campaign(
    unit: Unit, procedure: Procedure, *, capacity: int = 3, days: int = 2, hours: int = 2
) -> Campaign:
    """An open campaign from tomorrow on: `days` sessions from 08:00, half-hour slots of `capacity` places."""
    first = local_today() + dt.timedelta(days=1)
    line = Round(
        first_date=first,
        last_date=first + dt.timedelta(days=days - 1),
        weekdays=(0, 1, 2, 3, 4, 5, 6),
        place_name="Nhà văn hóa phường",
        place_address="Số 25 đường Hoa Sữa",
        spans=((480, 480 + 60 * hours),),
        slot_minutes=30,
        capacity=capacity,
    )
    plan = Plan(name="Cấp căn cước lưu động", rounds=(line,), skip_holidays=False)
    campaign = create_campaign(unit=unit, procedure=procedure, plan=plan, by=BY)
    return move_campaign(campaign=campaign, to=CampaignStatus.OPEN, by=BY)


@pytest.fixture
def campaign(ward: Unit, id_card: Procedure) -> Campaign:
    """Two days with four slots of three places each."""
    return make_campaign(ward, id_card)


@pytest.fixture
def slot(campaign: Campaign) -> Slot:
    """The first slot of the campaign."""
    return (
        Slot.objects.select_related("session__campaign").filter(session__campaign=campaign).order_by("pk")[0]
    )


def visit_data(number: int = 0, **changes: str) -> dict[str, str]:
    """A right declaration of the `number`-th imaginary citizen."""
    data = {
        "full_name": f"Nguyễn Thị {chr(65 + number % 26)}nh",
        "birth_date": f"05/09/{1950 + number % 50}",
        "phone": f"075{1_000_000 + number:07d}",
        "request_kind": "swap",
    }
    return data | changes
