"""More days and places for a campaign that exists already."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from appointments.actions.lay_out import Layout, lay_out, services_of_campaign, write_sessions
from appointments.enums import CampaignKind
from appointments.models import Campaign, Session
from appointments.rules import can_plan
from appointments.timetable import Round
from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict, NotAllowed


def add_sessions(
    *, campaign: Campaign, rounds: Sequence[Round], skip_holidays: bool = True, by: Actor
) -> list[Session]:
    """The new sessions; they work on what the campaign's newest session works on.

    ValidationError as `lay_out` (`session_exists` for a place and day it has already), Conflict
    `session_exists` when a second tap was faster, `office_follows_hours`; NotAllowed `not_allowed`.
    """
    if not can_plan(by, campaign):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    if campaign.kind == CampaignKind.OFFICE:
        text = _("Lịch trụ sở đi theo giờ tiếp dân. Xin sửa giờ tiếp dân hoặc ngày nghỉ, ngày làm bù.")
        raise Conflict("office_follows_hours", text)
    layout = lay_out(unit=campaign.unit, rounds=rounds, skip_holidays=skip_holidays, campaign=campaign)
    try:
        with transaction.atomic():
            return _write(campaign, layout, by)
    except IntegrityError as error:
        raise Conflict("session_exists", _("Các ngày này vừa được thêm rồi.")) from error


def _write(campaign: Campaign, layout: Layout, by: Actor) -> list[Session]:
    sessions = write_sessions(
        campaign=campaign, planned=layout.sessions, services=services_of_campaign(campaign)
    )
    record(action="campaign.days_added", by=by, obj=campaign, unit=campaign.unit, detail=layout.figures())
    return sessions
