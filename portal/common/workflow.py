"""Allowed moves as a table a civil servant could read; one gate per noun asks it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.common.actors import Actor
from portal.common.errors import Conflict, NotAllowed

Rule = Callable[[Actor, Any], bool]


@dataclass(frozen=True)
class Move:
    """`verb` moves an object from `frm` to `to`; `may(by, obj)` decides who; `label` is for buttons."""

    frm: str
    to: str
    verb: str
    label: Any  # text or a lazy translation
    may: Rule
    requires: tuple[str, ...] = ()


class Workflow:
    """The table of one noun."""

    def __init__(self, moves: list[Move]) -> None:
        self.moves = moves

    def targets(self, status: str, *, by: Actor, obj: Any) -> list[Move]:
        """Moves this actor may make from `status`: buttons, API `available_actions`, admin choices."""
        return [move for move in self.moves if move.frm == status and move.may(by, obj)]

    def check(self, frm: str, to: str, *, by: Actor, obj: Any, **facts: Any) -> Move:
        """The move; blank facts count as missing.

        Conflict `move_not_allowed`, NotAllowed `not_allowed`, ValidationError `<fact>_required`.
        """
        found = [move for move in self.moves if move.frm == frm and move.to == to]
        if not found:
            raise Conflict(
                "move_not_allowed", str(_("Không thể chuyển từ trạng thái hiện tại.")), frm=frm, to=to
            )
        allowed = [move for move in found if move.may(by, obj)]
        if not allowed:
            raise NotAllowed("not_allowed", str(_("Ông/Bà không có quyền thực hiện việc này.")))
        move = allowed[0]
        for fact in move.requires:
            given = facts.get(fact)
            if not (given.strip() if isinstance(given, str) else given):
                message = _("Xin nhập lý do.") if fact == "reason" else _("Thiếu thông tin bắt buộc.")
                raise ValidationError({fact: ValidationError(message, code=f"{fact}_required")})
        return move

    def statuses(self) -> set[str]:
        return {move.frm for move in self.moves} | {move.to for move in self.moves}
