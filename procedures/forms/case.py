"""The questions of “for my case” as a form; the same validator as the API judges the answers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from portal.common.layout import PortalForm
from procedures.content import Answers, Content, said
from procedures.validators import clean_answers

STEP = "buoc"  # sent by the button: how many questions the page showed


class CaseForm(PortalForm):
    """One group of radio buttons per question; what earlier answers make pointless is not asked.

    Unbound until something is answered, so that opening the page blames nobody.
    """

    mark_optional = False

    def __init__(self, content: Content, given: Mapping[str, str]) -> None:
        keys = {question["key"] for question in content["questions"]}
        answered = {key: value for key, value in given.items() if key in keys}
        super().__init__(answered or None)
        self.content, self.given, self.step = content, answered, given.get(STEP, "")
        for question in self.asked():
            self.fields[question["key"]] = _field(question)

    def asked(self) -> list[dict[str, Any]]:
        """Questions whose condition the answers so far meet, or could still meet."""
        return [
            question
            for question in self.content["questions"]
            if all(self.given.get(key, "") in choices for key, choices in question.get("when", {}).items())
        ]

    def answers(self) -> Answers | None:
        """All answers, None while some are missing or unknown; those stand beside their questions then."""
        if not self.is_bound:
            return None
        try:
            return clean_answers(self.content, self.given)
        except ValidationError as error:
            self._errors = forms.utils.ErrorDict(renderer=self.renderer)
            self.cleaned_data = {}
            for key, found in error.error_dict.items() if self.was_seen else ():
                self.add_error(key, found)
            return None

    @property
    def was_seen(self) -> bool:
        """False when an answer made a further question appear: nobody is blamed for not answering it."""
        return self.step in ("", str(len(self.fields)))


def _field(question: dict[str, Any]) -> forms.ChoiceField:
    language = get_language() or "vi"
    choices = [(choice["key"], said(choice, "text", language)) for choice in question["choices"]]
    return forms.ChoiceField(
        label=said(question, "text", language),
        help_text=said(question, "help", language),
        choices=choices,
        required=False,
        widget=forms.RadioSelect,
    )
