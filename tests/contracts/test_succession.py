"""What happens to rows when units merge is decided for every model that names a unit."""

from django.db.models import ForeignKey

from portal.units.models import Unit
from portal.units.succession import declared_models
from tests.contracts.law import house_models


def models_with_unit() -> set[str]:
    return {
        model._meta.label_lower
        for model in house_models()
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and field.related_model is Unit
    }


def test_every_model_with_a_unit_is_in_succession():
    undeclared = models_with_unit() - set(declared_models())
    assert undeclared == set(), (
        f"say in the room's apps.py what becomes of {sorted(undeclared)} when units merge: "
        "register_succession(label, mover) or register_stays(label, reason)"
    )


def test_succession_names_only_models_that_exist():
    labels = {model._meta.label_lower for model in house_models()}
    assert set(declared_models()) - labels == set()
