"""The compiled catalogues say what the readable ones say; nobody needs gettext's tools to run the portal."""

import ast
import gettext
from pathlib import Path

import pytest

from tests.contracts.law import ROOT

CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
HOW = "run `python manage.py compilemessages` (needs gettext) and commit the .mo"


def blocks(path: Path) -> list[list[str]]:
    """Lines of each entry of a .po file: comments first, `msgstr` last."""
    found: list[list[str]] = [[]]
    ended = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if ended and line.startswith(("#", "msgctxt", "msgid")):
            found.append([])
        ended = line.startswith("msgstr") or (ended and not line.startswith(("#", "msg")))
        found[-1].append(line)
    return found


def entries(path: Path) -> dict[str, list[str]]:
    """{context + EOT + msgid: translations}; fuzzy and empty ones are left out, as msgfmt does."""
    found = {}
    for block in blocks(path):
        parts: dict[str, str] = {}
        name = ""
        for line in block:
            keyword, quote, text = line.partition('"')
            if quote and not line.startswith("#"):
                name = keyword.strip() or name
                parts[name] = parts.get(name, "") + ast.literal_eval(quote + text)
        fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in block)
        translations = [text for keyword, text in parts.items() if keyword.startswith("msgstr")]
        if parts.get("msgid") and not fuzzy and all(translations):
            context = f"{parts['msgctxt']}\x04" if "msgctxt" in parts else ""
            found[context + parts["msgid"]] = translations
    return found


def compiled(path: Path) -> dict[str, list[str]]:
    """The same from the .mo beside it."""
    with path.with_suffix(".mo").open("rb") as stream:
        catalogue = gettext.GNUTranslations(stream)._catalog
    found: dict[str, list[str]] = {}
    for key, text in sorted(catalogue.items(), key=lambda item: str(item[0])):
        name = key[0] if isinstance(key, tuple) else key
        if name:
            found.setdefault(name, []).append(text)
    return found


def test_there_are_catalogues():
    assert CATALOGUES != []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT / "locale")))
def test_compiled_catalogue_is_up_to_date(path):
    assert compiled(path) == entries(path), HOW
