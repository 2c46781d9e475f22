"""Names of units as text: folded forms, addresses, and what a citizen typed. No database here.

Official lists mix spellings (Hòa/Hoà, dashes, apostrophes), so names are stored as the source spells
them and compared only in folded form.
"""

import re
from dataclasses import dataclass

from portal.common.text import clean_text, fold

_NOT_WORD = re.compile(r"[^a-z0-9']+")
_GLUED_NUMBER = re.compile(r"\b(q|p|quan|phuong)\.?0*(\d{1,2})\b")
_LEADING_ZERO = re.compile(r"\b0+(\d{1,2})\b")

# What people write for a kind, and the kinds it may mean (several: "thành phố" was also a district).
KIND_WORDS = {
    "thanh pho": ("city", "provincial_city"),
    "tp": ("city", "provincial_city"),
    "thi xa": ("town",),
    "tx": ("town",),
    "thi tran": ("township",),
    "tt": ("township",),
    "dac khu": ("special_zone",),
    "tinh": ("province",),
    "quan": ("urban_district",),
    "q": ("urban_district",),
    "huyen": ("rural_district",),
    "h": ("rural_district",),
    "phuong": ("ward",),
    "p": ("ward",),
    "xa": ("commune",),
    "x": ("commune",),
}
SHORT_NAMES = {
    "tphcm": "ho chi minh",
    "hcm": "ho chi minh",
    "hcmc": "ho chi minh",
    "sg": "ho chi minh",
    "hn": "ha noi",
    "brvt": "ba ria vung tau",
    "tth": "thua thien hue",
}
# "CA phường …", but not "Cà Mau".
_POLICE = re.compile(r"^(cong an|ca(?= (p|phuong|x|xa|tt|thi|tx|dac|q|quan|h|huyen|tp|thanh pho|tinh)\b))\s+")
MAX_QUERY = 120


@dataclass(frozen=True)
class UnitQuery:
    """What was typed: `phrase` all folded words, `words` those that must occur, `kinds` that are wished."""

    phrase: str
    words: tuple[str, ...]
    kinds: tuple[str, ...]
    accented: str


def plain(text: str) -> str:
    """Folded words with single spaces: `Chân Mây - Lăng Cô` -> `chan may lang co`."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def folded_path(*names: str) -> str:
    """The unit's and its parents' display names, folded, a blank at both ends so that words can be met."""
    return f" {' '.join(plain(name) for name in names if name)} "


def make_slug(*names: str) -> str:
    """`phuong-an-hai-da-nang`; apostrophes vanish (`ea-hleo`)."""
    return "-".join(plain(name).replace("'", "").replace(" ", "-") for name in names if name)


def police_name_of(display_name: str) -> str:
    """`Phường An Hải` -> `Công an phường An Hải`."""
    return f"Công an {display_name[:1].lower()}{display_name[1:]}"


def parse_query(text: str) -> UnitQuery:
    """Read a citizen's words: abbreviations, missing accents, `q4`, a leading `Công an`."""
    text = text[:MAX_QUERY]
    folded = _POLICE.sub("", plain(text))
    folded = _GLUED_NUMBER.sub(r"\1 \2", folded)
    words = [SHORT_NAMES.get(word, word) for word in _LEADING_ZERO.sub(r"\1", folded).split()]
    kinds, needed = _split_kinds(" ".join(words).split())
    phrase = " ".join(_spell_out(word) for word in " ".join(words).split())
    return UnitQuery(phrase, needed, kinds, clean_text(text).lower())


def _split_kinds(words: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Separate kind words from name words; a kind word at the very end is a name (`Bình Xa`)."""
    kinds: list[str] = []
    needed: list[str] = []
    position = 0
    while position < len(words):
        pair, single = " ".join(words[position : position + 2]), words[position]
        if pair in KIND_WORDS and position + 2 < len(words):
            kinds.extend(KIND_WORDS[pair])
            position += 2
        elif single in KIND_WORDS and position + 1 < len(words):
            kinds.extend(KIND_WORDS[single])
            position += 1
        else:
            needed.append(single)
            position += 1
    return tuple(kinds), tuple(needed)


def _spell_out(word: str) -> str:
    return {"q": "quan", "p": "phuong", "x": "xa", "h": "huyen"}.get(word) or {
        "tp": "thanh pho",
        "tx": "thi xa",
        "tt": "thi tran",
    }.get(word, word)


def score_name(query: UnitQuery, name: str, path: str, kind: str) -> int:
    """How well a unit fits, 6 to 0, higher is better; `name` and `path` are folded.

    6 the name (and the kind, if one was typed); 5 the name followed by its parents; 4 the name with
    another kind; 3 a beginning; 2 whole words inside; 1 single words; 0 only the parents fit.
    """
    bare, full = " ".join(query.words), path.strip()
    # Quan Sơn, Phương Liệt and Xa Dung begin with what is a kind elsewhere.
    if query.phrase == name:
        return 6
    if bare == name:
        return _score_exact(query, name, kind)
    for typed in (query.phrase, bare):
        if typed.startswith(f"{name} ") and _words_in(typed.removeprefix(name).split(), path):
            return 5
    if name.startswith((bare, query.phrase)) or full.startswith(query.phrase):
        return 3
    if f" {bare} " in f" {name} ":
        return 2
    return 1 if any(f" {word}" in f" {name}" for word in query.words) else 0


def _score_exact(query: UnitQuery, name: str, kind: str) -> int:
    """Quận 4 and phường 4 share nothing but a number, so there the kind must be right."""
    if not query.kinds or kind in query.kinds:
        return 6
    return 1 if name.isdigit() else 4


def _words_in(words: list[str], path: str) -> bool:
    return all((f" {word} " if word.isdigit() else f" {word}") in path for word in words)
