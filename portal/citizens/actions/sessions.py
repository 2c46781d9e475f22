"""Browser sessions of citizens; the cookie itself is set in portal.citizens.sessions."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.audit.record import new_entry, record
from portal.citizens.device_secrets import LONGEST_LABEL, hash_secret, new_secret
from portal.citizens.models import CitizenSession, Contact
from portal.common.inserts import insert_rows
from portal.common.text import clean_text

SEEN_EVERY = dt.timedelta(hours=1)


def start_session(*, contact: Contact, device_label: str = "") -> tuple[CitizenSession, str]:
    """A session of 90 days and its secret, which is shown to the browser only."""
    now = timezone.now()
    secret = new_secret()
    session = CitizenSession(
        token_hash=hash_secret(secret),
        contact=contact,
        device_label=clean_text(device_label)[:LONGEST_LABEL] or None,
        last_seen_at=now,
        expires_at=now + dt.timedelta(days=settings.CITIZEN_SESSION_DAYS),
    )
    with transaction.atomic():
        insert_rows([session, new_entry(action="session.opened", by=contact, obj=session)])
    return session, secret


def find_session(secret: str) -> CitizenSession | None:
    """The live session of a cookie. Its last use is written at most once an hour: pages stay read-only."""
    now = timezone.now()
    rows = CitizenSession.objects.live(now=now).select_related("contact__contact_point")
    session = rows.filter(token_hash=hash_secret(secret)).first()
    if session is not None and session.last_seen_at < now - SEEN_EVERY:
        CitizenSession.objects.filter(pk=session.pk).update(last_seen_at=now)
    return session


def end_session(*, session: CitizenSession) -> None:
    """Close it for good; a second call changes nothing."""
    with transaction.atomic():
        open_rows = CitizenSession.objects.filter(pk=session.pk, closed_at__isnull=True)
        if open_rows.update(closed_at=timezone.now()):
            session.accesses.all().delete()
            record(action="session.closed", by=session.contact, obj=session)
