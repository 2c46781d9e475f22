"""Building stones of declaration forms: a text box with its check, choices with polite refusals."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_EMPTY = {"required": _("Ông/Bà chưa điền mục này.")}
# Never the value itself: it may be 10,000 characters long.
_CHOICE = {
    "required": _("Ông/Bà chưa chọn mục này."),
    "invalid_choice": _("Lựa chọn này không còn, Ông/Bà vui lòng chọn lại."),
}
Check = Callable[[str], str]


class CheckedText(forms.CharField):
    """One line; `check` gives the stored spelling of what was typed or raises ValidationError with a code."""

    def __init__(self, check: Check, **kwargs: Any) -> None:
        super().__init__(error_messages=_EMPTY, **kwargs)
        self.check = check

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return self.check(text) if text else ""


def text(
    check: Check, label: Any, *, required: bool = False, help_text: Any = "", **attributes: str
) -> CheckedText:
    widget = forms.TextInput(attrs=attributes)
    return CheckedText(check, label=label, required=required, help_text=help_text, widget=widget)


def hidden(check: Check, label: Any) -> CheckedText:
    """Filled in by the page's script or by an API client, never typed."""
    return CheckedText(check, label=label, required=False, widget=forms.HiddenInput)


def choice(label: Any, choices: list[Any], *, help_text: Any = "") -> forms.ChoiceField:
    """An optional choice; the first line says that nothing was chosen."""
    return forms.ChoiceField(
        label=label,
        choices=[("", _("Không ghi")), *choices],
        required=False,
        help_text=help_text,
        error_messages=_CHOICE,
    )


def required_radios(label: Any, choices: list[Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=_CHOICE)
