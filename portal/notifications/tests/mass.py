"""What tests of mass messages share: a made-up group of imaginary phones, and drafts to it."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from portal.common.actors import SystemActor
from portal.notifications.actions.contact_points import add_contact_points
from portal.notifications.actions.tend_mass import tend_mass
from portal.notifications.actions.write_mass import Draft, write_mass
from portal.notifications.audiences import Audience, Target, register_audience
from portal.notifications.models import ContactPoint, MassMessage
from portal.units.models import Unit

TESTER = SystemActor("tester")
GROUP = "tests.everybody"
TEXT = "Nhà văn hóa làm căn cước lưu động sáng thứ bảy."


def _targets(unit_ids: Any) -> list[Target]:
    return [Target(unit, "", "Mọi người thử") for unit in Unit.objects.filter(pk__in=unit_ids)]


def _recipients(unit: Unit, value: str) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.all()


EVERYBODY = register_audience(Audience(GROUP, "Mọi người thử", _targets, _recipients))


def phones(number: int, first: int = 0) -> list[ContactPoint]:
    """So many imaginary phones."""
    return add_contact_points(phones=[f"+8475{first + one:07d}" for one in range(number)], by=TESTER)


def draft(unit: Unit, **given: Any) -> Draft:
    facts = {"audience": GROUP, "target": "", "title": "Lịch tháng 12", "text": TEXT, "per_minute": 60_000}
    return Draft(unit=unit, **{**facts, **given})


def written(unit: Unit, **given: Any) -> MassMessage:
    by = given.pop("by", TESTER)
    return write_mass(draft=draft(unit, **given), by=by)


def unhurried(mass: MassMessage) -> None:
    """As if its last batch had been half a minute ago: the pace allows the next."""
    MassMessage.objects.filter(pk=mass.pk).update(paced_to=timezone.now() - dt.timedelta(minutes=1))


def tend(mass: MassMessage, **given: Any) -> MassMessage:
    """One look of a worker, as if it had not come for a while."""
    MassMessage.objects.filter(pk=mass.pk, paced_to__isnull=False).update(
        paced_to=timezone.now() - dt.timedelta(minutes=1), counted_at=None
    )
    tend_mass(mass_uid=mass.uid, by=TESTER, **given)
    mass.refresh_from_db()
    return mass
