"""May this actor? What a file belongs to says who opens it; the desk's roles say who judges it."""

from typing import Any

from portal.common.actors import Actor, SystemActor
from portal.files.enums import PutBy
from portal.files.owners import find_owner
from portal.officers.rules import may

VIEW = "files.view_storedfile"
JUDGE = "files.judge_storedfile"


def is_system(by: Actor, obj: Any) -> bool:
    return isinstance(by, SystemActor)


def has_sent_all(by: Actor, obj: Any) -> bool:
    """Whoever may append to a file finishes it by its last byte."""
    return True


def can_judge(by: Actor, obj: Any) -> bool:
    """Release, refuse or check once more what lies in quarantine."""
    return may(by, JUDGE, obj)


def can_open(by: Actor, file: Any) -> bool:
    """Only the room the file belongs to knows; a file whose room is gone opens for nobody."""
    owner = find_owner(file.owner_key)
    return owner is not None and owner.may_read(by, file.owner_uid)


def put_by_of(by: Actor) -> PutBy:
    """What kind of sender `by` is, from the reference every actor has."""
    kinds = {"contact": PutBy.CITIZEN, "officer": PutBy.OFFICER, "system": PutBy.SYSTEM}
    return kinds.get(by.actor_ref.partition(":")[0], PutBy.ANONYMOUS)
