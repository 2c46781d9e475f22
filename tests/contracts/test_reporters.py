"""Whoever reports in confidence is never contacted: not by a message, not by a call, not on Zalo.

Lanes B and C of reports (confidential, sealed) hold nobody who may be written to. Today the room of reports
says nothing to citizens at all; a notice for lane A, where people leave a phone to be called back, is named
here with its reason before it may exist.
"""

import ast
from pathlib import Path

from portal.notifications.enums import Audience
from portal.notifications.notices import all_notices
from tests.contracts.law import ROOT

OPEN_LANE: frozenset[str] = frozenset()
# Whoever imports one of these can reach a phone or a Zalo user.
REACHING = (
    "portal.notifications.actions",
    "portal.zalo.client",
    "portal.zalo.actions",
    "portal.citizens.actions",
)


def reaching_imports(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    modules = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return [module for module in modules if module.startswith(REACHING)]


def test_no_notice_of_reports_is_addressed_to_a_citizen():
    of_reports = {one.key: one.audience for one in all_notices() if one.key.startswith("reports.")}
    to_citizens = {key for key, audience in of_reports.items() if audience != Audience.OFFICER}
    assert to_citizens == OPEN_LANE


def test_the_room_of_reports_cannot_reach_anybody():
    files = [path for path in sorted(ROOT.joinpath("reports").rglob("*.py")) if "tests" not in path.parts]
    assert files != []
    assert {str(path): found for path in files if (found := reaching_imports(path))} == {}
