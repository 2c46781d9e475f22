"""Reads across the room's tables."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.citizens.enums import OrganisationStatus
from portal.citizens.models import (
    CitizenSession,
    Contact,
    HamletFollower,
    Membership,
    OneTimeCode,
    Organisation,
    Person,
    PersonAccess,
)
from portal.citizens.models.organisations import organisation_name_hash_of, tax_hash_of
from portal.citizens.models.persons import birth_hash_of, identity_hash_of, name_hash_of, word_hash_of
from portal.citizens.validators import clean_tax_code
from portal.common.crypto import blind_index
from portal.common.identity import clean_identity_number
from portal.common.text import name_words
from portal.notifications.notices import UNIT_NEWS
from portal.units.models import Unit


def persons_of(contact: Contact) -> QuerySet[Person]:
    """Everybody this contact declared; showing more than a masked name needs `has_opened`."""
    return Person.objects.filter(contact_links__contact=contact).order_by("pk")


def has_opened(*, session: CitizenSession | None, person: Person) -> bool:
    """True while this browser may read the person's items."""
    if session is None:
        return False
    return PersonAccess.objects.filter(session=session, person=person, expires_at__gt=timezone.now()).exists()


def find_contact(phone: str) -> Contact | None:
    """The contact of a clean phone (E.164)."""
    return Contact.objects.filter(contact_point__phone_hash=blind_index("phone", phone)).first()


def persons_with_number(number: str) -> QuerySet[Person]:
    """Persons declared with this clean 12-digit number."""
    return Person.objects.filter(identity_hash=identity_hash_of(number))


def persons_named(name: str, *, birth: str = "") -> QuerySet[Person]:
    """Persons of exactly this name (accents and capitals ignored), born `birth` when it is given."""
    found = Person.objects.filter(name_hash=name_hash_of(name))
    return found.filter(birth_hash=birth_hash_of(birth)) if birth else found


def persons_with_words(text: str) -> QuerySet[Person]:
    """Persons whose name has every whole word of `text`, in any order; nobody for an empty text."""
    words = name_words(text)
    found = Person.objects.all() if words else Person.objects.none()
    for word in words:
        found = found.filter(name_words__word_hash=word_hash_of(word))
    return found


def search_persons(rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those with this 12-digit number, or with every word in their name; all for an empty text."""
    if not text.strip():
        return rows
    with suppress(ValidationError):
        return rows.filter(identity_hash=identity_hash_of(clean_identity_number(text)))
    return rows.filter(pk__in=persons_with_words(text))


def acting_for(contact: Contact) -> QuerySet[Membership]:
    """In whose name this contact may act today: memberships in force of active organisations."""
    return (
        Membership.objects.current()
        .filter(contact=contact, organisation__status=OrganisationStatus.ACTIVE)
        .select_related("organisation__unit")
    )


def search_organisations(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Those with this tax code or exactly this name (accents and capitals ignored); all for an empty text."""
    if not text.strip():
        return rows
    found = Q(name_hash=organisation_name_hash_of(text))
    with suppress(ValidationError):  # no tax code: then it can only be a name
        found |= Q(tax_hash=tax_hash_of(clean_tax_code(text)))
    return rows.filter(found)


def is_challenge(uid: Any, *, purpose: str) -> bool:
    """Was a code sent for this purpose under this uid, however long ago?"""
    return OneTimeCode.objects.filter(uid=uid, purpose=purpose).exists()


def followed_hamlets(contact: Contact, unit: Unit) -> list[str]:
    """Uids of the unit's hamlets whose news this contact wants."""
    rows = HamletFollower.objects.current().filter(contact=contact, hamlet__unit=unit)
    return [str(uid) for uid in rows.values_list("hamlet__uid", flat=True)]


def refuses_news(contact: Contact) -> bool:
    """True when nothing sent to many people reaches this phone."""
    return UNIT_NEWS.purpose in contact.contact_point.opt_outs
