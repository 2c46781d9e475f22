"""Templates keep the strict content policy (no inline script or style, no outside hosts) and whole forms."""

import re
from collections.abc import Iterator
from pathlib import Path

from house import ROOMS, finish

COMMENT = re.compile(r"{#.*?#}|{% comment.*?{% endcomment %}|<!--.*?-->", re.DOTALL)
TAG = re.compile(
    r"<(?P<name>[a-z][a-z0-9-]*)(?P<rest>(?:{%.*?%}|{{.*?}}|\"[^\"]*\"|'[^']*'|[^>\"'])*)>", re.I | re.DOTALL
)
TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
POST_FORM = re.compile(
    r"<form\b[^>]*method=[\"']?post.*?</form>|<form\b[^>]*method=[\"']?post.*", re.I | re.DOTALL
)
OUTSIDE = re.compile(
    r"\b(src|srcset|href|action|formaction|poster|data|xlink:href)\s*=\s*[\"']?\s*(https?:)?//", re.I
)
HANDLER = re.compile(r"\bon[a-z]+\s*=", re.I)
STYLE = re.compile(r"(?<![\w-])style\s*=", re.I)


def tag_faults(tag: re.Match) -> Iterator[str]:
    name, rest = tag["name"].lower(), tag["rest"]
    names_only = TEMPLATE_TAG.sub(" ", re.sub(r"\"[^\"]*\"|'[^']*'", '""', TEMPLATE_TAG.sub("", rest)))
    if name == "script" and not re.search(r"\bsrc\s*=", names_only):
        yield "inline script"
    if name == "style" or STYLE.search(names_only):
        yield "inline style"
    if HANDLER.search(names_only):
        yield "script in an attribute (on…=)"
    if re.search(r"=\s*[\"']?\s*javascript:", rest, re.I):
        yield "javascript: address"
    if name != "a" and OUTSIDE.search(rest):
        yield "outside host"
    if name == "img" and not re.search(r"\balt\s*=", names_only):
        yield "<img> without alt"
    if name == "form" and not re.search(r"\bnovalidate\b", names_only):
        yield "<form> without novalidate: the browser's own messages are not in our words"


def template_faults(path: Path) -> Iterator[str]:
    text = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"))
    for tag in TAG.finditer(text):
        line = text.count("\n", 0, tag.start()) + 1
        yield from (f"{path}:{line}: {fault}" for fault in tag_faults(tag))
    for form in POST_FORM.finditer(text):
        if "csrf_token" not in form[0]:
            yield f"{path}:{text.count(chr(10), 0, form.start()) + 1}: POST form without csrf_token"


def all_faults() -> Iterator[str]:
    pages = [*Path("templates").rglob("*.html")]
    for room in ROOMS:
        pages += [path for path in Path(room).rglob("*.html") if "templates" in path.parts]
    for path in sorted(pages):
        yield from template_faults(path)


if __name__ == "__main__":
    finish("templates keep the content policy", all_faults())
