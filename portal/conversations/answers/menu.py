"""Answers to the words of the menu, with or without accents, pressed or typed."""

import re
from collections.abc import Callable

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.conversations.answers.registry import Answer, Question
from portal.conversations.answers.texts import (
    BOOKING,
    CONTACT,
    HOURS,
    LOOKUP,
    PROCEDURES,
    call_button,
    chat_answer,
    menu,
    page_button,
    spoken,
    unit_path,
)
from portal.conversations.queries import hours_lines
from portal.units.queries import public_contacts

# A sentence with one of these words gets the answer and, as it may ask for more, an officer as well.
LONGEST_SENTENCE = 12
MOST_CONTACTS = 4
_WORDS: dict[str, tuple[str, ...]] = {
    LOOKUP: ("tra cuu", "tra cuu ho so", "tra cuu lich hen", "tra ma", "xem ho so", "xem lich hen"),
    BOOKING: ("dat lich", "dat lich hen", "dat hen", "lay so", "dang ky lich", "hen lich"),
    PROCEDURES: ("thu tuc", "giay to", "giay to can mang", "ho so can gi", "can mang gi"),
    HOURS: ("gio", "gio lam viec", "may gio lam viec", "gio tiep dan", "lich lam viec", "lich tiep dan"),
    CONTACT: ("lien he", "so dien thoai", "dia chi", "duong day nong", "truc ban"),
    "#menu": ("menu", "bat dau", "tro giup", "huong dan", "xin chao", "chao", "alo", "hello", "hi"),
}
_PRESSED = {name.removeprefix("#"): name for name in _WORDS}
# Too short or too general to mean anything inside a sentence.
_ALONE_ONLY = {
    "gio",
    "giay to",
    "dia chi",
    "chao",
    "xin chao",
    "alo",
    "hello",
    "hi",
    "menu",
    "bat dau",
    "huong dan",
}
_EXACT = {word: name for name, words in _WORDS.items() for word in words}


def answer_menu(question: Question) -> Answer | None:
    """The answer to a pressed button, a word of the menu, or a short sentence with one."""
    asked, is_whole = asked_for(question.folded)
    if asked is None:
        return None
    with translation.override("vi"):
        found = _MAKERS[asked](question)
    return found if is_whole else Answer(found.key, found.text, found.buttons, complete=False)


def asked_for(folded: str) -> tuple[str | None, bool]:
    """(name of the entry, whether the words are nothing but it)."""
    words = re.sub(r"[^a-z0-9# ]+", " ", folded).split()
    said = " ".join(words)
    # "#tra cuu", "# tracuu" and "#tracuu" are one.
    if said.startswith("#"):
        return _PRESSED.get(said.replace(" ", "").lstrip("#")), True
    if said in _EXACT:
        return _EXACT[said], True
    if len(words) > LONGEST_SENTENCE:
        return None, False
    inside = [
        (len(word), name)
        for word, name in _EXACT.items()
        if word not in _ALONE_ONLY and re.search(rf"\b{re.escape(word)}\b", said)
    ]
    return (max(inside)[1], False) if inside else (None, False)


def welcome(question: Question) -> Answer:
    """The first words to somebody who starts to follow, or says hello."""
    return chat_answer("welcome", buttons=menu(), unit=question.unit.police_name)


def _lookup(question: Question) -> Answer:
    return chat_answer("lookup", buttons=(page_button(_("Trang tra cứu"), reverse("home:lookup")),))


def _booking(question: Question) -> Answer:
    button = page_button(_("Đặt lịch hẹn"), unit_path(question.unit))
    return chat_answer("booking", buttons=(button,), unit=question.unit.police_name)


def _procedures(question: Question) -> Answer:
    button = page_button(_("Trang của đơn vị"), unit_path(question.unit))
    return chat_answer("procedures", buttons=(button,), unit=question.unit.police_name)


def _hours(question: Question) -> Answer:
    unit = question.unit
    lines = "\n".join(hours_lines(unit))
    return chat_answer(
        "hours" if lines else "hours_unknown",
        buttons=call_button(_("Gọi trực ban"), unit.duty_phone),
        unit=unit.police_name,
        hours=lines,
        duty_phone=spoken(unit.duty_phone),
    )


def _contact(question: Question) -> Answer:
    unit = question.unit
    phones = [f"- {one['name']}: {spoken(one['phone'])}" for one in public_contacts(unit)[:MOST_CONTACTS]]
    return chat_answer(
        "contact",
        buttons=call_button(_("Gọi trực ban"), unit.duty_phone),
        unit=unit.police_name,
        address=unit.address,
        phones="\n".join(phones),
    )


_MAKERS: dict[str, Callable[[Question], Answer]] = {
    LOOKUP: _lookup,
    BOOKING: _booking,
    PROCEDURES: _procedures,
    HOURS: _hours,
    CONTACT: _contact,
    "#menu": welcome,
}
