"""From a held message to what a channel gets, or to the reason why nothing is sent now."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.utils import timezone

from portal.notifications.actions.claim import Claim
from portal.notifications.actions.survey_roads import Asked, RoadSurvey
from portal.notifications.actions.templates import template_for
from portal.notifications.channels.base import Outgoing, ZaloAddress
from portal.notifications.channels.errors import ChannelError
from portal.notifications.channels.zalo.oa import channel as zalo_oa
from portal.notifications.channels.zalo.phone import channel as zalo_phone
from portal.notifications.channels.zalo.reach import Reach
from portal.notifications.channels.zalo.user import channel as zalo_user
from portal.notifications.enums import ZALO_CHANNELS, Channel, MessageClass
from portal.notifications.limits import CAP_WINDOW, daily_cap, month_start
from portal.notifications.models import MessageBudget, MessageTemplate, OutboxMessage
from portal.notifications.notices import Notice, UnknownNotice, find_notice
from portal.notifications.queries import sms_brand
from portal.notifications.rendering import render
from portal.notifications.validators import template_values
from portal.units.models import Unit
from portal.zalo.validators import unfit_values


@dataclass(frozen=True)
class Ready:
    """A held message, its words, and the template they came from."""

    claim: Claim
    outgoing: Outgoing
    template: MessageTemplate


class Refused(Exception):
    """The recipient does not want this; `code` is a key of the error tables."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Preparer:
    """Prepares one batch (of one, or of many): what is the same for many is read once."""

    def __init__(self, claims: Collection[Claim]) -> None:
        self._claims = claims
        self._templates: dict[tuple[int, str, str], MessageTemplate | None] = {}
        self._brands: dict[int, str] = {}
        self._recent: dict[tuple[int, str], int] | None = None
        self._spent: dict[int, bool] = {}
        self._survey: RoadSurvey | None = None

    def prepare(self, claim: Claim) -> Ready:
        """Raises Refused or ChannelError."""
        message, notice = claim.message, _notice_of(claim.message)
        _check_wanted(message, notice)
        self._check_cap(message, notice)
        self._check_budget(message)
        if claim.obstacle is not None:
            raise claim.obstacle
        if message.channel in ZALO_CHANNELS:
            template, text, address = self._at_zalo(message)
        else:
            template, address = self._template(message, message.channel), None
            text = render(message, template)
        outgoing = Outgoing(
            uid=message.uid,
            request_id=message.request_id,
            phone=str(message.recipient.phone),
            text=text,
            brand=self._brand(message.unit),
            keep_accents=template.keep_accents,
            zalo=address,
        )
        return Ready(claim, outgoing, template)

    def _template(self, message: OutboxMessage, *channels: str) -> MessageTemplate:
        """That of the first of these channels that has one."""
        for channel in channels:
            key = (message.unit_id, channel, message.notice)
            if key not in self._templates:
                self._templates[key] = template_for(unit=message.unit, channel=channel, notice=message.notice)
            found = self._templates[key]
            if found is not None:
                return found
        raise ChannelError("template_missing")

    def _at_zalo(self, message: OutboxMessage) -> tuple[MessageTemplate, str, ZaloAddress]:
        """Template, words and address. Consultation messages say what the SMS says unless they have words of
        their own; templates by user or phone need one that Zalo approved."""
        reach = self._reach(message)
        if message.channel == Channel.ZALO_OA:
            template = self._template(message, Channel.ZALO_OA, Channel.SMS)
            return template, render(message, template), zalo_oa.address(reach)
        bound = reach.bound.get(message.channel)
        if bound is None:
            raise ChannelError("zalo_no_template")
        text = render(message, bound.row)
        values = template_values(text)
        if unfit_values(bound.facts.params, values):
            raise ChannelError("zalo_values_unfit")
        road = zalo_user if message.channel == Channel.ZALO_USER else zalo_phone
        return bound.row, text, road.address(reach, values)

    def _reach(self, message: OutboxMessage) -> Reach:
        if self._survey is None:
            held = [claim.message for claim in self._claims]
            self._survey = RoadSurvey([_asked(one) for one in held if one.channel in ZALO_CHANNELS])
        return self._survey.reach(_asked(message))

    def _brand(self, unit: Unit) -> str:
        if unit.pk not in self._brands:
            self._brands[unit.pk] = sms_brand(unit)
        return self._brands[unit.pk]

    def _check_cap(self, message: OutboxMessage, notice: Notice | None) -> None:
        """Who got enough today gets the rest later. Whoever must be told is called instead."""
        if notice is None or not notice.counts_against_cap:
            return
        if self._recent is None:
            self._recent = recent_notices([claim.message for claim in self._claims])
        key = (message.recipient_id, message.message_class)
        if self._recent.get(key, 0) >= daily_cap(message.message_class):
            if message.must_reach:
                raise Refused("too_often")
            raise ChannelError("too_often", retry_after=CAP_WINDOW.total_seconds() / 24)
        self._recent[key] = self._recent.get(key, 0) + 1

    def _check_budget(self, message: OutboxMessage) -> None:
        """Only mass messages stop; the page of costs warns about the others."""
        if message.message_class != MessageClass.BULK:
            return
        if message.unit_id not in self._spent:
            self._spent[message.unit_id] = budget_is_spent(message.unit)
        if self._spent[message.unit_id]:
            raise ChannelError("budget_spent")


def _asked(message: OutboxMessage) -> Asked:
    return Asked(message.recipient, message.unit, message.notice)


def _notice_of(message: OutboxMessage) -> Notice | None:
    """None for a notice no room registers any more; rendering says so."""
    try:
        return find_notice(message.notice)
    except UnknownNotice:
        return None


def _check_wanted(message: OutboxMessage, notice: Notice | None) -> None:
    """People may refuse a purpose or a channel; a code they asked for this minute is not meant by that."""
    recipient = message.recipient
    if message.message_class == MessageClass.CODE or notice is None:
        return
    if notice.purpose in recipient.opt_outs:
        raise Refused("opted_out")
    if message.channel in recipient.refused_channels:
        raise ChannelError("channel_refused")


def recent_notices(messages: Collection[OutboxMessage]) -> dict[tuple[int, str], int]:
    """How many notices that count each recipient got within 24 hours: (recipient, class) → number."""
    rows = OutboxMessage.objects.filter(
        recipient_id__in={message.recipient_id for message in messages},
        accepted_at__gt=timezone.now() - CAP_WINDOW,
        counts_against_cap=True,
    )
    found = rows.order_by().values_list("recipient_id", "message_class").annotate(number=Count("pk"))
    return {(recipient, message_class): number for recipient, message_class, number in found}


def spent_this_month(unit: Unit) -> int:
    """đồng of messages accepted since the first; estimated until the provider reports its price."""
    rows = OutboxMessage.objects.filter(unit=unit, accepted_at__gte=month_start(timezone.now()))
    return rows.aggregate(total=Sum("cost"))["total"] or 0


def budget_is_spent(unit: Unit) -> bool:
    """True when the unit has a budget and this month's messages have used it up."""
    limit = MessageBudget.objects.filter(unit=unit).values_list("monthly_limit", flat=True).first()
    return limit is not None and spent_this_month(unit) >= limit
