"""Whom of this room's people a mass message may go to: those who asked for news."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.citizens.models import HamletFollower
from portal.notifications.audiences import Audience, Target, register_audience
from portal.notifications.models import ContactPoint
from portal.units.models import Hamlet, Unit


def _hamlets(unit_ids: Collection[int]) -> list[Target]:
    rows = Hamlet.objects.filter(unit__in=unit_ids, unit__is_open=True).active().select_related("unit")
    return [Target(one.unit, str(one.uid), str(one)) for one in rows.order_by("unit", "folded_name")]


def _units(unit_ids: Collection[int]) -> list[Target]:
    rows = Unit.objects.filter(pk__in=unit_ids, is_open=True, hamlets__is_active=True).distinct()
    return [Target(unit, "", str(unit)) for unit in rows.order_by("folded_name")]


def _points(followers: QuerySet[HamletFollower]) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(pk__in=followers.current().values("contact__contact_point"))


def _of_hamlet(unit: Unit, value: str) -> QuerySet[ContactPoint]:
    return _points(HamletFollower.objects.filter(hamlet__unit=unit, hamlet__uid=value))


def _of_unit(unit: Unit, value: str) -> QuerySet[ContactPoint]:
    return _points(HamletFollower.objects.filter(hamlet__unit=unit))


def register_audiences() -> None:
    """Called once when Django is ready."""
    label = _("Người đăng ký nhận tin của một thôn, tổ dân phố")
    register_audience(Audience("citizens.hamlet", label, _hamlets, _of_hamlet))
    label = _("Mọi người đăng ký nhận tin của đơn vị")
    register_audience(Audience("citizens.unit", label, _units, _of_unit))
