"""A citizen says of which hamlets he wants news, or that he wants none at all any more."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.citizens.actions.consents import record_consent, withdraw_consent
from portal.citizens.models import Contact, HamletFollower
from portal.common.actors import Actor
from portal.notifications.actions.contact_points import set_opt_out
from portal.notifications.notices import UNIT_NEWS
from portal.units.models import Hamlet, Unit

PURPOSE = "hamlet_news"
CONSENT_TEXT = ("citizens.hamlet_news", "1")
MOST_HAMLETS = 5


@transaction.atomic
def choose_hamlets(
    *, contact: Contact, unit: Unit, hamlet_uids: Collection[str], channel: str, by: Actor
) -> list[Hamlet]:
    """From now on news of exactly these hamlets of `unit`; each with a consent of its own as proof.

    Who chooses one is no longer counted among those who want no news. ValidationError `hamlet_invalid`,
    `too_many_hamlets`.
    """
    Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    wanted = _wanted(unit, hamlet_uids)
    held = HamletFollower.objects.current().filter(contact=contact, hamlet__unit=unit)
    followed = {row.hamlet_id: row for row in held.select_related("consent", "hamlet__unit")}
    for hamlet in wanted:
        if hamlet.pk not in followed:
            _follow(contact, hamlet, channel, by)
    for hamlet_id, row in followed.items():
        if hamlet_id not in {hamlet.pk for hamlet in wanted}:
            _leave(row, by)
    if wanted:
        set_opt_out(contact_point=contact.contact_point, purpose=UNIT_NEWS.purpose, refused=False, by=by)
    return wanted


def _wanted(unit: Unit, uids: Collection[str]) -> list[Hamlet]:
    rows = {str(hamlet.uid): hamlet for hamlet in Hamlet.objects.filter(unit=unit).active()}
    if not set(uids) <= set(rows):
        message = _("Xin chọn thôn, tổ dân phố trong danh sách.")
        raise ValidationError({"hamlets": ValidationError(message, code="hamlet_invalid")})
    if len(set(uids)) > MOST_HAMLETS:
        message = _("Xin chọn nhiều nhất %(most)d nơi.")
        raise ValidationError(
            {"hamlets": ValidationError(message, "too_many_hamlets", {"most": MOST_HAMLETS})}
        )
    return [rows[uid] for uid in sorted(set(uids))]


def _follow(contact: Contact, hamlet: Hamlet, channel: str, by: Actor) -> None:
    consent = record_consent(
        contact=contact,
        purpose=PURPOSE,
        text_key=CONSENT_TEXT[0],
        text_version=CONSENT_TEXT[1],
        channel=channel,
        by=by,
    )
    row = HamletFollower.objects.create(contact=contact, hamlet=hamlet, consent=consent)
    record(action="hamlet_news.chosen", by=by, obj=row, unit=hamlet.unit, detail={"hamlet": str(hamlet.uid)})


def _leave(row: HamletFollower, by: Actor) -> None:
    """The consent ends with the last hamlet it stood for."""
    HamletFollower.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    record(action="hamlet_news.left", by=by, obj=row, unit=row.hamlet.unit)
    if not HamletFollower.objects.current().filter(consent=row.consent).exists():
        withdraw_consent(consent=row.consent, by=by)


@transaction.atomic
def refuse_news(*, contact: Contact, by: Actor) -> None:
    """No message to many people reaches this phone any more, whoever sends it; hamlets are left as well."""
    for row in (
        HamletFollower.objects.current().filter(contact=contact).select_related("hamlet__unit", "consent")
    ):
        _leave(row, by)
    set_opt_out(contact_point=contact.contact_point, purpose=UNIT_NEWS.purpose, refused=True, by=by)
    record(action="news.refused", by=by, obj=contact)
