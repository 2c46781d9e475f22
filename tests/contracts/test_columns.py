"""Personal data is encrypted: a plain column stands only where somebody agreed that it may."""

from django.db import models

from portal.common.fields import EncryptedField, LookupHashField
from tests.contracts.law import house_models
from tests.contracts.personal_columns import PLAIN

# Kinds that cannot hold a name, a number or words of a person. A DateField can: a birth date is one.
HARMLESS = (
    EncryptedField,
    LookupHashField,
    models.BooleanField,
    models.DateTimeField,
    models.UUIDField,
    models.AutoField,
    models.ForeignKey,
)


def plain_columns() -> set[str]:
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in house_models()
        for field in model._meta.local_concrete_fields
        if not isinstance(field, HARMLESS)
    }


def declared() -> set[str]:
    return {f"{label}.{name}" for label, names in PLAIN.items() for name in names.split()}


def test_every_plain_column_is_declared():
    undeclared = plain_columns() - declared()
    assert undeclared == set(), f"undeclared plain personal column: {sorted(undeclared)}"


def test_every_declared_column_exists():
    assert declared() - plain_columns() == set()


def test_encrypted_columns_have_labels_of_their_own():
    """The label binds a ciphertext to its column: two columns with one label could be swapped."""
    labels = [
        field.label
        for model in house_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedField)
    ]
    assert len(labels) > 10
    assert sorted(labels) == sorted(set(labels))


def test_models_with_encrypted_columns_have_a_uid():
    """Associated data is label and uid; without a uid ciphertexts of two rows could be swapped."""
    sealed = [
        model
        for model in house_models()
        if any(isinstance(field, EncryptedField) for field in model._meta.fields)
    ]
    assert [model._meta.label for model in sealed if not hasattr(model, "uid")] == []
