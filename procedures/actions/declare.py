"""Write a declaration: first a draft, then what the citizen confirmed."""

from typing import Any

from django.utils import timezone

from portal.citizens.models import Contact, Person
from portal.common.actors import Actor
from portal.units.models import Unit
from procedures.enums import DeclarationStatus
from procedures.models import Declaration, Procedure
from procedures.workflow import DECLARATION_WORKFLOW


def draft_declaration(*, procedure: Procedure, unit: Unit, details: dict[str, str], by: Actor) -> Declaration:
    """A new draft of `details`, as `validate_declaration` cleaned them.

    They are not checked a second time: a doubt the citizen already answered would be raised again.
    """
    return Declaration.objects.create(
        procedure=procedure,
        unit=unit,
        filed_by=by.actor_ref,
        request_kind=details["request_kind"],
        details=details,
    )


def redraft_declaration(*, declaration: Declaration, details: dict[str, str], by: Actor) -> None:
    """Replace what a draft says; a declaration that was confirmed meanwhile stays as it is."""
    declaration.details = details
    declaration.request_kind = details["request_kind"]
    declaration.filed_by = by.actor_ref
    if Declaration.objects.filter(pk=declaration.pk, status=DeclarationStatus.DRAFT).exists():
        declaration.save(update_fields=["details", "request_kind", "filed_by"])


def submit_declaration(
    *, declaration: Declaration, subject: Person, contact: Contact | None, by: Actor
) -> None:
    """Turn the draft into a declaration of `subject`; runs inside the caller's transaction."""
    DECLARATION_WORKFLOW.check(declaration.status, DeclarationStatus.SUBMITTED, by=by, obj=declaration)
    declaration.status = DeclarationStatus.SUBMITTED
    declaration.subject = subject
    declaration.contact = contact
    declaration.filed_by = by.actor_ref
    declaration.submitted_at = timezone.now()
    declaration.save(update_fields=["status", "subject", "contact", "filed_by", "submitted_at"])


def drop_drafts(*, uids: list[Any], by: Actor) -> int:
    """Empty drafts whose hold ran out: what was typed is erased, the row stays as a trace."""
    return Declaration.objects.filter(uid__in=uids, status=DeclarationStatus.DRAFT).update(
        status=DeclarationStatus.DROPPED, details=None
    )
