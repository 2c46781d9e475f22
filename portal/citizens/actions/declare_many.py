"""Contacts and persons by the thousand, for load data: the same columns as one by one, in few statements."""

from collections.abc import Sequence

from portal.citizens.enums import PersonRole
from portal.citizens.models import Contact, ContactPerson, Person, PersonNameWord
from portal.common.actors import Actor
from portal.notifications.actions.contact_points import add_contact_points


def declare_many(*, details: Sequence[dict[str, str]], by: Actor) -> list[tuple[Contact, Person]]:
    """A new contact and person for each set of cleaned details; every phone must be new and occur once."""
    points = add_contact_points(phones=[one["phone"] for one in details], by=by)
    contacts = Contact.objects.bulk_create(Contact(contact_point=point) for point in points)
    persons = [_person(one) for one in details]
    Person.objects.bulk_create(persons)
    PersonNameWord.objects.bulk_create(word for person in persons for word in person.new_name_words())
    ContactPerson.objects.bulk_create(
        ContactPerson(contact=contact, person=person, role=PersonRole.SELF)
        for contact, person in zip(contacts, persons, strict=True)
    )
    return list(zip(contacts, persons, strict=True))


def _person(details: dict[str, str]) -> Person:
    person = Person(
        full_name=details["full_name"],
        birth_date=details["birth_date"],
        gender=details["gender"] or None,
        permanent_address=details["permanent_address"] or None,
    )
    person.clean()
    person.index()
    return person
