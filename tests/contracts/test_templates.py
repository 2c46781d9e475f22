"""Every template compiles, also those that no test happens to open."""

from pathlib import Path

from django.template import TemplateSyntaxError, engines

from tests.contracts.law import ROOM_PACKAGES, ROOT


def template_files() -> list[Path]:
    own = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    for room in ROOM_PACKAGES:
        own += [path for path in (ROOT / room).rglob("*.html") if "templates" in path.parts]
    return sorted(own)


def test_every_template_compiles():
    broken = {}
    for path in template_files():
        try:
            engines["django"].from_string(path.read_text(encoding="utf-8"))
        except TemplateSyntaxError as error:
            broken[str(path.relative_to(ROOT))] = str(error)
    assert len(template_files()) > 40
    assert broken == {}
