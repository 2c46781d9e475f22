"""What a version of a procedure says, and what of it concerns one case: formulas without tables.

The content of a version is one document (docs/adr/0041-catalogue-versions.md):

    field, level, official_code, official_link, who, result, where, summary, legal_basis, form_codes, words
    papers  [{text, form, when}]            questions [{key, text, help, when, choices: [{key, text}]}]
    times   [{value, unit, note, when}]     advice    [{text, stop, see, when}]
    fees    [{label, amount, channel, note, legal_basis, valid_from, valid_to, when}]
    steps   [{text, when}]                  exemptions [{text}]
    unsure  [names of Fact that nobody confirmed yet]

A text may have an English twin (`text_en`). `when` is {question: [choices]}: the item counts if every
question named there was answered with one of its choices.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Official filing is there and in VNeID only (Decree 224/2026/NĐ-CP, since 1 July 2026) [C].
NATIONAL_PORTAL = "https://dichvucong.gov.vn/"
Content = dict[str, Any]
Item = dict[str, Any]
Answers = Mapping[str, str]


@dataclass(frozen=True)
class Checklist:
    """What one case needs. `is_needed` is False when the answers show that nothing has to be done here."""

    papers: list[Item]
    fees: list[Item]
    times: list[Item]
    steps: list[Item]
    advice: list[Item]
    is_needed: bool


def said(item: Item, name: str, language: str) -> str:
    """A text of an item in the reader's language; Vietnamese where nobody translated it."""
    return (language == "en" and item.get(f"{name}_en")) or item.get(name, "")


def applies(item: Item, answers: Answers) -> bool:
    """True when the item concerns this case; without conditions it concerns everybody."""
    return all(answers.get(question) in choices for question, choices in item.get("when", {}).items())


def questions_for(content: Content, answers: Answers) -> list[Item]:
    """The questions to ask given what is answered already, in their order."""
    return [question for question in content.get("questions", []) if applies(question, answers)]


def is_in_force(fee: Item, day: dt.date) -> bool:
    """Dates stand as `yyyy-mm-dd`, which sorts as it counts."""
    today = day.isoformat()
    return fee.get("valid_from", "") <= today <= (fee.get("valid_to") or "9999-12-31")


def fees_on(content: Content, day: dt.date) -> list[Item]:
    """Fees in force on `day`, in the order of the document."""
    return [fee for fee in content.get("fees", []) if is_in_force(fee, day)]


def for_public(content: Content) -> Content:
    """The content without the facts that nobody confirmed: the page says instead that they are checked."""
    return content | {name: [] for name in content.get("unsure", [])}


def checklist(content: Content, answers: Answers, day: dt.date) -> Checklist:
    """What of `content` concerns these answers on `day`."""
    parts = {
        name: [item for item in content.get(name, []) if applies(item, answers)]
        for name in ("papers", "times", "steps", "advice")
    }
    fees = [fee for fee in fees_on(content, day) if applies(fee, answers)]
    return Checklist(
        **parts, fees=fees, is_needed=not any(advice.get("stop", False) for advice in parts["advice"])
    )
