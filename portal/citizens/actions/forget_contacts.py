"""Phones that nothing needs any more: contact, proofs of consent that served their purpose, and the number.

The foreign keys of all rooms decide what is needed: a visit, a declaration, a place in a line, a message or
call that is still kept, a linked Zalo, a device. What remains is looked at here: consents, and a wish not to
be written to, which must be remembered as long as the number might be written to.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q, QuerySet
from django.utils import timezone

from portal.audit.record import record
from portal.citizens.actions.consents import withdraw_consent
from portal.citizens.models import CitizenSession, CitizenToken, Consent, Contact, OneTimeCode
from portal.common.actors import Actor
from portal.common.models import unprotected
from portal.notifications.models import ContactPoint

BATCH, ROUNDS = 200, 20
# Given for one visit or one piece of news: rows of the room that asked hold the contact as long as it lasts.
ENDS_WITH_ITS_ROWS = ("appointments", "intake_news")


def forget_contacts(*, by: Actor) -> int:
    """Delete contacts and phones without open item, device or lasting consent; returns how many phones.

    Nothing younger than CONTACT_DAYS goes, so that who was just told something is still found.
    """
    before = timezone.now() - dt.timedelta(days=settings.CONTACT_DAYS)
    done = 0
    for _round in range(ROUNDS):
        contacts = list(unneeded_contacts(before)[:BATCH])
        points = list(unneeded_points(before).values_list("pk", flat=True)[:BATCH])
        if not contacts and not points:
            break
        try:
            done += _forget(contacts, points, by)
        except (ProtectedError, IntegrityError):  # somebody came back between the two: the next run sees him
            break
    return done


def forget_phone(*, contact_point: ContactPoint, by: Actor) -> bool:
    """Delete one phone at its holder's wish, with contact and proofs of consent; False while a row needs it.

    A wish not to be written to goes with it: it was his to make.
    """
    OneTimeCode.objects.filter(contact_point=contact_point, expires_at__lt=timezone.now()).delete()
    free = unprotected(ContactPoint.objects.filter(pk=contact_point.pk), but_for=[Contact])
    contacts = Contact.objects.filter(contact_point=contact_point)
    if not free.exists() or unprotected(contacts, but_for=[Consent]).count() < contacts.count():
        _withdraw_own(contact_point, by)
        return False
    _forget(list(contacts), [] if contacts else [contact_point.pk], by)
    return True


def _withdraw_own(contact_point: ContactPoint, by: Actor) -> None:
    """What the holder agreed to for himself ends at once, even if the number is needed a little longer."""
    own = Consent.objects.in_force().filter(contact__contact_point=contact_point, person=None)
    for consent in own.exclude(purpose__in=ENDS_WITH_ITS_ROWS):
        withdraw_consent(consent=consent, by=by)


def forget_devices(*, sessions: QuerySet[CitizenSession], tokens: QuerySet[CitizenToken]) -> int:
    """Delete browsers and apps; they have to show a code again. How many."""
    gone = sessions.count() + tokens.count()
    sessions.delete()
    tokens.delete()
    return gone


def unneeded_contacts(before: dt.datetime) -> QuerySet[Contact]:
    """Contacts whom no row needs, without a device, whose consents are old and have served their purpose."""
    mine: dict[str, Any] = {"contact": OuterRef("pk")}
    lasting = Q(withdrawn_at__isnull=True) & ~Q(purpose__in=ENDS_WITH_ITS_ROWS)
    young = Q(given_at__gte=before) | Q(withdrawn_at__gte=before)
    needed = Consent.objects.filter(lasting | young | Q(person__isnull=False), **mine)
    rows = Contact.objects.filter(
        ~Exists(needed),
        ~Exists(CitizenSession.objects.filter(**mine)),
        ~Exists(CitizenToken.objects.filter(**mine)),
        Q(verified_at__isnull=True) | Q(verified_at__lt=before),
        created_at__lt=before,
    )
    free = unprotected(ContactPoint.objects.all(), but_for=[Contact])
    rows = rows.filter(contact_point__in=free, contact_point__opt_outs=[], contact_point__refused_channels=[])
    return unprotected(rows, but_for=[Consent]).order_by("pk")


def unneeded_points(before: dt.datetime) -> QuerySet[ContactPoint]:
    """Phones nobody verified and nothing refers to."""
    rows = ContactPoint.objects.filter(created_at__lt=before, opt_outs=[], refused_channels=[])
    return unprotected(rows).order_by("pk")


@transaction.atomic
def _forget(contacts: list[Contact], points: list[int], by: Actor) -> int:
    """The journal keeps how many went, and no uid: nothing leads to a phone that is gone."""
    keys = [contact.pk for contact in contacts]
    Consent.objects.filter(contact__in=keys).delete()
    Contact.objects.filter(pk__in=keys).delete()
    numbers = [*points, *(contact.contact_point_id for contact in contacts)]
    ContactPoint.objects.filter(pk__in=numbers).delete()
    record(action="contacts.forgotten", by=by, obj=None, detail={"phones": len(numbers)})
    return len(numbers)
