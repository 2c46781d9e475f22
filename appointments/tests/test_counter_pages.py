"""Pages of counters and calling rules: the chief sets them up, the desk looks, strangers see nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import Counter, DeskRules
from appointments.tests.halls import make_counter


def desk(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def page(name: str, *args: object) -> str:
    return reverse(f"admin:appointments_{name}", args=args)


def test_chief_adds_a_counter_and_rules_of_his_unit(ward, owner) -> None:
    client = desk(owner)
    data = {"unit": ward.pk, "number": "3", "name": "Chụp ảnh", "is_active": "on"}
    assert client.post(page("counter_add"), data).status_code == 302
    rules = {"unit": ward.pk, "priority_every": "4", "minutes_per_person": "12"}
    assert client.post(page("deskrules_add"), rules).status_code == 302
    assert list(Counter.objects.values_list("number", "name")) == [(3, "Chụp ảnh")]
    assert list(DeskRules.objects.values_list("priority_every", "minutes_per_person")) == [(4, 12)]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("counter", {"number": "0"}),
        ("counter", {"number": "100"}),
        ("counter", {"number": "x"}),
        ("deskrules", {"minutes_per_person": "0"}),
        ("deskrules", {"priority_every": "21"}),
    ],
)
def test_impossible_values_are_refused_on_the_page(ward, owner, name: str, changes: dict) -> None:
    usual = {"unit": ward.pk, "number": "1", "priority_every": "2", "minutes_per_person": "10"}
    answer = desk(owner).post(page(f"{name}_add"), usual | changes)
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == list(changes)


def test_same_number_twice_in_a_unit_is_refused(ward, owner) -> None:
    make_counter(ward, 1)
    data = {"unit": ward.pk, "number": "1", "name": "", "is_active": "on"}
    assert desk(owner).post(page("counter_add"), data).status_code == 200
    assert Counter.objects.count() == 1


def test_counter_of_another_unit_cannot_be_added_seen_or_changed(ward, other_ward, stranger) -> None:
    counter, client = make_counter(ward, 1), desk(stranger)
    assert client.get(page("counter_change", counter.pk)).status_code == 404
    assert list(client.get(page("counter_changelist")).context["cl"].queryset) == []
    data = {"unit": ward.pk, "number": "2", "name": "", "is_active": "on"}
    assert client.post(page("counter_add"), data).status_code == 200
    assert Counter.objects.count() == 1


def test_colleague_at_the_desk_looks_and_changes_nothing(ward, colleague) -> None:
    counter, client = make_counter(ward, 1), desk(colleague)
    assert client.get(page("counter_change", counter.pk)).status_code == 200
    client.post(page("counter_change", counter.pk), {"unit": ward.pk, "number": "9", "name": ""})
    assert client.get(page("counter_add")).status_code == 403
    counter.refresh_from_db()
    assert counter.number == 1
