"""Tasks take ids, and words to citizens stand in templates/messages/, where officers sign them off.

A model or text as a task argument would lie in the broker for everybody to read. A sentence glued together
in Python is seen by nobody who answers for it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from house import attribute_name, finish, on_shelf, parse, product_files

TASK_ARGUMENTS = {"str", "int", "UUID", "uuid.UUID"}
VIETNAMESE = re.compile(r"[^\x00-\x7f]")
Faults = Iterator[tuple[ast.AST, str]]


def task_arguments(tree: ast.Module) -> Faults:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef) or "task" not in " ".join(
            map(ast.unparse, node.decorator_list)
        ):
            continue
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        given += [extra for extra in (node.args.vararg, node.args.kwarg) if extra]
        for argument in given:
            if argument.annotation is None or ast.unparse(argument.annotation) not in TASK_ARGUMENTS:
                yield argument, f"task {node.name} takes {argument.arg}: a task takes ids (str, int, UUID)"


def notice_words(tree: ast.Module) -> Faults:
    raised = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
    for node in ast.walk(tree):
        made = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Call) and attribute_name(node) == "format"
        )
        glued = isinstance(node, ast.BinOp) and any(
            isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, node.right)
        )
        words = (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and VIETNAMESE.search(node.value)
        )
        if (made or glued or words) and id(node) not in raised:
            yield node, "words to citizens in Python; they stand in templates/messages/"


def faults_of(path: Path) -> Faults:
    tree = parse(path)
    yield from task_arguments(tree) if on_shelf(path, "tasks") else ()
    yield from notice_words(tree) if on_shelf(path, "notices") else ()


if __name__ == "__main__":
    found = ((path, *fault) for path in product_files() for fault in faults_of(path))
    finish(
        "tasks take ids, words stand in templates",
        (f"{path}:{node.lineno}: {text}" for path, node, text in found),
    )
