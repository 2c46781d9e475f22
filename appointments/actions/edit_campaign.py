"""Change a campaign's words, its way of giving numbers and its intake time; days and places stay."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments.models import Campaign
from appointments.rules import can_open_campaign
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import NotAllowed


@transaction.atomic
def edit_campaign(
    *,
    campaign: Campaign,
    name: str,
    description: str,
    numbering: str,
    opens_at: dt.datetime | None,
    closes_at: dt.datetime | None,
    by: Actor,
) -> Campaign:
    """The changed campaign. ValidationError of the model's own checks, NotAllowed `not_allowed`."""
    locked = Campaign.objects.select_for_update(of=("self",)).select_related("unit").get(pk=campaign.pk)
    if not can_open_campaign(by, locked):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    locked.name, locked.description = name, description
    locked.numbering = numbering
    locked.intake_opens_at, locked.intake_closes_at = opens_at, closes_at
    locked.full_clean()
    locked.save(update_fields=["name", "description", "numbering", "intake_opens_at", "intake_closes_at"])
    record(action="campaign.edited", by=by, obj=locked, unit=locked.unit)
    return locked
