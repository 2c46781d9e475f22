"""After a key rotation every old row is written anew with the first key; a run may be interrupted."""

import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from appointments.actions.hold_visit import hold_visit
from portal.citizens.actions.persons import declare_person
from portal.citizens.models import Person
from portal.common.actors import ANONYMOUS_CITIZEN, SystemActor
from portal.home.management.commands import reencrypt_columns
from portal.home.management.commands.reencrypt_columns import Table, sealed_models
from portal.notifications.models import ContactPoint
from procedures.models import Declaration
from tests.people import visit_data

BY = SystemActor("tests")
OLD, NEW = os.urandom(32), os.urandom(32)
ROTATED = {"k2": NEW, "k1": OLD}


@pytest.fixture(autouse=True)
def old_key(settings):
    """Everything before the rotation is written with k1."""
    settings.FIELD_KEYS = {"k1": OLD}


def run(**options) -> str:
    answer = StringIO()
    call_command("reencrypt_columns", stdout=answer, stderr=StringIO(), **options)
    return answer.getvalue()


def people(count: int) -> list[Person]:
    return [
        declare_person(full_name=f"Nguyễn Văn {chr(65 + number)}n", birth_date="1990", by=BY)
        for number in range(count)
    ]


def names() -> list[str]:
    return [person.full_name for person in Person.objects.order_by("pk")]


def test_every_table_with_sealed_columns_is_walked():
    assert {"citizens.Person", "procedures.Declaration", "appointments.StatusEntry"} <= {
        model._meta.label for model in sealed_models()
    }


def test_rows_of_every_room_open_without_the_old_key(slot, ward):
    booking, _challenge = hold_visit(
        unit=ward,
        slot=str(slot.uid),
        data=visit_data(1),
        address="192.0.2.1",
        proof=None,
        by=ANONYMOUS_CITIZEN,
    )
    told = "Nguyễn Thị Bnh"
    with override_settings(FIELD_KEYS=ROTATED):
        run()
    with override_settings(FIELD_KEYS={"k2": NEW}):
        assert Declaration.objects.get().details["full_name"] == told
        assert [point.phone for point in ContactPoint.objects.all()] == ["+84751000001"]
    assert booking.pk


@pytest.mark.django_db
def test_batches_reach_every_row_and_empty_columns_stay_empty():
    people(7)
    before = names()
    with override_settings(FIELD_KEYS=ROTATED):
        assert "citizens.Person: 7/7" in run(batch=3).splitlines()
    with override_settings(FIELD_KEYS={"k2": NEW}):
        assert names() == before
        assert Person.objects.filter(occupation__isnull=True).count() == 7


@pytest.mark.django_db
def test_an_interrupted_run_is_taken_up_again(monkeypatch):
    people(6)
    rewrite = Table.rewrite

    def power_cut(table, keys):
        if table.model is Person and keys[0] > Person.objects.order_by("pk")[2].pk:
            raise KeyboardInterrupt
        return rewrite(table, keys)

    with override_settings(FIELD_KEYS=ROTATED):
        monkeypatch.setattr(Table, "rewrite", power_cut)
        with pytest.raises(KeyboardInterrupt):
            run(batch=2)
        monkeypatch.setattr(Table, "rewrite", rewrite)
        again = run(batch=2)
        assert ("citizens.Person: 2/6" in again.splitlines(), run().splitlines()[-1]) == (
            True,
            "Xong: 0 dòng ghi lại bằng khóa k2.",
        )


@pytest.mark.django_db
def test_check_counts_rows_by_key_and_changes_nothing():
    people(2)
    with override_settings(FIELD_KEYS=ROTATED):
        people(1)
        lines = [
            line for line in run(check=True).splitlines() if line.startswith("citizens.Person.full_name")
        ]
        assert lines == ["citizens.Person.full_name k1 2", "citizens.Person.full_name k2 1"]
        assert run(check=True) == run(check=True)


@pytest.mark.django_db
def test_a_row_whose_key_is_gone_is_named_without_its_content():
    person = people(1)[0]
    with (
        override_settings(FIELD_KEYS={"k2": NEW}),
        pytest.raises(CommandError, match=f"^citizens.Person {person.uid}: không mở được cột full_name"),
    ):
        run()


@pytest.mark.django_db
def test_a_batch_of_nothing_is_refused():
    with pytest.raises(CommandError, match="--batch"):
        run(batch=0)


def test_the_key_id_is_read_from_the_front_of_a_sealed_value():
    assert [reencrypt_columns.written_with(content) for content in (b"\x02k1rest", b"")] == ["k1", ""]
