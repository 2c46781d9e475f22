"""Reads across the room's tables."""

from django.db.models import QuerySet
from django.utils import timezone

from portal.citizens.models import CitizenSession, Contact, Person, PersonAccess
from portal.citizens.models.persons import birth_hash_of, identity_hash_of, name_hash_of, word_hash_of
from portal.common.crypto import blind_index
from portal.common.text import name_words


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
