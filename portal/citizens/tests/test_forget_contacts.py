"""Which phones go when nothing needs them any more, and which stay."""

import datetime as dt

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.citizens.actions import forget_contacts as module
from portal.citizens.actions.consents import record_consent, withdraw_consent
from portal.citizens.actions.contacts import ensure_contact, mark_verified
from portal.citizens.actions.forget_contacts import forget_contacts
from portal.citizens.actions.sessions import start_session
from portal.citizens.models import Consent, Contact
from portal.citizens.tasks import forget_old_contacts
from portal.common.actors import SystemActor
from portal.notifications.actions.contact_points import ensure_contact_point, refuse_channel, set_opt_out
from portal.notifications.models import ContactPoint, OutboxMessage

CLOCK = SystemActor("tests")
TERM = dt.timedelta(days=180)
LONG_AGO = TERM + dt.timedelta(days=1)


def age(by: dt.timedelta = LONG_AGO) -> None:
    """Make everything that stands older."""
    then = timezone.now() - by
    ContactPoint.objects.update(created_at=then)
    Contact.objects.update(created_at=then)
    Contact.objects.filter(verified_at__isnull=False).update(verified_at=then)
    Consent.objects.update(given_at=then)
    Consent.objects.filter(withdrawn_at__isnull=False).update(withdrawn_at=then)


@pytest.fixture
def contact(db, new_phone) -> Contact:
    point = ensure_contact_point(phone=new_phone(), by=CLOCK)
    return mark_verified(contact_point=point, now=timezone.now())


def agree(contact: Contact, purpose: str) -> Consent:
    return record_consent(
        contact=contact, purpose=purpose, text_key="t", text_version="1", channel="web", by=contact
    )


def test_a_phone_that_nothing_needs_goes_after_the_term_with_its_served_consents(contact):
    agree(contact, "appointments")
    withdraw_consent(consent=agree(contact, "news"), by=contact)
    age(TERM - dt.timedelta(hours=1))
    assert forget_contacts(by=CLOCK) == 0
    age()
    assert forget_contacts(by=CLOCK) == 1
    assert (Contact.objects.count(), ContactPoint.objects.count(), Consent.objects.count()) == (0, 0, 0)
    entry = AuditEntry.objects.filter(action="contacts.forgotten").get()
    assert (entry.detail, entry.object_uid) == ({"phones": 1}, "")
    assert forget_contacts(by=CLOCK) == 0


def test_a_number_nobody_ever_verified_goes_too(db, new_phone):
    ensure_contact_point(phone=new_phone(), by=CLOCK)
    ensure_contact(phone=new_phone(), by=CLOCK)
    age()
    assert forget_contacts(by=CLOCK) == 2


@pytest.mark.parametrize(
    "need", ["consent", "device", "opt-out", "refused", "code", "message", "young consent"]
)
def test_what_is_still_needed_keeps_the_phone(contact, unit, ask, need):
    point = contact.contact_point
    if need == "consent":
        agree(contact, "news")
    elif need == "device":
        start_session(contact=contact)
    elif need == "opt-out":
        set_opt_out(contact_point=point, purpose="news", refused=True, by=CLOCK)
    elif need == "refused":
        refuse_channel(contact_point=point, channel="sms", by=CLOCK)
    elif need == "code":
        ask(phone=point.phone)
        OutboxMessage.objects.all().delete()
    elif need == "message":
        OutboxMessage.objects.create(
            intent="t", about=point.uid, recipient=point, unit=unit, notice="t.t", message_class="bulk",
            context={}, valid_until=timezone.now(), next_at=timezone.now(), state="delivered",
        )  # fmt: skip
    age()
    if need == "young consent":
        agree(contact, "appointments")
    assert forget_contacts(by=CLOCK) == 0
    assert Contact.objects.get() == contact


def test_many_go_in_bounded_batches_and_the_next_run_goes_on(db, new_phone, monkeypatch):
    for _number in range(5):
        ensure_contact(phone=new_phone(), by=CLOCK)
    age()
    monkeypatch.setattr(module, "BATCH", 2)
    monkeypatch.setattr(module, "ROUNDS", 1)
    assert [forget_contacts(by=CLOCK) for _run in range(4)] == [2, 2, 1, 0]


def test_somebody_who_comes_back_at_this_moment_is_kept(contact, monkeypatch):
    """Seen as unneeded, needed when it is deleted: the foreign key decides, and the run ends quietly."""
    age()

    def protected(*_given) -> int:
        raise ProtectedError("needed", set())

    monkeypatch.setattr(module, "_forget", protected)
    forget_old_contacts()
    assert Contact.objects.get() == contact
