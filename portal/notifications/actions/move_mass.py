"""The gate of a mass message: officers check, start, hold, go on and stop it."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.errors import Conflict, NotAllowed
from portal.notifications.actions.check_mass import keep_estimate, people_of, sample_text
from portal.notifications.actions.hold_mass_rows import cancel_rows, hold_rows, release_rows
from portal.notifications.audiences import find_audience
from portal.notifications.models import MassEntry, MassMessage
from portal.notifications.rules import needs_second
from portal.notifications.wake import wake_task
from portal.notifications.workflow import MASS_WORKFLOW

TEND_TASK = "notifications.tend_mass"


def lock_mass(mass_pk: int) -> MassMessage:
    """The row under lock: whoever expands, holds or stops it goes one after the other."""
    rows = MassMessage.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("unit").get(pk=mass_pk)


@transaction.atomic
def move_mass(*, obj: MassMessage, to: str, by: Actor, reason: str = "") -> MassMessage:
    """Move to `to`; side effects by verb: `check` dry-runs, `start` makes the list, `pause` holds what waits
    in the outbox, `resume` lets it go, `stop` cancels it.

    Conflict `move_not_allowed`, `audience_empty`, `mass_too_late`; NotAllowed `not_allowed`,
    `second_person_needed`; ValidationError `reason_required` and those of the dry run.
    """
    mass = lock_mass(obj.pk)
    move = MASS_WORKFLOW.check(mass.state, to, by=by, obj=mass, reason=reason)
    before, extra = mass.state, _EFFECTS.get(move.verb, _nothing)(mass, by)
    mass.state = to
    mass.save()
    MassEntry.objects.create(mass=mass, frm=before, to=to, actor=by.actor_ref, reason=reason.strip() or None)
    record(action=f"mass_message.{move.verb}", by=by, obj=mass, unit=mass.unit, detail={"to": to, **extra})
    if mass.next_at is not None and mass.next_at <= timezone.now():
        transaction.on_commit(lambda: wake_task(TEND_TASK, str(mass.uid), queue="maintenance"), robust=True)
    obj.refresh_from_db()
    return mass


def _nothing(mass: MassMessage, by: Actor) -> dict[str, Any]:
    return {}


def _check(mass: MassMessage, by: Actor) -> dict[str, Any]:
    keep_estimate(mass=mass, by=by)
    return {"people": mass.estimate["people"], "cost": mass.estimate["cost"]}


def _start(mass: MassMessage, by: Actor) -> dict[str, Any]:
    now, people = timezone.now(), people_of(mass)
    if people == 0:
        raise Conflict("audience_empty", _("Nhóm này không còn ai nhận tin."))
    if mass.valid_until <= now:
        raise Conflict("mass_too_late", _("Đã quá giờ kết thúc của tin. Xin sửa giờ rồi gửi lại."))
    if needs_second(by, mass, people):
        text = _("Tin tới trên %(most)s người cần người khác với người soạn cho gửi.")
        raise NotAllowed("second_person_needed", text % {"most": settings.MASS_SECOND_PERSON_ABOVE})
    if not find_audience(mass.audience).by_article:
        sample_text(mass)  # the unit's template may have changed since the dry run
    mass.approved_by, mass.started_at = by.actor_ref, now
    mass.next_at = max(now, mass.starts_at or now)
    return {"people": people}


def _pause(mass: MassMessage, by: Actor) -> dict[str, Any]:
    return {"held": hold_rows(mass)}


def _resume(mass: MassMessage, by: Actor) -> dict[str, Any]:
    now = timezone.now()
    if mass.valid_until <= now:
        raise Conflict("mass_too_late", _("Đã quá giờ kết thúc của tin, không gửi tiếp được nữa."))
    mass.next_at = mass.paced_to = now
    return {"released": release_rows(mass)}


def _end(mass: MassMessage, by: Actor) -> dict[str, Any]:
    """What a provider is taking at this moment comes back or not: the worker looks once more."""
    was_started = mass.started_at is not None
    mass.finished_at, mass.next_at = timezone.now(), timezone.now() if was_started else None
    return {"cancelled": cancel_rows(mass, by) if was_started else 0}


_EFFECTS = {
    "check": _check,
    "start": _start,
    "pause": _pause,
    "resume": _resume,
    "stop": _end,
    "drop": _end,
}
