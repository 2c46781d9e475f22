"""The dry run: who would get a mass message, by which way, for how much. Only the result is written."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.common.actors import Actor
from portal.notifications.actions.prepare import spent_this_month
from portal.notifications.actions.survey_roads import Asked, RoadSurvey
from portal.notifications.actions.templates import template_for
from portal.notifications.actions.write_mass import short_address
from portal.notifications.audiences import find_audience
from portal.notifications.channels.lookup import ways_to
from portal.notifications.channels.sms.text import count_parts, strip_accents
from portal.notifications.channels.zalo.reach import Reach
from portal.notifications.enums import Channel, LinkUse
from portal.notifications.models import MassMessage, MessageBudget
from portal.notifications.notices import UNIT_NEWS, file_text
from portal.notifications.planning import choose_plan
from portal.notifications.validators import SAFETY, fill
from portal.units.models import Unit
from portal.zalo.enums import AccountState
from portal.zalo.queries import account_for, follower_count

MOST_PARTS = 3
BATCH = 1000


@dataclass
class Count:
    """What was found so far; `cost` in đồng."""

    people: int = 0
    opted_out: int = 0
    unreachable: int = 0
    cost: int = 0
    channels: Counter[str] = field(default_factory=Counter)


def recipients_of(mass: MassMessage) -> Any:
    """Contact points of the chosen group, in the order of their keys."""
    return find_audience(mass.audience).recipients(mass.unit, mass.target).order_by("pk")


def wants_news(opt_outs: list[str]) -> bool:
    return UNIT_NEWS.purpose not in opt_outs


def context_of(mass: MassMessage) -> dict[str, str]:
    """What stands in the outbox rows: the words of one message."""
    link = short_address(mass, LinkUse.MESSAGE)
    return {"unit": mass.unit.police_name, "text": mass.text, "link": link}


def sample_text(mass: MassMessage) -> str:
    """One message as people read it. ValidationError `template_unsafe`, `text_too_long`."""
    template = template_for(unit=mass.unit, channel=Channel.SMS.value, notice=UNIT_NEWS.key)
    if template is None or not SAFETY.search(template.body):
        message = _("Mẫu tin của đơn vị thiếu câu “Công an KHÔNG gọi…”. Xin sửa mẫu tin trước.")
        raise ValidationError({"text": ValidationError(message, code="template_unsafe")})
    whole = fill(template.body, context_of(mass))
    sent = whole if template.keep_accents else strip_accents(whole)
    parts = count_parts(sent)
    if parts > MOST_PARTS:
        message = _("Tin dài %(parts)d phần SMS, nhiều nhất %(most)d. Xin viết ngắn hơn.")
        params = {"parts": parts, "most": MOST_PARTS}
        raise ValidationError({"text": ValidationError(message, "text_too_long", params)})
    return sent


def forward_text(mass: MassMessage) -> str:
    """What an officer pastes into a Zalo group, with a code of its own."""
    return _long_text(mass, LinkUse.FORWARD)


def _long_text(mass: MassMessage, use: str) -> str:
    link = short_address(mass, use)
    body = file_text("forward", UNIT_NEWS.key) or ""
    return fill(body, {"unit": mass.unit.police_name, "text": mass.text, "link": link})


def people_of(mass: MassMessage) -> int:
    """How many people the group has now, those who refused news among them."""
    if find_audience(mass.audience).by_article:
        return followers_of(mass)
    return recipients_of(mass).count()


def followers_of(mass: MassMessage) -> int:
    """Zalo's own figure, else whom we heard of. ValidationError `zalo_not_connected`."""
    account = account_for(mass.unit)
    if account is None or account.state != AccountState.CONNECTED:
        message = _("Zalo OA của đơn vị chưa kết nối hoặc đã mất quyền. Xin kết nối lại trước.")
        raise ValidationError({"audience": ValidationError(message, code="zalo_not_connected")})
    return account.followers or follower_count(account)


def article_text(mass: MassMessage) -> str:
    """The article as followers read it: the words of the text for groups, with the messages' own code."""
    return _long_text(mass, LinkUse.MESSAGE)


def dry_run(mass: MassMessage) -> dict[str, Any]:
    """The figures an officer decides by. ValidationError as sample_text and followers_of."""
    if find_audience(mass.audience).by_article:
        return _figures(Count(people=followers_of(mass)), 0, article_text(mass), mass)
    sample = sample_text(mass)
    parts, count = count_parts(sample), Count()
    for reach in _each(mass):
        _add(count, reach, parts)
    return _figures(count, parts, sample, mass)


def _figures(count: Count, parts: int, sample: str, mass: MassMessage) -> dict[str, Any]:
    return {
        "people": count.people,
        "channels": dict(count.channels),
        "parts": parts,
        "cost": count.cost,
        "opted_out": count.opted_out,
        "unreachable": count.unreachable,
        "budget_left": budget_left(mass.unit),
        "sample": sample,
    }


def _each(mass: MassMessage) -> Iterator[Reach]:
    """Batch by batch: a province's list does not fit into memory at once."""
    last = 0
    while batch := list(recipients_of(mass).defer("phone").filter(pk__gt=last)[:BATCH]):
        asked = [Asked(contact_point, mass.unit, UNIT_NEWS.key) for contact_point in batch]
        survey = RoadSurvey(asked)
        yield from (survey.reach(one) for one in asked)
        last = batch[-1].pk


def _add(count: Count, reach: Reach, parts: int) -> None:
    if not wants_news(reach.recipient.opt_outs):
        count.opted_out += 1
        return
    ways = [way for way in ways_to(reach) if way.is_open and way.channel in UNIT_NEWS.plan]
    if not ways:
        count.unreachable += 1
        return
    first = choose_plan(UNIT_NEWS.wish, ways)[0]
    price = next(way.cost for way in ways if way.channel == first)
    count.people += 1
    count.channels[first] += 1
    count.cost += price * (parts if first == Channel.SMS else 1)


def budget_left(unit: Unit) -> int | None:
    """đồng of this month's budget; None when the unit has none."""
    limit = MessageBudget.objects.filter(unit=unit).values_list("monthly_limit", flat=True).first()
    return None if limit is None else max(0, limit - spent_this_month(unit))


def keep_estimate(*, mass: MassMessage, by: Actor) -> MassMessage:
    """Run it and keep the result on the row the caller holds."""
    mass.estimate, mass.checked_at = dry_run(mass), timezone.now()
    return mass
