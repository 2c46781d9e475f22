"""For every model with personal columns somebody said how it is told, corrected, erased and how long kept."""

import json

import pytest

from appointments.models import Booking
from appointments.tests.visits import confirm, hold
from portal.citizens.actions.personal_data import export_person
from portal.citizens.models import Person
from portal.citizens.personal_data import Holding, Part, Unlinked, declared_models, holdings
from portal.common.fields import EncryptedField, LookupHashField
from portal.notifications.actions.link_zalo_user import link_zalo_user
from portal.notifications.models import ContactPoint
from portal.zalo.models import OfficialAccount, ZaloUser
from portal.zalo.models.events import user_id_hash
from tests.contracts.law import ROOT, house_models
from tests.people import BY


def models_with_personal_columns() -> set[str]:
    return {
        model._meta.label_lower
        for model in house_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedField | LookupHashField)
    }


def test_every_model_with_personal_columns_is_declared():
    undeclared = models_with_personal_columns() - set(declared_models())
    assert undeclared == set(), (
        f"say in the room's handlers.py what {sorted(undeclared)} hold: "
        "register_personal_data(label, Holding(…) | Part(…) | Unlinked(…))"
    )


def test_only_models_with_personal_columns_are_declared():
    assert set(declared_models()) - models_with_personal_columns() == set()


def test_every_declaration_says_why_how_long_and_by_which_rule():
    silent = set()
    for label, declared in declared_models().items():
        words = {
            Holding: lambda it: (it.terms.purpose, it.terms.keep, it.terms.legal, it.terms.correct),
            Part: lambda it: (it.of, it.reason),
            Unlinked: lambda it: (it.purpose, it.keep, it.reason),
        }[type(declared)](declared)
        silent |= {label} if any(len(str(word)) < 5 for word in words) else set()
    assert silent == set()


def test_parts_belong_to_rows_that_are_told():
    parts = {label: part.of.lower() for label, part in declared_models().items() if isinstance(part, Part)}
    assert parts != {}
    assert {label: of for label, of in parts.items() if of not in holdings()} == {}


def test_rows_of_units_say_so_in_both_directions():
    lopsided = {label for label, held in holdings().items() if (held.units is None) != (held.persons is None)}
    assert lopsided == set()


def test_privacy_document_names_every_declared_model():
    text = (ROOT / "docs/privacy.md").read_text()
    names = {model._meta.label for model in house_models() if model._meta.label_lower in declared_models()}
    assert {name for name in names if f"`{name}`" not in text} == set()


@pytest.fixture
def booking(slot) -> Booking:
    data = {"identity_number": "012150000007", "note": "Đi lại khó khăn", "old_address": "Xóm Mây cũ"}
    return confirm(hold(slot, **data))


def link_zalo(booking: Booking) -> str:
    """The phone that booked is linked to a Zalo user; returns his id."""
    account = OfficialAccount.objects.create(
        unit=booking.slot.session.unit, app_id="1000000000000000001", app_secret="secret", webhook_key="key"
    )
    user_id = "3000000000000000042"
    user = ZaloUser.objects.create(account=account, user_id=user_id, user_id_hash=user_id_hash(user_id))
    link_zalo_user(contact_point=ContactPoint.objects.get(), zalo_user=user, how="code", by=BY)
    return user_id


def test_every_rooms_columns_of_one_person_are_told(booking):
    """What stands sealed in any room's row about this person stands readable in the export."""
    zalo_id = link_zalo(booking)
    told = export_person(person=Person.objects.get(), by=BY)
    assert {part["kind"] for part in told["held"]} == set(holdings())
    text = json.dumps(told, ensure_ascii=False)
    planted = (
        "Nguyễn Thị Anh",
        "1950-09-05",
        "012150000007",
        "Đi lại khó khăn",
        "Xóm Mây cũ",
        "+84751000000",
        zalo_id,
    )
    assert [value for value in planted if value not in text] == []
