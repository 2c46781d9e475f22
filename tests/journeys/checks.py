"""What must be true of every page a citizen sees."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

NARROWEST = 320


def assert_no_barriers(page: Any) -> None:
    """axe-core finds nothing on the page as it stands."""
    found = Axe().run(page).response["violations"]
    named = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
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
