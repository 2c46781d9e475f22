"""Helpers are enrolled at the desk, by whom the table says, once, for a time."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.actions.enrol_helper import end_helper, enrol_helper
from appointments.models import Helper
from appointments.tests.test_desk import desk, page
from appointments.tests.visits import statements
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.units.models import Hamlet, Unit
from tests.people import People

RIGHT: dict[str, Any] = {"phone": "0750 000 009", "full_name": "Lò Thị Mây", "quota": 30}


def enrol(unit: Unit, by: Any, **changes: Any) -> Helper:
    return enrol_helper(unit=unit, by=by, **(RIGHT | changes))


def test_enrolled_for_a_year_and_only_once(ward, owner) -> None:
    helper = enrol(ward, owner)
    assert (helper.valid_to, helper.quota) == (local_today() + dt.timedelta(days=365), 30)
    with pytest.raises(Conflict) as refused:
        enrol(ward, owner, full_name="Lò Văn Núi")
    assert (refused.value.code, Helper.objects.count()) == ("already_helper", 1)


@pytest.mark.parametrize("how", ["ended", "ran out"])
def test_enrolled_again_after_the_first_time_is_over(ward, owner, how) -> None:
    first = enrol(ward, owner)
    if how == "ended":
        end_helper(helper=first, by=owner)
    else:
        Helper.objects.update(valid_to=local_today() - dt.timedelta(days=1))
    again = enrol(ward, owner)
    assert list(Helper.objects.filter(ended_at=None)) == [again]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"phone": "113"}, {"phone": ["phone_invalid"]}),
        ({"full_name": "<b>"}, {"full_name": ["name_letters"]}),
        ({"quota": 0}, {"quota": ["quota_invalid"]}),
        ({"quota": 501}, {"quota": ["quota_invalid"]}),
        ({"valid_to": dt.date(2020, 1, 1)}, {"valid_to": ["period_invalid"]}),
        ({"valid_to": dt.date(2999, 1, 1)}, {"valid_to": ["period_invalid"]}),
        ({"phone": "", "quota": 0}, {"phone": ["phone_invalid"], "quota": ["quota_invalid"]}),
    ],
)
def test_every_fault_is_named_at_once(ward, owner, changes, codes) -> None:
    with pytest.raises(ValidationError) as refused:
        enrol(ward, owner, **changes)
    found = {field: [item.code for item in items] for field, items in refused.value.error_dict.items()}
    assert (found, Helper.objects.count()) == (codes, 0)


def test_hamlet_of_another_unit_is_refused(ward, other_ward, owner) -> None:
    elsewhere = Hamlet.objects.filter(unit=other_ward).first() or Hamlet.objects.create(
        unit=other_ward, name="Đông", kind="thon", folded_name="dong"
    )
    with pytest.raises(ValidationError) as refused:
        enrol(ward, owner, hamlet=elsewhere)
    assert refused.value.error_dict["hamlet"][0].code == "hamlet_elsewhere"


def test_only_the_desk_enrols_and_ends(ward, people: People) -> None:
    helper = enrol(ward, people.owner)
    for by in (people.colleague, people.stranger, people.citizen, helper.contact):
        with pytest.raises(NotAllowed):
            enrol(ward, by, phone="0750000010")
        with pytest.raises(NotAllowed):
            end_helper(helper=helper, by=by)
    assert Helper.objects.get().ended_at is None


# ---- officers' pages


def test_form_enrols_and_keeps_what_was_typed(ward, owner) -> None:
    typed = {"unit": ward.pk, "full_name": "Lò Thị Mây", "phone": "11", "quota": "30"}
    refused = desk(owner).post(page("helper_add"), typed)
    form = refused.context["adminform"].form
    assert (refused.status_code, list(form.errors), Helper.objects.count()) == (200, ["phone"], 0)
    assert 'value="Lò Thị Mây"' in refused.content.decode()
    saved = desk(owner).post(page("helper_add"), typed | {"phone": "0750000009"})
    assert (saved.status_code, Helper.objects.count()) == (302, 1)


def test_button_ends_and_a_stranger_finds_nothing(ward, people: People) -> None:
    helper = enrol(ward, people.owner)
    paths = [page("helper_changelist"), page("helper_change", helper.pk), page("helper_add")]
    found = {
        name: [desk(officer).get(path).status_code for path in paths]
        for name, officer in vars(people).items()
        if name in ("owner", "colleague", "stranger")
    }
    assert found == {"owner": [200, 200, 200], "colleague": [403, 403, 403], "stranger": [200, 404, 200]}
    assert desk(people.stranger).post(page("helper_end", helper.uid)).status_code == 404
    assert desk(people.colleague).post(page("helper_end", helper.uid)).status_code in (403, 404)
    assert Helper.objects.get().ended_at is None
    assert desk(people.owner).post(page("helper_end", helper.uid)).status_code == 302
    assert Helper.objects.get().ended_at is not None


def test_list_costs_the_same_for_one_and_three(ward, owner) -> None:
    costs, client = [], desk(owner)
    client.get(page("helper_changelist"))
    for phones in (["0750000009"], ["0750000010", "0750000011"]):
        for phone in phones:
            enrol(ward, owner, phone=phone)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page("helper_changelist")).status_code == 200
        costs.append(len(statements(captured)))
    assert costs[0] == costs[1]
