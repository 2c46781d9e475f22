"""Sensitive questions: off by default, per unit, recorded, and only for whoever sets the unit up."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.audit.models import AuditEntry
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import NotAllowed
from procedures.actions.set_questions import set_questions
from procedures.declarations.id_card import validate_declaration
from procedures.models import DeclarationSettings
from procedures.queries import asked_by
from tests.people import BY, People, visit_data

LIST = "admin:procedures_declarationsettings_changelist"
ADD = "admin:procedures_declarationsettings_add"


def desk(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def test_nothing_sensitive_is_asked_until_a_unit_wants_it(ward, django_assert_num_queries) -> None:
    assert asked_by(ward) == ()
    with django_assert_num_queries(0):
        assert asked_by(ward) == ()


def test_turning_on_and_off_is_seen_at_once_and_recorded(
    ward, other_ward, django_capture_on_commit_callbacks
) -> None:
    asked_by(ward)
    for on, expected in ((True, ("ethnicity", "religion")), (False, ())):
        with django_capture_on_commit_callbacks(execute=True):
            set_questions(unit=ward, ask_ethnicity=on, ask_religion=on, by=BY)
        assert (asked_by(ward), asked_by(other_ward)) == (expected, ())
    entries = AuditEntry.objects.filter(action="declaration.questions_set").order_by("pk")
    assert [entry.detail["ask_religion"] for entry in entries] == [True, False]
    assert DeclarationSettings.objects.count() == 1


def test_what_a_unit_did_not_ask_is_not_kept(db) -> None:
    data = visit_data(ethnicity="Kinh", religion="Không")
    assert not {"ethnicity", "religion"} & set(validate_declaration(data))
    found = validate_declaration(data, asks=("ethnicity",))
    assert found["ethnicity"] == "Kinh"
    assert "religion" not in found


def test_chief_sets_own_unit_only_and_others_nothing(people: People, ward, other_ward) -> None:
    for by, unit in ((people.colleague, ward), (people.stranger, ward), (ANONYMOUS_CITIZEN, ward)):
        with pytest.raises(NotAllowed):
            set_questions(unit=unit, ask_ethnicity=True, ask_religion=False, by=by)
    set_questions(unit=ward, ask_ethnicity=True, ask_religion=False, by=people.owner)
    assert DeclarationSettings.objects.get().asks == ("ethnicity",)


def test_screen_writes_through_the_action(people: People, ward, other_ward) -> None:
    answer = desk(people.owner).post(reverse(ADD), {"unit": ward.pk, "ask_religion": "on"})
    assert answer.status_code == 302
    row = DeclarationSettings.objects.get()
    assert row.asks == ("religion",)
    change = reverse("admin:procedures_declarationsettings_change", args=[row.pk])
    assert desk(people.owner).post(change, {"ask_ethnicity": "on"}).status_code == 302
    assert DeclarationSettings.objects.get().asks == ("ethnicity",)
    actors = AuditEntry.objects.filter(action="declaration.questions_set").values_list("actor", flat=True)
    assert list(actors) == [people.owner.actor_ref] * 2
    foreign = desk(people.owner).post(reverse(ADD), {"unit": other_ward.pk, "ask_religion": "on"})
    assert list(foreign.context["adminform"].form.errors) == ["unit"]


def test_who_sees_the_screen(people: People, ward) -> None:
    row = set_questions(unit=ward, ask_ethnicity=True, ask_religion=False, by=BY)
    change = reverse("admin:procedures_declarationsettings_change", args=[row.pk])
    who = (people.owner, people.colleague, people.stranger)
    assert [desk(one).get(reverse(LIST)).status_code for one in who] == [200, 403, 200]
    assert [desk(one).get(change).status_code for one in who] == [200, 403, 404]
    seen = [desk(one).get(reverse(LIST)).content.decode().count(change) for one in (who[0], who[2])]
    assert [count > 0 for count in seen] == [True, False]


def test_list_needs_as_many_queries_for_three_rows_as_for_one(
    people: People, units, django_assert_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.people import make_officer

    province = units["Tỉnh Sơn Hải"]
    chief = make_officer("province_chief", province, "unit_chief")
    below = [unit for unit in units.values() if unit.parent_id == province.pk][:3]
    counts = []
    for step in (below[:1], below[1:]):
        for unit in step:
            set_questions(unit=unit, ask_ethnicity=True, ask_religion=False, by=BY)
        client = desk(chief)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(reverse(LIST)).context["cl"].result_count == DeclarationSettings.objects.count()
        counts.append(len(captured))
    assert len(below) == 3
    assert counts[0] == counts[1]
