"""The right code arrived: challenge and contact become verified, on PostgreSQL in one statement."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce

from portal.citizens.actions.contacts import mark_verified
from portal.citizens.models import Contact, OneTimeCode
from portal.citizens.rules import REPEATS_AFTER_SUCCESS
from portal.notifications.models import ContactPoint

# The condition is OneTimeCodeQuerySet.may_try; the ORM twin below asks it by that name.
_ANSWER = """
WITH answered AS (
    UPDATE citizens_onetimecode SET tries = tries + 1, verified_at = COALESCE(verified_at, %(now)s)
    WHERE uid = %(challenge)s AND expires_at > %(now)s
      AND tries < CASE WHEN verified_at IS NULL THEN %(tries)s ELSE %(repeats)s END
    RETURNING contact_point_id, verified_at
), holder AS (
    INSERT INTO citizens_contact (uid, created_at, contact_point_id, verified_at)
    SELECT %(contact)s, %(now)s, contact_point_id, verified_at FROM answered
    ON CONFLICT (contact_point_id) DO UPDATE SET verified_at = EXCLUDED.verified_at
    RETURNING id, uid, contact_point_id
)
SELECT holder.id, holder.uid, holder.contact_point_id, answered.verified_at, point.refused_channels
FROM holder, answered, notifications_contactpoint AS point WHERE point.id = holder.contact_point_id
"""


@dataclass(frozen=True)
class Answer:
    """Whose phone was proven, and whether this is the first right answer to the challenge."""

    contact: Contact
    first: bool


def answer_challenge(*, challenge_uid: uuid.UUID, now: dt.datetime) -> Answer | None:
    """Take a try and verify; None when the challenge takes no more answers. The code was compared before."""
    if connection.vendor == "postgresql":
        return _answer_on_postgres(challenge_uid, now)
    open_rows = OneTimeCode.objects.filter(uid=challenge_uid).may_try(now=now)
    if not open_rows.update(tries=F("tries") + 1, verified_at=Coalesce("verified_at", now)):
        return None
    challenge = OneTimeCode.objects.select_related("contact_point").get(uid=challenge_uid)
    contact = mark_verified(contact_point=challenge.contact_point, now=challenge.verified_at or now)
    return Answer(contact, first=challenge.verified_at == now)


def _answer_on_postgres(challenge_uid: uuid.UUID, now: dt.datetime) -> Answer | None:
    values: dict[str, Any] = {
        "challenge": challenge_uid,
        "now": now,
        "tries": settings.CODE_TRIES,
        "repeats": settings.CODE_TRIES + REPEATS_AFTER_SUCCESS,
        "contact": uuid.uuid4(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER, values)
        row = cursor.fetchone()
    if row is None:
        return None
    pk, uid, contact_point_id, verified_at, refused = row
    names = ["id", "uid", "contact_point_id", "verified_at"]
    contact = Contact.from_db(connection.alias, names, [pk, uid, contact_point_id, verified_at])
    # The phone itself is read only by who needs it; a message asks which roads its holder shut off.
    column: Any = ContactPoint._meta.get_field("refused_channels")
    shut = column.from_db_value(refused, None, connection)
    contact.contact_point = ContactPoint.from_db(
        connection.alias, ["id", "refused_channels"], [contact_point_id, shut]
    )
    return Answer(contact, first=verified_at == now)
