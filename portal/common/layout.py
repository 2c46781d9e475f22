"""Pieces that make any room's form look and behave like the portal's forms.

The markup itself is in templates/bootstrap5/ (our changes to crispy-bootstrap5's templates).
"""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.clock import parse_date


class PortalFormHelper(FormHelper):
    """Fields only: the page writes <form novalidate>, the token and the buttons.

    Prints the error summary first. `mark_optional=False` leaves out "(không bắt buộc)", for search forms
    where everything is optional.
    """

    form_tag = False
    disable_csrf = True
    include_media = False

    def __init__(self, form: forms.BaseForm | None = None, *, mark_optional: bool = True) -> None:
        super().__init__(form)
        self.template_pack = "bootstrap5"
        self.hide_optional_marks = not mark_optional
        self.attrs = {"novalidate": True}


def _polite_messages(field: forms.Field) -> dict[str, Any]:
    """What to say about an empty or unknown answer, by the kind of control."""
    if isinstance(field, forms.BooleanField):
        return {"required": _("Ông/Bà cần đánh dấu vào ô này để tiếp tục.")}
    if isinstance(field, forms.ChoiceField):
        return {
            "required": _("Ông/Bà chưa chọn mục này."),
            "invalid_choice": _("Lựa chọn này không còn, Ông/Bà vui lòng chọn lại."),
        }
    return {"required": _("Ông/Bà chưa điền mục này.")}


def _django_default(field: forms.Field, key: str) -> Any:
    """The message of that kind that Django's own class gives, or None."""
    for kind in type(field).__mro__:
        messages = vars(kind).get("default_error_messages", {})
        if key in messages:
            return messages[key]
    return None


def speak_politely(field: forms.Field) -> None:
    """Replace Django's dry messages; messages that the form's author wrote stay."""
    for key, message in _polite_messages(field).items():
        if field.error_messages.get(key) == _django_default(field, key):
            field.error_messages[key] = message


class PortalFormMixin:
    """For Form and ModelForm: `form.helper` is ready, labels end without a colon, messages are polite.

    Set `mark_optional = False` in search forms.
    """

    mark_optional = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            speak_politely(field)
        self.helper = PortalFormHelper(self, mark_optional=self.mark_optional)


class PortalForm(PortalFormMixin, forms.Form):
    """A plain form with the portal's helper."""


class ActionForm(PortalForm):
    """Fields and layout only: the action checks what was typed, with the same answers at every door."""

    def show_errors(self, error: ValidationError) -> None:
        """The action's findings; those about no visible field stand above the form."""
        self._errors = forms.utils.ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}
        for field, items in error.error_dict.items():
            shown = field in self.fields and not self.fields[field].widget.is_hidden
            self.add_error(field if shown else None, items)


class DateBox(forms.DateInput):
    """One text box for dd/mm/yyyy: quicker for a birth date than three boxes or a calendar."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {
            "inputmode": "numeric",
            "maxlength": "10",
            "placeholder": _("ngày/tháng/năm"),
            "autocomplete": "off",
        }
        super().__init__(attrs={**usual, "class": "width-short", **(attrs or {})}, format="%d/%m/%Y")


class LocalDateField(forms.DateField):
    """A date typed as 24/05/1990, 24-5-1990 or 24051990 (numeric keyboards often lack the slash).

    Returns a date; ValidationError `date_invalid` otherwise.
    """

    widget = DateBox

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        return parse_date(str(value))


class PhoneInput(forms.TextInput):
    """A phone number: telephone keyboard, filled in by the browser."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"autocomplete": "tel", "class": "width-short", **(attrs or {})})


class CodeInput(forms.TextInput):
    """A one-time code of digits: the phone offers the code from the message.

    `maxlength` leaves room for the space some people type in the middle.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "8"}
        super().__init__(attrs={**usual, "class": "code-input", **(attrs or {})})


class TrackingCodeInput(forms.TextInput):
    """A declaration code ABCD-EFGH-JKMN: capitals, no spelling help."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {
            "autocapitalize": "characters",
            "autocomplete": "off",
            "spellcheck": "false",
            "maxlength": "20",
        }
        super().__init__(attrs={**usual, "class": "tracking-input", **(attrs or {})})


class Tile(str):
    """The label of one tile: big text, a small note below it, and whether it can still be picked."""

    note: str
    full: bool

    def __new__(cls, text: str, *, note: str = "", full: bool = False) -> "Tile":
        tile = super().__new__(cls, text)
        tile.note = note
        tile.full = full
        return tile


class TileRadios(forms.RadioSelect):
    """Radios drawn as a grid of tiles. Choices: (value, Tile(...)), or groups [(heading, [...])].

    A full tile stays visible but cannot be picked; the action checks again, the page only helps.
    """

    tiles = True

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if getattr(option["label"], "full", False):
            option["attrs"]["disabled"] = True
        return option
