"""A door translates and calls one action; a rule in it is a rule that half the callers lack.

Serializers give shape only. A form's `clean` passes on what validators and actions said. A ModelAdmin's save
hands over to an action. No door writes rows itself.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from house import attribute_name, finish, on_shelf, parse, product_files

DOORS = (
    "admin",
    "views",
    "api",
    "forms",
    "management",
    "middleware",
    "site",
    "gate",
    "sessions",
    "handlers",
    "tasks",
)
SERIALIZER_RULE = re.compile(r"(validate(_\w+)?|run_validation|create|update|save)$")
FORM_CHECK = re.compile(r"(clean(_\w+)?|_post_clean)$")
ADMIN_SAVE = {"save_model", "save_form", "save_related", "save_formset", "delete_model", "delete_queryset"}
ROW_WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete"}
Faults = Iterator[tuple[ast.AST, str]]


def methods(node: ast.AST) -> list[ast.FunctionDef]:
    return [item for item in getattr(node, "body", []) if isinstance(item, ast.FunctionDef)]


def outside_handlers(node: ast.AST) -> Iterator[ast.AST]:
    """Everything below `node` but the bodies of `except`: there an error is only passed on."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.ExceptHandler):
            yield child
            yield from outside_handlers(child)


def serializer_rules(tree: ast.Module) -> Faults:
    for node in ast.walk(tree):
        bases = [attribute_name(base) for base in getattr(node, "bases", [])]
        if isinstance(node, ast.ClassDef) and any(
            base.endswith(("Serializer", "Answer", "Request")) for base in bases
        ):
            for method in methods(node):
                if SERIALIZER_RULE.match(method.name):
                    yield (
                        method,
                        f"rule in a serializer: {node.name}.{method.name}; a serializer gives shape only",
                    )


def form_rules(tree: ast.Module) -> Faults:
    for node in ast.walk(tree):
        for method in methods(node) if isinstance(node, ast.ClassDef) else []:
            for part in outside_handlers(method) if FORM_CHECK.match(method.name) else []:
                if isinstance(part, ast.Call) and attribute_name(part) == "ValidationError":
                    yield (
                        part,
                        f"rule in a form: {node.name}.{method.name} decides; ask a validator or action",
                    )


def admin_rules(tree: ast.Module) -> Faults:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in ADMIN_SAVE:
            for part in ast.walk(node):
                if isinstance(part, ast.Compare | ast.Raise | ast.For | ast.While):
                    yield part, f"rule in an admin class: {node.name} decides; call one action"


def row_writes(tree: ast.Module) -> Faults:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = ast.unparse(node.func.value)
        writes = node.func.attr in ROW_WRITES and re.search(r"\.objects\b|queryset\b", owner)
        saves = node.func.attr in {"save", "delete"} and not re.search(r"super\(|form\b|serializer\b", owner)
        if writes or saves:
            yield node, f"a door writes rows: {ast.unparse(node)[:60]}; call one action"


def faults_of(path: Path) -> Faults:
    tree = parse(path)
    yield from serializer_rules(tree) if on_shelf(path, "api", "serializers") else ()
    yield from form_rules(tree) if on_shelf(path, "forms") else ()
    yield from admin_rules(tree) if on_shelf(path, "admin") else ()
    yield from row_writes(tree) if on_shelf(path, *DOORS) and not on_shelf(path, "actions", "models") else ()


if __name__ == "__main__":
    found = ((path, *fault) for path in product_files() for fault in faults_of(path))
    finish("doors hold no rules", (f"{path}:{node.lineno}: {text}" for path, node, text in found))
