"""Where people can be reached. portal.citizens decides when; this room only keeps it."""

from collections.abc import Sequence

from portal.common.actors import Actor
from portal.common.crypto import blind_index
from portal.common.phones import clean_phone
from portal.notifications.models import ContactPoint


def ensure_contact_point(*, phone: str, by: Actor) -> ContactPoint:
    """The contact point of a phone (any notation), made when it is new.

    Two callers at once get the same row. ValidationError `phone_invalid`.
    """
    number = clean_phone(phone)
    phone_hash = blind_index("phone", number)
    found = ContactPoint.objects.filter(phone_hash=phone_hash).first()
    if found is None:
        ContactPoint.objects.bulk_create(
            [ContactPoint(phone=number, phone_hash=phone_hash)], ignore_conflicts=True
        )
        found = ContactPoint.objects.get(phone_hash=phone_hash)
    return found


def add_contact_points(*, phones: Sequence[str], by: Actor) -> list[ContactPoint]:
    """New contact points of clean numbers (E.164) that nobody has yet, in few statements; for load data."""
    return ContactPoint.objects.bulk_create(
        ContactPoint(phone=phone, phone_hash=blind_index("phone", phone)) for phone in phones
    )


def set_opt_out(*, contact_point: ContactPoint, purpose: str, refused: bool, by: Actor) -> ContactPoint:
    """Note that the holder does not want (or wants again) messages of this purpose."""
    purposes = set(contact_point.opt_outs)
    (purposes.add if refused else purposes.discard)(purpose)
    contact_point.opt_outs = sorted(purposes)
    contact_point.save(update_fields=["opt_outs"])
    return contact_point


def refuse_channel(*, contact_point: ContactPoint, channel: str, by: Actor) -> None:
    """A provider says that the holder shut this channel: later plans leave it out."""
    if channel not in contact_point.refused_channels:
        contact_point.refused_channels = sorted({*contact_point.refused_channels, channel})
        contact_point.save(update_fields=["refused_channels"])
