"""What must be true of every page a citizen sees."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

NARROWEST = 320
FINGER = 44


def barriers(page: Any) -> list[tuple[str, list[str]]]:
    """What axe-core finds on the page as it stands: rule and elements."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


def assert_no_barriers(page: Any) -> None:
    """axe-core finds nothing."""
    named = barriers(page)
    assert named == [], named


def assert_fits(page: Any) -> None:
    """Nothing scrolls sideways on the narrowest phone; the page goes back to its size."""
    size = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == NARROWEST
    page.set_viewport_size(size)


def assert_good(page: Any) -> None:
    """Both at once."""
    assert_no_barriers(page)
    assert_fits(page)


def forgive_status(problems: list[str], *statuses: int) -> None:
    """Chromium reports a page's own 4xx as an error in the console; everything else stays one."""
    words = tuple(f"status of {status}" for status in statuses)
    problems[:] = [text for text in problems if not any(word in text for word in words)]


# What a finger must hit. Links inside sentences are excepted as in WCAG 2.5.8; a tick counts with its label
# or its cell, a box of chosen words as a whole.
SMALL_TARGETS = """([size, scope]) => [...document.querySelector(scope).querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]")]
  .filter(node => node.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(node => !(node.matches("a") && node.closest("p")))
  .map(node => [node, (node.matches("[type=checkbox], [type=radio]") && (node.closest("td") || node.labels[0])
    || node.closest(".select2-selection") || node).getBoundingClientRect()])
  .map(([node, box]) => [node, Math.round(box.width), Math.round(box.height)])
  .filter(([node, width, height]) => width > 1 && (width < size || height < size))
  .map(([node, width, height]) => `${width} x ${height} ${node.outerHTML.slice(0, 140)}`)"""


def small_targets(page: Any, within: str = "body") -> list[str]:
    """Visible links, buttons and fields `within` a part of the page that a finger may miss."""
    return page.evaluate(SMALL_TARGETS, [FINGER, within])


def sideways(page: Any, *widths: int) -> list[int]:
    """Those of the widths at which the page is wider than its window; it goes back to its size."""
    size = page.viewport_size
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": size["height"]})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(width)
    page.set_viewport_size(size)
    return found
