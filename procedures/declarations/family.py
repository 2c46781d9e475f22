"""Several people declared at once: what they share is given once, each person's own answers follow."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.text import fold
from procedures.declarations.addresses import names_of
from procedures.declarations.ages import band_of
from procedures.declarations.id_card import IdCardDeclaration, as_typed
from procedures.enums import AgeBand

MOST_PEOPLE = 8
REPRESENTATIVE = IdCardDeclaration.CHILD
# Answers that make sense together only: who gives one of them has given the others up.
TOGETHER = (names_of("permanent"), names_of("current"), REPRESENTATIVE)
SHARED = (
    "phone",
    *(name for group in TOGETHER for name in group),
    "old_address",
    "delivery",
    "delivery_address",
    "accept_warnings",
)
Errors = dict[str, list[ValidationError]]


def validate_family(
    shared: dict[str, Any],
    people: list[Any],
    *,
    phone_required: bool = True,
    kind_required: bool = True,
    asks: tuple[str, ...] = (),
    day: dt.date | None = None,
) -> list[dict[str, str]]:
    """One complete dict per person, as `validate_declaration` returns it; people keep their order.

    `shared` holds the answers named in SHARED. A person may answer one of them differently (a grown child's
    own phone); without that the shared answer is theirs. The representative is the children's only.

    ValidationError keyed "phone" for a shared answer,
    "people.0.full_name" for a person's, "people" for their number (`people_required`, `people_too_many`);
    code `person_twice` when somebody stands there twice.
    """
    _check_number(people)
    common = {name: value for name, value in as_typed(shared).items() if name in SHARED}
    errors: Errors = {}
    details = []
    for place, person in enumerate(people):
        own = {name: value for name, value in _answers(person).items() if value.strip()}
        form = IdCardDeclaration(
            {**_left_of(common, own), **own},
            phone_required=phone_required,
            kind_required=kind_required,
            asks=asks,
            day=day,
        )
        for name, found in form.errors.as_data().items():
            key = name if name in SHARED and name not in own else f"people.{place}.{name}"
            errors.setdefault(key, found)
        details.append(_without_representative(form.cleaned_data, own, form.day))
    _refuse_twins(details, errors)
    if errors:
        raise ValidationError(errors)
    return [{name: value for name, value in found.items() if name != "accept_warnings"} for found in details]


def _check_number(people: list[Any]) -> None:
    if not people:
        text = _("Xin khai ít nhất một người.")
        raise ValidationError({"people": ValidationError(text, code="people_required")})
    if len(people) > MOST_PEOPLE:
        text = _("Mỗi lần khai được nhiều nhất %(most)s người.")
        params = {"most": MOST_PEOPLE}
        raise ValidationError({"people": ValidationError(text, code="people_too_many", params=params)})


def _answers(person: Any) -> dict[str, str]:
    return as_typed(person) if isinstance(person, dict) else {}


def _left_of(common: dict[str, str], own: dict[str, str]) -> dict[str, str]:
    """The shared answers a person did not replace: one's own address has nobody else's commune."""
    replaced = {name for group in TOGETHER if set(group) & set(own) for name in group}
    return {name: value for name, value in common.items() if name not in replaced}


def _without_representative(person: dict[str, Any], own: dict[str, str], day: dt.date) -> dict[str, Any]:
    """An adult is not represented because a child of the family is."""
    birth = person.get("birth_date")
    if not birth or band_of(birth, day) != AgeBand.FROM_14:
        return person
    return {
        name: "" if name in REPRESENTATIVE and name not in own else value for name, value in person.items()
    }


def _refuse_twins(details: list[dict[str, Any]], errors: Errors) -> None:
    """The same name and birth date, or the same number, is one person: told at the later place."""
    seen: set[tuple[str, ...]] = set()
    for place, person in enumerate(details):
        for field, mark in _marks(person).items():
            if mark in seen:
                text = _("Người này đã có trong danh sách ở trên.")
                twin = ValidationError(text, code="person_twice")
                errors.setdefault(f"people.{place}.{field}", []).append(twin)
                break
        seen |= set(_marks(person).values())


def _marks(person: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    name, birth, number = (person.get(key) for key in ("full_name", "birth_date", "identity_number"))
    marks: dict[str, tuple[str, ...]] = {}
    if name and birth:
        marks["full_name"] = (fold(name), birth)
    if number:
        marks["identity_number"] = (number,)
    return marks
