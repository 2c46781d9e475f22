"""Create a campaign from a plan, and open or close its intake."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.text import slugify

from appointments.actions.lay_out import lay_out, write_sessions
from appointments.actions.places import lock_campaign
from appointments.enums import CampaignStatus
from appointments.models import Campaign
from appointments.timetable import Plan
from appointments.workflow import CAMPAIGN_WORKFLOW
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.text import fold
from portal.units.models import Unit
from procedures.models import Procedure


def create_campaign(
    *,
    unit: Unit,
    procedure: Procedure,
    plan: Plan,
    others: Sequence[Procedure] = (),
    opens_at: dt.datetime | None = None,
    closes_at: dt.datetime | None = None,
    uid: uuid.UUID | None = None,
    by: Actor,
) -> Campaign:
    """A campaign in draft with all its sessions and slots; nobody sees it before it is opened.

    `others` are procedures the sessions work on besides the main one; `opens_at` and `closes_at` bound the
    intake. The same `uid` sent again (a second tap) returns the campaign made first. ValidationError as
    `lay_out` and the model's own; NotAllowed `not_allowed`.
    """
    campaign = Campaign(
        unit=unit,
        procedure=procedure,
        name=plan.name,
        slug=free_slug(unit, plan.name),
        description=plan.description,
        numbering=plan.numbering,
        intake_opens_at=opens_at,
        intake_closes_at=closes_at,
        uid=uid or uuid.uuid4(),
    )
    CAMPAIGN_WORKFLOW.check(campaign.status, CampaignStatus.OPEN, by=by, obj=campaign)
    made = Campaign.objects.filter(uid=campaign.uid, unit=unit).first()
    if made is not None:
        return made
    layout = lay_out(unit=unit, rounds=plan.rounds, skip_holidays=plan.skip_holidays)
    minutes = plan.minutes_per_person
    services = [(one, minutes) for one in (procedure, *(other for other in others if other != procedure))]
    with transaction.atomic():
        campaign.full_clean(exclude=["slug"])
        campaign.save()
        write_sessions(campaign=campaign, planned=layout.sessions, services=services)
        record(action="campaign.created", by=by, obj=campaign, unit=unit, detail=layout.figures())
    return campaign


def free_slug(unit: Unit, name: str) -> str:
    """A slug of the name that no other campaign of the unit has."""
    base = slugify(fold(name))[:70] or "dot"
    taken = set(Campaign.objects.filter(unit=unit, slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)


@transaction.atomic
def move_campaign(*, campaign: Campaign, to: str, by: Actor, reason: str = "") -> Campaign:
    """Open or close the intake; Conflict `move_not_allowed`, NotAllowed `not_allowed`.

    Requests in flight end first, later ones find it closed.
    """
    lock_campaign(campaign.pk, alone=True)
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    move = CAMPAIGN_WORKFLOW.check(locked.status, to, by=by, obj=locked, reason=reason)
    locked.status = to
    locked.save(update_fields=["status"])
    record(action=f"campaign.{move.verb}", by=by, obj=locked, unit=locked.unit, detail={"to": to})
    campaign.status = to
    return locked
