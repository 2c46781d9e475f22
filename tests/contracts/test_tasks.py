"""Tasks take ids: a model or a text as an argument would lie in the broker for everybody to read."""

import inspect
import typing
import uuid

from portal.celery import app
from tests.contracts.law import room_of

IDS = {str, int, uuid.UUID}


def house_tasks() -> dict[str, object]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if room_of(task.__module__)}


def test_no_task_takes_a_model():
    wrong = {}
    for name, task in house_tasks().items():
        hints = typing.get_type_hints(task.run)
        strange = [
            argument for argument in inspect.signature(task.run).parameters if hints.get(argument) not in IDS
        ]
        wrong |= {name: strange} if strange else {}
    assert wrong == {}


def test_tasks_are_named_after_their_room():
    """`room.verb_noun`: a worker's log says which room works."""
    named = {name: room_of(task.__module__).rsplit(".", 1)[-1] for name, task in house_tasks().items()}
    assert len(named) > 5
    assert {name: room for name, room in named.items() if not name.startswith(f"{room}.")} == {}


def test_scheduled_tasks_exist():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled - set(app.tasks) == set()
