"""Where the texts of citizens stand in the code: the shelves they reach, and what is the officers' alone."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings as project

# As in a compiled catalogue, where a text that counts has a form for each number.
MessageKey = str | tuple[str, int]
ONE, COUNTED = {"_", "gettext", "gettext_lazy"}, {"ngettext", "ngettext_lazy"}

# A new module on one of these shelves counts as met by citizens until it is named below.
SHELVES = (
    "appointments/actions",
    "appointments/api",
    "appointments/documents.py",
    "appointments/enums.py",
    "appointments/forms",
    "appointments/validators.py",
    "appointments/views",
    "portal/citizens/actions",
    "portal/citizens/api",
    "portal/citizens/enums.py",
    "portal/citizens/validators.py",
    "portal/citizens/views",
    "portal/common",
    "portal/files/api",
    "portal/files/errors.py",
    "portal/home/context_processors.py",
    "portal/home/views.py",
    "portal/requests/errors.py",
    "procedures/declarations",
    "procedures/enums.py",
    "procedures/forms",
    "procedures/views.py",
    "procedures/validators.py",
    "reports",
)
# Only doors below /quan-tri/, commands and the clock lead here; officers' pages are Vietnamese only.
OFFICERS_ONLY = (
    "appointments/actions/add_sessions.py",
    "appointments/actions/book_many.py",
    "appointments/actions/call_next.py",
    "appointments/actions/cancel_session.py",
    "appointments/actions/change_slots.py",
    "appointments/actions/check_in.py",
    "appointments/actions/close_day.py",
    "appointments/actions/edit_campaign.py",
    "appointments/actions/enrol_helper.py",
    "appointments/actions/extend_office.py",
    "appointments/actions/lay_out.py",
    "appointments/actions/move_cards.py",
    "appointments/actions/note_slips.py",
    "appointments/actions/open_campaign.py",
    "appointments/actions/retention.py",
    "appointments/actions/serve_turn.py",
    "appointments/actions/stations.py",
    "appointments/actions/sync_desk.py",
    "appointments/actions/transition.py",
    "appointments/actions/visit_at_desk.py",
    "appointments/forms/cards.py",
    "appointments/forms/enrolment.py",
    "appointments/forms/hours.py",
    "appointments/forms/office.py",
    "appointments/forms/plan.py",
    "appointments/forms/slots.py",
    "appointments/views/counter.py",
    "appointments/views/desk.py",
    "appointments/views/desk_access.py",
    "appointments/views/desk_state.py",
    "portal/citizens/actions/organisations.py",
    "portal/citizens/actions/personal_data.py",
    "portal/citizens/actions/phone_data.py",
    "portal/common/admin.py",
    "procedures/forms/desk.py",
    "procedures/forms/lines.py",
    "portal/common/tables.py",
)


def modules() -> list[str]:
    """Every module of the shelves, officers' own included."""
    paths = [project.ROOT / shelf for shelf in SHELVES]
    found = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))]
    names = [file.relative_to(project.ROOT) for file in found]
    return sorted(str(name) for name in names if "tests" not in name.parts)


def citizen_modules() -> list[str]:
    return [name for name in modules() if name not in OFFICERS_ONLY]


def _nodes(name: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(Path(project.ROOT, name).read_text(encoding="utf-8")))


def _calls(name: str, functions: set[str]) -> list[str]:
    """The first argument of every call of one of the functions."""
    nodes = (node for node in _nodes(name) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return [ast.literal_eval(node.args[0]) for node in nodes if node.func.id in functions]


def texts(name: str) -> list[MessageKey]:
    """What a module asks gettext for; ValueError for a text that is only put together at run time."""
    return [*_calls(name, ONE), *((text, 0) for text in _calls(name, COUNTED))]


def imports(name: str) -> set[str]:
    """Files of the modules that this one names in an import."""
    lines = [node for node in _nodes(name) if isinstance(node, ast.ImportFrom) and node.module]
    dotted = {line.module for line in lines}
    dotted |= {f"{line.module}.{alias.name}" for line in lines for alias in line.names}
    return {f"{module.replace('.', '/')}.py" for module in dotted}
