"""Reads across the room's tables."""

import datetime as dt
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.citizens.enums import NoticePurpose, OrganisationStatus, ZaloReply
from portal.citizens.models import (
    CitizenSession,
    Contact,
    HamletFollower,
    LinkCode,
    LinkInvitation,
    Membership,
    OneTimeCode,
    Organisation,
    Person,
    PersonAccess,
    ZaloAnswer,
)
from portal.citizens.models.organisations import organisation_name_hash_of, tax_hash_of
from portal.citizens.models.persons import birth_hash_of, identity_hash_of, name_hash_of, word_hash_of
from portal.citizens.rules import ANSWER_SECONDS
from portal.citizens.validators import clean_tax_code, is_link_word, is_stop_word, link_code_in
from portal.common.crypto import blind_index
from portal.common.identity import clean_identity_number
from portal.common.text import name_words
from portal.notifications.enums import Audience, MessageClass
from portal.notifications.models import ZaloLink
from portal.notifications.notices import UNIT_NEWS, all_notices
from portal.units.models import Unit
from portal.zalo.models import OfficialAccount, ZaloUser


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


def notice_purposes() -> dict[str, bool]:
    """What citizens can opt out of, in the order a page lists it: purpose to whether a call follows instead.

    One-time codes are no purpose: who asks for one gets it.
    """
    asked = [one for one in all_notices() if one.audience == Audience.CITIZEN]
    said = {one.purpose for one in asked if one.message_class != MessageClass.CODE}
    return {
        purpose: any(one.must_reach for one in asked if one.purpose == purpose)
        for purpose in NoticePurpose.values
        if purpose in said
    }


def links_of(contact: Contact) -> QuerySet[ZaloLink]:
    """The Zalo users that messages for this contact's phone go to, one per Official Account at most."""
    links = contact.contact_point.zalo_links.active().select_related("account", "zalo_user", "contact_point")
    return links.order_by("account")


def live_link_code(contact: Contact, account: OfficialAccount) -> LinkCode | None:
    """The code this contact may still send to the account."""
    return LinkCode.objects.filter(contact=contact, account=account).usable(timezone.now()).first()


def usable_invitation(uid: Any) -> LinkInvitation | None:
    """None when it was used, is too old or never was."""
    rows = LinkInvitation.objects.usable(timezone.now()).select_related("zalo_user__account__unit")
    return rows.filter(uid=uid).first()


def hears_on_zalo(*, text: str, user: ZaloUser) -> bool:
    """True for words that this room answers itself (actions/hear_zalo), before or after it has done so."""
    if link_code_in(text) or is_link_word(text):
        return True
    if not is_stop_word(text):
        return False
    just_now = timezone.now() - dt.timedelta(seconds=ANSWER_SECONDS)
    stopped = ZaloAnswer.objects.filter(zalo_user=user, reply=ZaloReply.STOPPED, created_at__gt=just_now)
    return ZaloLink.objects.active().filter(zalo_user=user).exists() or stopped.exists()


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
