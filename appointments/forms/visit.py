"""The declaration with its slot; the rules stand in the declaration and in the action."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from crispy_forms.layout import HTML, Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from appointments.actions.hold_visit import hold_visit
from appointments.forms.people import FOLDED as PERSON_FOLDED
from appointments.forms.people import SHOWN as PERSON_SHOWN
from appointments.forms.people import (
    add_button,
    box_name,
    boxes_of,
    count_people,
    fold_key,
    people_in,
    person_closes,
    person_opens,
)
from appointments.models import Booking, Slot
from portal.citizens.models import OneTimeCode
from portal.citizens.validators import clean_birth_date
from portal.common.clock import show_date
from portal.common.layout import (
    DateBox,
    PhoneInput,
    PortalFormMixin,
    Tile,
    TileRadios,
)
from portal.common.templatetags.portal import weekday
from portal.units.models import Unit
from procedures.declarations.addresses import KINDS, names_of
from procedures.declarations.ages import band_of
from procedures.declarations.doubts import CODES as DOUBTS
from procedures.declarations.id_card import IdCardDeclaration
from procedures.enums import AgeBand

CHILD, MORE, PERSON = "child", "more", "person"
# Keys and names of the procedures to choose among.
Services = tuple[tuple[str, str], ...]
FOLD_CLOSE = HTML("</div></details>")
AGE_HINTS = HTML("{% include 'appointments/age_hints.html' %}")


def _fold_open(key: str, title: str = "") -> HTML:
    """The start of a fold that stands open when something in it needs a look (form.open_folds)."""
    return HTML(
        f"<details class='fold' data-fold='{key}'{{% if '{key}' in form.open_folds %}} open{{% endif %}}>"
        f"<summary>{{{{ form.fold_titles.{title or key} }}}}</summary><div class='fold-body'>"
    )


def _heading(key: str) -> HTML:
    return HTML(f"<h2 class='fold-heading'>{{{{ form.headings.{key} }}}}</h2>")


def slot_choices(slots: Iterable[Slot]) -> list[tuple[str, list[tuple[str, Tile]]]]:
    """Slots grouped by day as radio tiles, each with the places left (`free`, from the queries)."""
    days: dict[str, list[tuple[str, Tile]]] = {}
    for slot in slots:
        note = _("còn %(free)s chỗ") % {"free": slot.free} if slot.free > 0 else _("hết chỗ")
        tile = Tile(slot.hours, note=str(note), full=slot.free <= 0)
        date = slot.session.date
        days.setdefault(f"{weekday(date)}, {show_date(date)}", []).append((str(slot.uid), tile))
    return list(days.items())


def slot_question(slots: Iterable[Slot]) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Chọn khung giờ khác"), choices=slot_choices(slots), widget=TileRadios)


def service_question(services: Services) -> forms.ChoiceField:
    tiles = [(key, Tile(name)) for key, name in services]
    return forms.ChoiceField(label=_("Việc cần làm"), choices=tiles, widget=TileRadios)


class VisitForm(PortalFormMixin, IdCardDeclaration):
    """The declaration with its slot. `slot` is hidden until the wanted one turns out to be gone."""

    slot = forms.CharField(required=False, widget=forms.HiddenInput)
    fold_titles = {
        CHILD: _("Trẻ dưới 14 tuổi: người đi cùng"),
        MORE: _("Khai thêm để khi đến làm nhanh hơn"),
        PERSON: _("Giới tính, số định danh"),
    }
    headings = {
        "card": _("Thẻ và yêu cầu"),
        "home": _("Nghề nghiệp, nơi ở"),
        "wishes": _("Nhận thẻ, điều cần lưu ý"),
    }
    FIRST = ("request_kind", "full_name", "birth_date", "phone")
    # The summary of errors follows this order, so it must be the one of the page.
    field_order = ("slot", "service", *FIRST, *IdCardDeclaration.CHILD, *IdCardDeclaration.MORE)

    def __init__(self, *args: Any, people: int = 0, services: Services = (), **kwargs: Any) -> None:
        """`people`: for how many more than were sent there are boxes. `services`: to choose among."""
        super().__init__(*args, **kwargs)
        if services:
            self.fields["service"] = service_question(services)
            self.fields["request_kind"].help_text = _("Chỉ chọn khi làm thẻ căn cước.")
            self.order_fields(self.field_order)
        self.people = people + count_people(self.data)
        for place in range(self.people):
            self.fields |= boxes_of(place)
        self.fields["birth_date"].widget = DateBox({"autocomplete": "bday"})
        self.fields["phone"].widget = PhoneInput()
        for name in ("card_issued_on", "card_expires_on"):
            self.fields[name].widget = DateBox()
        self._doubtful: list[str] = []
        self._lay_out()

    def _lay_out(self) -> None:
        first = [name for name in self._doubtful if not name.startswith("people.")]
        outside = [name for name in first if name not in self.FIRST]
        more = [piece for place in range(self.people) for piece in self._person(place)]
        tick = ["accept_warnings"]
        self.helper.layout = Layout(
            "slot",
            *(["service"] if "service" in self.fields else []),
            *("request_kind", "full_name", "birth_date", AGE_HINTS, "phone"),
            *([*outside, *tick] if first else []),
            *(_fold_open(CHILD), *self._folded(self.CHILD), FOLD_CLOSE),
            *(_fold_open(MORE), _heading("card"), *self._folded(self.CARD)),
            *(_heading("home"), *self._folded(self.HOME), *self._hidden()),
            *(_heading("wishes"), *self._folded(self.WISHES), FOLD_CLOSE),
            *more,
            *(tick if self._doubtful and not first else []),
            *add_button(self.people),
        )

    def _person(self, place: int) -> list[Any]:
        """One of the people who come along."""
        shown, folded = ([box_name(place, name) for name in names] for names in (PERSON_SHOWN, PERSON_FOLDED))
        doubtful = [name for name in folded if name in self._doubtful]
        fold = (_fold_open(fold_key(place), PERSON), *self._folded(folded), FOLD_CLOSE)
        return [person_opens(place), *shown, *doubtful, *fold, person_closes(place)]

    def _folded(self, names: Iterable[str]) -> list[str]:
        """Those of the names that are asked and not taken out of the fold because of a doubt."""
        return [name for name in names if name in self.fields and name not in self._doubtful]

    def _hidden(self) -> list[str]:
        """Codes of the addresses, for the page's script to fill in."""
        codes = [name for kind in KINDS for name in names_of(kind)[1:]]
        return [name for name in codes if name in self.fields]

    @property
    def open_folds(self) -> set[str]:
        """Folds with something wrong inside, and the child's fold once the birth date is a child's."""
        if not self.is_bound:
            return set()
        wrong = set(self.errors) - set(self._doubtful)
        found = {MORE} if wrong & set(self.MORE) else set()
        found |= {CHILD} if wrong & set(self.CHILD) or self._has_child() else set()
        return found | {
            fold_key(place)
            for place in range(self.people)
            if wrong & {box_name(place, name) for name in PERSON_FOLDED}
        }

    def _has_child(self) -> bool:
        births = [self.data.get(name, "") for name in self.fields if name.split(".")[-1] == "birth_date"]
        return any(self._is_child(str(birth)) for birth in births)

    def _is_child(self, typed: str) -> bool:
        try:
            return band_of(clean_birth_date(typed), self.day) != AgeBand.FROM_14
        except ValidationError:
            return False

    @property
    def slot_is_gone(self) -> bool:
        return not self.fields["slot"].widget.is_hidden

    def wanted(self, slot: Slot) -> Slot | str:
        """`slot` when the form names it (then it need not be read again), else whatever was typed."""
        typed = self.data.get("slot", "")
        return slot if typed == str(slot.uid) else typed

    def save(
        self, *, unit: Unit, slot: Slot, address: str, proof: dict[str, Any] | None, by: Any
    ) -> tuple[Booking, OneTimeCode] | None:
        """Call the action with what was typed; None when it refused field by field (see the form)."""
        wanted = self.wanted(slot)
        try:
            return hold_visit(
                unit=unit,
                slot=wanted,
                data=self.data,
                people=people_in(self.data),
                address=address,
                proof=proof,
                by=by,
            )
        except ValidationError as error:
            self.show_errors(error)
            return None

    def start_with_last_person(self) -> None:
        """The page opens at the boxes that were just added."""
        self.fields[box_name(self.people - 1, "full_name")].widget.attrs["autofocus"] = True

    def show_no_errors(self) -> None:
        """Only drawn again, not sent: one person more or less."""
        self._errors = forms.utils.ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}

    def show_errors(self, error: ValidationError) -> None:
        """Replace the form's own findings by the action's: one set of rules, one set of messages."""
        self.show_no_errors()
        for field, items in error.error_dict.items():
            self.add_error(field if field in self.fields else None, items)
        self._doubtful = [
            name for name, errors in self.errors.as_data().items() if any(e.code in DOUBTS for e in errors)
        ]
        self._lay_out()

    def offer_slots(self, slots: list[Slot], message: str, code: str) -> None:
        """The wanted slot is gone: show others as tiles, if there are any; keep everything typed."""
        if slots:
            self.fields["slot"] = slot_question(slots)
        if self._errors is None:
            self.show_no_errors()
        self.add_error("slot" if slots else None, ValidationError(message, code=code))
        self._lay_out()


@lru_cache(maxsize=32)
def empty_fields(language: str, asks: tuple[str, ...], people: int = 0, services: Services = ()) -> str:
    """The markup of an empty declaration without its slot, the same for everybody who opens the page.

    Drawing it takes crispy some hundred templates, so a process draws it once for each language, set of
    sensitive questions, number of people who come along and choice of services. Nothing in it belongs to
    a visitor: token and slot are written by the page.
    """
    with translation.override(language):
        form = VisitForm(asks=asks, people=people, services=services)
        form.helper.layout.fields.remove("slot")
        return render_crispy_form(form)
