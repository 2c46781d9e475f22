"""Who may do what to a declaration."""

from typing import Any

from portal.common.actors import Actor
from portal.officers.rules import may


def can_submit_declaration(by: Actor, declaration: Any) -> bool:
    """Whoever filed it: a contact whose phone was verified, or an officer or command on its behalf."""
    return not by.actor_ref.startswith("citizen:")


def can_drop_declaration(by: Actor, declaration: Any) -> bool:
    """Drafts are dropped by the sweep, by their owner choosing again, or by an officer."""
    return True


def can_set_questions(by: Actor, unit: Any) -> bool:
    """Whoever sets the unit up, or a command."""
    return may(by, "procedures.change_declarationsettings", unit)
