"""What the empty declaration costs beside the same page with its fields written by hand.

Both pages are answered by turns in one process through the whole stack of middleware; medians are compared.
Printed with `pytest -s -m long tests/load/test_declaration_page.py`; the last figures: docs/PERFORMANCE.md.
"""

import re
import statistics
import sys
import time
from pathlib import Path
from unittest.mock import patch

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client

from appointments.views import declare

ROUNDS, PAGES = 15, 20
MOST = 1.2
PAGE = sys.modules[declare.__module__]
TEMPLATES = Path(__file__).parent / "templates"
pytestmark = pytest.mark.long


def by_hand(request: HttpRequest, template: str, context: dict, **options: object) -> HttpResponse:
    """Answer with the hand-written page instead, from the same context."""
    return render(request, "handwritten_declaration.html", context, **options)


@pytest.fixture
def path(slot, settings) -> str:
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], TEMPLATES]}]
    return f"/{slot.session.unit.slug}/dat-lich/khung-gio/{slot.uid}/"


def controls(page: str) -> list[str]:
    """Every control of a page as it is named, in its order."""
    return re.findall(r'<(?:input|select|textarea|button)[^>]*?name="([^"]+)"', page)


def seconds(client: Client, path: str) -> float:
    start = time.perf_counter()
    for _page in range(PAGES):
        client.get(path)
    return (time.perf_counter() - start) / PAGES


def test_drawn_page_costs_at_most_a_fifth_more_than_a_hand_written_one(path, capsys) -> None:
    client = Client()
    drawn, written = [], []
    first = client.get(path).content.decode()
    with patch.object(PAGE, "render", by_hand):
        assert controls(client.get(path).content.decode()) == controls(first)
    for _round in range(ROUNDS):
        drawn.append(seconds(client, path))
        with patch.object(PAGE, "render", by_hand):
            written.append(seconds(client, path))
    ours, theirs = statistics.median(drawn), statistics.median(written)
    with capsys.disabled():
        print(
            f"\nempty declaration: {1000 * ours:.2f} ms, written by hand: {1000 * theirs:.2f} ms, "
            f"ratio {ours / theirs:.2f} (medians of {ROUNDS} rounds of {PAGES} pages)"
        )
    assert ours / theirs <= MOST
