"""No English is left on the officers' pages: the theme brings none of our language."""

import re
from pathlib import Path

import unfold
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation.template import templatize

ROOT = Path(unfold.__file__).parent
# Parts of the theme that the portal does not install.
ELSEWHERE = ("contrib/constance", "contrib/guardian", "contrib/import_export", "contrib/location_field")
ELSEWHERE += ("contrib/simple_history", "contrib/forms", "contrib/inlines")
_CALL = re.compile(
    r"""\b(?:_|u?n?gettext(?:_lazy)?)\(\s*u?(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)+)(?P=quote)\s*\)"""
)


def _sources() -> list[str]:
    paths = [*ROOT.rglob("*.html"), *ROOT.rglob("*.py")]
    wanted = [path for path in paths if not path.relative_to(ROOT).as_posix().startswith(ELSEWHERE)]
    texts = [path.read_text(encoding="utf-8") for path in wanted]
    return [
        templatize(text) if path.suffix == ".html" else text for path, text in zip(wanted, texts, strict=True)
    ]


def test_every_sentence_of_the_theme_is_vietnamese() -> None:
    found = {match["text"] for source in _sources() for match in _CALL.finditer(source)}
    assert len(found) > 100
    with translation.override("vi"):
        assert sorted(text for text in found if gettext(text) == text) == []


def test_our_words_win_over_those_of_django() -> None:
    with translation.override("vi"):
        words = [gettext(word) for word in ("Save", "Home", "Select %s to change")]
    assert words == ["Lưu", "Bàn làm việc", "Danh sách %s"]
