"""Contacts: found or made by phone, verified only by a code."""

import datetime as dt

from portal.citizens.models import Contact
from portal.common.actors import Actor
from portal.notifications.actions.contact_points import ensure_contact_point
from portal.notifications.models import ContactPoint


def ensure_contact(*, phone: str, by: Actor) -> Contact:
    """The contact of `phone` (E.164), new and unverified when there is none."""
    contact_point = ensure_contact_point(phone=phone, by=by)
    return Contact.objects.get_or_create(contact_point=contact_point)[0]


def mark_verified(*, contact_point: ContactPoint, now: dt.datetime) -> Contact:
    """The contact of this phone, after its holder answered a code at `now`."""
    contact, _made = Contact.objects.get_or_create(contact_point=contact_point)
    contact.verified_at = now
    contact.save(update_fields=["verified_at"])
    return contact
