"""Write a declaration: first a draft, then what the citizen confirmed."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Value, When
from django.utils import timezone

from portal.citizens.models import Contact, Person
from portal.common.actors import Actor
from portal.units.models import Unit
from procedures.enums import DeclarationStatus
from procedures.models import Declaration, Procedure
from procedures.workflow import DECLARATION_WORKFLOW


def draft_declaration(*, procedure: Procedure, unit: Unit, details: dict[str, str], by: Actor) -> Declaration:
    """A new draft of `details`, as `validate_declaration` cleaned them."""
    draft = new_draft(procedure=procedure, unit=unit, details=details, by=by)
    draft.save(force_insert=True)
    return draft


def new_draft(*, procedure: Procedure, unit: Unit, details: dict[str, str], by: Actor) -> Declaration:
    """The same draft unsaved, for callers who insert several rows at once.

    The details are not checked a second time: a doubt the citizen already answered would be raised again.
    """
    return Declaration(
        procedure=procedure,
        unit=unit,
        filed_by=by.actor_ref,
        request_kind=details["request_kind"],
        details=details,
    )


def submit_many(
    *,
    procedure: Procedure,
    unit: Unit,
    details: Sequence[dict[str, str]],
    people: Sequence[tuple[Contact, Person]],
    by: Actor,
) -> list[Declaration]:
    """Submitted declarations in few statements, for load data; `details` are clean."""
    now = timezone.now()
    return Declaration.objects.bulk_create(
        Declaration(
            procedure=procedure,
            unit=unit,
            subject=person,
            contact=contact,
            filed_by=by.actor_ref,
            request_kind=one["request_kind"],
            details=one,
            status=DeclarationStatus.SUBMITTED,
            submitted_at=now,
        )
        for one, (contact, person) in zip(details, people, strict=True)
    )


def redraft_declaration(
    *, declaration: Declaration, procedure_id: int, details: dict[str, str], by: Actor
) -> bool:
    """Replace what a draft says and for what; False when it was confirmed meanwhile and stays as it is.

    Runs inside the caller's transaction: the row is locked before it is looked at, so a confirmation that is
    about to commit is waited for and not written over.
    """
    draft = Declaration.objects.filter(pk=declaration.pk, status=DeclarationStatus.DRAFT)
    if not draft.select_for_update(no_key=True).values_list("pk"):
        return False
    declaration.procedure_id = procedure_id
    declaration.details = details
    declaration.request_kind = details["request_kind"]
    declaration.filed_by = by.actor_ref
    declaration.save(update_fields=["procedure", "details", "request_kind", "filed_by"])
    return True


def submit_declaration(
    *, declaration: Declaration, subject: Person, contact: Contact | None, by: Actor
) -> None:
    """Turn the draft into a declaration of `subject`; runs inside the caller's transaction."""
    mark_submitted(declaration, subject=subject, contact=contact, by=by)
    submit_declarations([declaration])


def mark_submitted(
    declaration: Declaration, *, subject: Person, contact: Contact | None, by: Actor
) -> Declaration:
    """The move without the writing: on a new row before its INSERT, or before `submit_declarations`."""
    DECLARATION_WORKFLOW.check(declaration.status, DeclarationStatus.SUBMITTED, by=by, obj=declaration)
    declaration.status = DeclarationStatus.SUBMITTED
    declaration.subject = subject
    declaration.contact = contact
    declaration.filed_by = by.actor_ref
    declaration.submitted_at = timezone.now()
    return declaration


def submit_declarations(declarations: list[Declaration]) -> None:
    """Write what `mark_submitted` set, one UPDATE for all: one visit, so only the subjects differ."""
    first = declarations[0]
    # The persons have their keys only since they were inserted.
    subjects = {each.pk: each.subject.pk for each in declarations if each.subject}
    cases = [When(pk=pk, then=Value(subject)) for pk, subject in subjects.items()]
    Declaration.objects.filter(pk__in=subjects).update(
        status=first.status,
        subject=subjects[first.pk] if len(subjects) == 1 else Case(*cases),
        contact=first.contact_id,
        filed_by=first.filed_by,
        submitted_at=first.submitted_at,
    )


def drop_drafts(*, uids: list[Any], by: Actor) -> int:
    """Empty drafts whose hold ran out: what was typed is erased, the row stays as a trace."""
    return Declaration.objects.filter(uid__in=uids, status=DeclarationStatus.DRAFT).update(
        status=DeclarationStatus.DROPPED, details=None
    )
