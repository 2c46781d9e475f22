"""Vietnamese text: one spelling in the database, folded forms for comparing."""

import re
import unicodedata
from collections.abc import Iterable

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACE = re.compile(r"\s+")
_DASHES = str.maketrans({"–": "-", "—": "-", "‑": "-", "’": "'", "‘": "'", "ʼ": "'"})


def clean_text(text: str) -> str:
    """NFC, without control and direction marks, single spaces, trimmed. iPhones and Macs send NFD."""
    return _SPACE.sub(" ", _CONTROL.sub("", unicodedata.normalize("NFC", text))).strip()


def fold(text: str) -> str:
    """Lower case without marks: `Đặng Thị Hoà` and `dang thi hòa` meet as `dang thi hoa`."""
    lowered = clean_text(text).lower().translate(_DASHES).replace("đ", "d")
    decomposed = unicodedata.normalize("NFD", lowered)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def name_words(name: str) -> list[str]:
    """The folded words of a person's name, for look-up by any of them."""
    return sorted(set(re.findall(r"[a-z0-9']+", fold(name))))


def name_sort_key(name: str) -> str:
    """People are listed by given name (the last word), then the words before it."""
    words = fold(name).split()
    return " ".join(words[-1:] + words[:-1])


def show_name(name: str) -> str:
    """A name typed in capitals or in small letters is shown with initial capitals; others as typed."""
    return name.title() if name.isupper() or name.islower() else name


def mask_name(name: str) -> str:
    """`N*** V*** An`: initials and the given name."""
    words = show_name(name).split()
    return " ".join([f"{word[0]}***" for word in words[:-1]] + words[-1:])


def show_numbers(numbers: Iterable[int | None]) -> str:
    """`12`, `12-15` for neighbours, `12, 14-15` with a gap; sorted, without those who have none yet."""
    runs: list[list[int]] = []
    for number in sorted(number for number in numbers if number is not None):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
