"""Who may do what to declarations and to the catalogue."""

from typing import Any

from portal.common.actors import Actor, SystemActor
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


def can_write_edition(by: Actor, province: Any) -> bool:
    """An editor of the province, or a command; nobody edits the common edition on a screen."""
    return may(by, "procedures.change_procedure", province)


def can_publish_edition(by: Actor, version: Any) -> bool:
    """A reviewer of the province the version belongs to; the common edition comes from its files only."""
    if version is None or version.province is None:
        return isinstance(by, SystemActor)
    return may(by, "procedures.review_procedure", version.province)


def can_discard_edition(by: Actor, version: Any) -> bool:
    """Who may write or publish it."""
    if can_publish_edition(by, version):
        return True
    return version is not None and version.province is not None and can_write_edition(by, version.province)


def can_replace_edition(by: Actor, version: Any) -> bool:
    """Nobody by hand: a version is replaced by publishing the next one."""
    return isinstance(by, SystemActor) or can_publish_edition(by, version)


def can_set_mode(by: Actor, unit: Any) -> bool:
    return may(by, "procedures.change_filingrule", unit)


def can_record_authorisation(by: Actor, unit: Any) -> bool:
    return may(by, "procedures.add_authorisation", unit)


def can_note(by: Actor, unit: Any) -> bool:
    return may(by, "procedures.change_procedurenote", unit)
