"""The table decides what may happen; refusals have codes."""

import pytest
from django.core.exceptions import ValidationError

from portal.common.actors import ANONYMOUS_CITIZEN, SystemActor
from portal.common.errors import Conflict, NotAllowed
from portal.common.workflow import Move, Workflow

CLERK = SystemActor("clerk")


def clerk_only(by, obj):
    return by == CLERK


OPEN = Move("new", "open", "accept", "Nhận", clerk_only)
CLOSE = Move("open", "closed", "close", "Đóng", clerk_only, requires=("reason",))
DROP = Move("new", "closed", "drop", "Bỏ", lambda by, obj: obj == "own")
TABLE = Workflow([OPEN, CLOSE, DROP])


def test_targets_are_what_this_actor_may_do_now():
    assert TABLE.targets("new", by=CLERK, obj="own") == [OPEN, DROP]
    assert TABLE.targets("new", by=ANONYMOUS_CITIZEN, obj="other") == []
    assert TABLE.targets("closed", by=CLERK, obj="own") == []


def test_check_returns_the_move():
    assert TABLE.check("new", "open", by=CLERK, obj=None) == OPEN


def test_check_refuses_a_move_that_is_not_in_the_table():
    with pytest.raises(Conflict) as caught:
        TABLE.check("closed", "open", by=CLERK, obj=None)
    assert (caught.value.code, caught.value.extra) == ("move_not_allowed", {"frm": "closed", "to": "open"})


def test_check_refuses_an_actor():
    with pytest.raises(NotAllowed) as caught:
        TABLE.check("new", "open", by=ANONYMOUS_CITIZEN, obj=None)
    assert caught.value.code == "not_allowed"


@pytest.mark.parametrize("reason", ["", None])
def test_check_asks_for_the_reason(reason):
    with pytest.raises(ValidationError) as caught:
        TABLE.check("open", "closed", by=CLERK, obj=None, reason=reason)
    assert caught.value.error_dict["reason"][0].code == "reason_required"


def test_reason_that_is_not_needed_does_no_harm():
    assert TABLE.check("new", "open", by=CLERK, obj=None, reason="x") == OPEN


def test_a_reason_of_blanks_is_none():
    with pytest.raises(ValidationError):
        TABLE.check("open", "closed", by=CLERK, obj=None, reason="  ")


def test_statuses_are_those_of_the_table():
    assert TABLE.statuses() == {"new", "open", "closed"}


def test_actors_say_who_they_are():
    assert (CLERK.actor_ref, ANONYMOUS_CITIZEN.actor_ref) == ("system:clerk", "citizen:anonymous")
