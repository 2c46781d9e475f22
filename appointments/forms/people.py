"""The people who come along: their boxes on the page of the declaration, named as the action's errors are."""

import copy
import re
from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.common.layout import DateBox, speak_politely
from procedures.declarations.family import MOST_PEOPLE
from procedures.declarations.id_card import IdCardDeclaration
from procedures.enums import RequestKind

ADD, REMOVE = "them_nguoi", "bot_nguoi"
SHOWN, FOLDED = ("full_name", "birth_date", "request_kind", "relation"), ("gender", "identity_number")
# More than may come, so that too many are told and not dropped; but nobody draws a thousand boxes.
MOST_DRAWN = 2 * MOST_PEOPLE
_FIRST_BOX = re.compile(r"people\.[0-9]{1,2}\.full_name")


def box_name(place: int, name: str) -> str:
    return f"people.{place}.{name}"


def fold_key(place: int) -> str:
    return f"person{place}"


def count_people(data: Mapping[str, Any]) -> int:
    """How many people besides the first were sent."""
    return min(sum(_FIRST_BOX.fullmatch(name) is not None for name in data), MOST_DRAWN)


def people_in(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """What was typed about each of them, for the action."""
    return [
        {name: data.get(box_name(place, name), "") for name in (*SHOWN, *FOLDED)}
        for place in range(count_people(data))
    ]


def without_person(data: Mapping[str, Any], place: int) -> dict[str, Any]:
    """The same answers with one person less; those behind move up."""
    people = people_in(data)
    del people[place : place + 1]
    rest = {name: data.get(name) for name in data if not name.startswith("people.")}
    boxes = {box_name(at, name): text for at, person in enumerate(people) for name, text in person.items()}
    return rest | boxes


def is_counting(data: Mapping[str, Any]) -> bool:
    """True for a tap on a button that only changes how many people there are."""
    return ADD in data or REMOVE in data


def after_counting(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], int]:
    """The answers without the person who stays at home, and for how many more the page needs boxes."""
    place = str(data.get(REMOVE, ""))
    kept = without_person(data, int(place)) if re.fullmatch(r"[0-9]{1,2}", place) else data
    return kept, int(ADD in data)


def boxes_of(place: int) -> dict[str, forms.Field]:
    """The fields of one person, copied from the declaration's own."""
    fields = {name: copy.deepcopy(IdCardDeclaration.base_fields[name]) for name in (*SHOWN, *FOLDED)}
    fields["full_name"].widget.attrs["autocomplete"] = "off"
    fields["birth_date"].widget = DateBox()
    kind = fields["request_kind"]
    kind.widget = forms.Select()
    kind.choices = [("", _("Chọn yêu cầu")), *RequestKind.choices]
    for field in fields.values():
        speak_politely(field)
        field.whose = gettext("Người thứ %(number)s") % {"number": place + 2}
    return {box_name(place, name): field for name, field in fields.items()}


def person_opens(place: int) -> HTML:
    return HTML(f"{{% include 'appointments/person_opens.html' with number={place + 2} only %}}")


def person_closes(place: int) -> HTML:
    return HTML(f"{{% include 'appointments/person_closes.html' with place={place} only %}}")


def add_button(count: int) -> list[HTML]:
    """Nothing once the family is complete."""
    return [HTML("{% include 'appointments/add_person.html' %}")] if count < MOST_PEOPLE - 1 else []
