"""The people of a visit: from the cleaned answers of their declarations to rows of the citizens' room."""

from collections.abc import Sequence
from typing import Any

from appointments.models import Booking
from portal.citizens.actions.consents import rows_of_consent
from portal.citizens.actions.persons import new_person, rows_of_person
from portal.citizens.enums import PersonRole
from portal.citizens.models import Contact
from portal.common.actors import Actor
from procedures.actions.declare import mark_submitted

CONSENT_TEXT = ("appointments.visit_messages", "1")


def consented_people(party: Sequence[Booking], *, contact: Contact, channel: str, by: Actor) -> list[Any]:
    """Unsaved persons with words, links and consents of the contact who declared them.

    Their declarations become submitted in memory; write them after these rows.
    """
    rows: list[Any] = []
    for place, booking in enumerate(party):
        details = _details(booking)
        person = new_person(details)
        role = details.get("relation") or _usual_role(place)
        rows += rows_of_person(person, contact=contact, role=role, by=by)
        rows += rows_of_consent(
            contact=contact,
            person=person,
            purpose="appointments",
            text=CONSENT_TEXT,
            channel=channel,
            by=by,
        )
        mark_submitted(booking.declaration, subject=person, contact=contact, by=by)
    return rows


def _details(booking: Booking) -> dict[str, str]:
    details = booking.declaration.details
    assert details is not None, "a hold's answers are erased a day after it ran out, and refused then"
    return details


def _usual_role(place: int) -> str:
    """Who fills in the form mostly comes first."""
    return PersonRole.OTHER if place else PersonRole.SELF


def attested_people(party: Sequence[Booking], *, contact: Contact | None, by: Actor) -> list[Any]:
    """The same for people whom an officer or helper knows; nobody consented by a code."""
    rows: list[Any] = []
    for booking in party:
        person = new_person(_details(booking))
        rows += rows_of_person(person, by=by)
        mark_submitted(booking.declaration, subject=person, contact=contact, by=by)
    return rows
