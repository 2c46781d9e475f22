"""Whom of this room's people a mass message may go to: those who hold a place in a campaign or a session."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments.enums import BookingStatus, CampaignKind, SessionStatus
from appointments.models import Booking, Campaign, Session
from portal.common.clock import local_today, show_date
from portal.notifications.audiences import Audience, Target, register_audience
from portal.notifications.models import ContactPoint
from portal.units.models import Unit

# Who still waits for a visit, or for an answer about it.
EXPECTED = (
    BookingStatus.ACCEPTED,
    BookingStatus.BOOKED,
    BookingStatus.CHECKED_IN,
    BookingStatus.DISPLACED,
)


def _campaigns(unit_ids: Collection[int]) -> list[Target]:
    rows = Campaign.objects.filter(unit__in=unit_ids, unit__is_open=True, sessions__date__gte=local_today())
    campaigns = rows.filter(kind=CampaignKind.CAMPAIGN).select_related("unit").distinct().order_by("-pk")
    return [Target(one.unit, str(one.uid), one.name) for one in campaigns]


def _sessions(unit_ids: Collection[int]) -> list[Target]:
    rows = Session.objects.filter(unit__in=unit_ids, unit__is_open=True, date__gte=local_today())
    sessions = rows.exclude(status=SessionStatus.CANCELLED).select_related("unit", "campaign")
    return [
        Target(one.unit, str(one.uid), f"{show_date(one.date)} · {one.place_name} · {one.campaign.name}")
        for one in sessions.order_by("date", "pk")
    ]


def _points(bookings: QuerySet[Booking]) -> QuerySet[ContactPoint]:
    expected = bookings.filter(status__in=EXPECTED, contact__isnull=False)
    return ContactPoint.objects.filter(pk__in=expected.values("contact__contact_point"))


def _of_campaign(unit: Unit, value: str) -> QuerySet[ContactPoint]:
    return _points(Booking.objects.filter(unit=unit, session__campaign__uid=value))


def _of_session(unit: Unit, value: str) -> QuerySet[ContactPoint]:
    return _points(Booking.objects.filter(unit=unit, session__uid=value))


def _campaign_page(unit: Unit, value: str) -> str:
    campaign = Campaign.objects.filter(uid=value).first()
    return reverse("appointments:choose", args=[unit.slug, campaign.slug]) if campaign else ""


def register_audiences() -> None:
    """Called once when Django is ready."""
    register_audience(
        Audience(
            key="appointments.campaign",
            label=_("Người đang có lịch trong một đợt"),
            targets=_campaigns,
            recipients=_of_campaign,
            link=_campaign_page,
        )
    )
    register_audience(
        Audience(
            key="appointments.session",
            label=_("Người đang có lịch trong một buổi"),
            targets=_sessions,
            recipients=_of_session,
        )
    )
