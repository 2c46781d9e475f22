"""Encrypted columns behave like plain attributes and refuse every way around the row's uid."""

import datetime as dt
import uuid

import pytest
from django.core import serializers
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from portal.common.crypto import CannotUnseal
from portal.common.fields import EncryptedTextField, LookupHashField
from portal.requests.models import IdempotencyRecord

SECRET = {"name": "Trần Thị Bưởi", "list": [1, None, True]}


def unsaved(**facts):
    later = timezone.now() + dt.timedelta(minutes=1)
    given = {"answer": SECRET, "status_code": 200} | facts
    return IdempotencyRecord(
        caller_digest="c",
        key_digest=uuid.uuid4().hex,
        request_hash="r",
        lease=uuid.uuid4(),
        lease_until=later,
        expires_at=later,
        **given,
    )


@pytest.fixture
def row(db):
    record = unsaved()
    record.save()
    return record


def stored(record):
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM requests_idempotencyrecord WHERE id = %s", [record.pk])
        found = cursor.fetchone()[0]
    return None if found is None else bytes(found)


def put(record, content):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_idempotencyrecord SET answer = %s WHERE id = %s", [content, record.pk]
        )


def fresh(record):
    return IdempotencyRecord.objects.get(pk=record.pk)


def test_value_comes_back(row):
    assert row.answer == SECRET
    assert fresh(row).answer == SECRET


def test_database_holds_ciphertext_only(row):
    assert "Bưởi".encode() not in stored(row)
    assert stored(row)[1:3] == b"t1"


def test_nothing_given_stays_null(db):
    record = unsaved(answer=None, status_code=None)
    record.save()
    assert (stored(record), fresh(record).answer) == (None, None)
    assert IdempotencyRecord.objects.filter(answer__isnull=True).count() == 1


def test_ciphertext_moved_to_another_row_does_not_open(row):
    other = unsaved(answer={"own": 1})
    other.save()
    put(other, stored(row))
    with pytest.raises(CannotUnseal):
        _ = fresh(other).answer


def test_ciphertext_of_another_column_does_not_open(row, monkeypatch):
    monkeypatch.setattr(IdempotencyRecord._meta.get_field("answer"), "label", "requests.idempotency.other")
    with pytest.raises(CannotUnseal):
        _ = fresh(row).answer


def test_update_of_plain_values_is_refused(row):
    with pytest.raises(TypeError, match="plain text never reaches"), transaction.atomic():
        IdempotencyRecord.objects.filter(pk=row.pk).update(answer={"new": 1})
    assert fresh(row).answer == SECRET


def test_update_to_null_is_allowed(row):
    IdempotencyRecord.objects.filter(pk=row.pk).update(answer=None)
    assert fresh(row).answer is None


def test_bulk_update_is_refused(row):
    row.answer = {"new": 1}
    with pytest.raises(TypeError), transaction.atomic():
        IdempotencyRecord.objects.bulk_update([row], ["answer"])
    assert fresh(row).answer == SECRET


def test_bulk_create_seals_each_row_for_itself(db):
    made = IdempotencyRecord.objects.bulk_create([unsaved(answer={"n": n}) for n in range(3)])
    assert [fresh(record).answer for record in made] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert len({stored(record) for record in made}) == 3


def test_deferred_column_is_loaded_when_it_is_read(row, django_assert_num_queries):
    lean = IdempotencyRecord.objects.defer("answer").get(pk=row.pk)
    with django_assert_num_queries(1):
        assert lean.answer == SECRET
    with django_assert_num_queries(0):
        assert lean.answer == SECRET


def test_column_is_not_opened_before_it_is_read(row):
    """A list of rows costs no decryption, and a damaged column does not break the row."""
    put(row, b"damaged")
    loaded = fresh(row)
    loaded.operation = "POST /x"
    loaded.save()
    assert fresh(row).operation == "POST /x"
    assert stored(row) == b"damaged"


def test_saving_an_unread_column_keeps_its_ciphertext(row):
    before = stored(row)
    loaded = fresh(row)
    loaded.save()
    assert stored(row) == before


def test_changed_value_is_saved(row):
    loaded = fresh(row)
    loaded.answer["name"] = "Lê Văn Cam"
    loaded.save(update_fields=["answer"])
    assert fresh(row).answer["name"] == "Lê Văn Cam"


def test_saving_again_works_on_the_same_instance(row):
    row.answer = {"second": 2}
    row.save()
    row.save()
    assert (row.answer, fresh(row).answer) == ({"second": 2}, {"second": 2})


def test_refresh_from_db_reads_the_new_ciphertext(row):
    other = fresh(row)
    other.answer = {"second": 2}
    other.save()
    row.refresh_from_db()
    assert row.answer == {"second": 2}


@pytest.mark.parametrize("lookup", ["answer", "answer__exact", "answer__contains", "answer__in"])
def test_look_up_is_refused(db, lookup):
    with pytest.raises(TypeError, match="look up by its keyed hash"):
        IdempotencyRecord.objects.filter(**{lookup: ["x"]}).exists()


def test_serialising_is_refused(row):
    with pytest.raises(TypeError, match="never serialised"):
        serializers.serialize("json", [row])


def test_values_give_ciphertext_that_does_not_show_itself(row):
    found = IdempotencyRecord.objects.values_list("answer", flat=True).get()
    assert "Bưởi" not in repr(found)


def test_repr_of_a_row_shows_the_uid_only(row):
    assert repr(row) == f"<IdempotencyRecord {row.uid}>"


def test_key_rotation_reads_old_rows_and_rewrites_them_when_they_are_saved(db):
    with override_settings(FIELD_KEYS={"k1": b"o" * 32}):
        record = unsaved()
        record.save()
    with override_settings(FIELD_KEYS={"k2": b"n" * 32, "k1": b"o" * 32}):
        loaded = fresh(record)
        assert loaded.answer == SECRET
        loaded.save()
    assert stored(record)[1:3] == b"k2"
    with override_settings(FIELD_KEYS={"k2": b"n" * 32}):
        assert fresh(record).answer == SECRET


def test_fields_survive_migrations():
    for field in (EncryptedTextField(label="a.b", null=True), LookupHashField(label="a", unique=True)):
        _name, _path, args, kwargs = field.deconstruct()
        again = type(field)(*args, **kwargs)
        assert (again.label, again.null, again.unique, again.editable) == (
            field.label, field.null, field.unique, field.editable,
        )  # fmt: skip


def test_editable_column_has_a_form_field():
    assert type(EncryptedTextField(label="a.b", blank=True).formfield()).__name__ == "CharField"
