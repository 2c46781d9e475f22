"""A mass message to the followers of an Official Account: one article, which Zalo sends to each of them."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator

from portal.common.actors import Actor
from portal.notifications.actions.check_mass import article_text, followers_of
from portal.notifications.actions.hold_mass_rows import cancel_rows
from portal.notifications.actions.move_mass import lock_mass, move_mass
from portal.notifications.enums import MassState, State
from portal.notifications.models import MassMessage
from portal.zalo.actions.broadcast import ENDED, advance_broadcast, queue_broadcast
from portal.zalo.enums import BroadcastState
from portal.zalo.models import Broadcast
from portal.zalo.queries import account_for

LOOK_AGAIN = dt.timedelta(seconds=5)
CALLS = 3  # make it, find it ready, send it
TITLE, DESCRIPTION = 150, 300
_COUNTS_AS = {BroadcastState.SENT: State.ACCEPTED, BroadcastState.FAILED: State.FAILED}


def tend_article(*, mass_pk: int, by: Actor) -> MassMessage:
    """Begin, make the calls that are due, note the end; call it outside transactions."""
    mass = _begin(mass_pk, by)
    for _call in range(CALLS):
        if mass.state != MassState.RUNNING:
            break
        article = advance_broadcast(about=mass.uid, by=by)
        if article.state != BroadcastState.WAITING or article.next_at > timezone.now():
            break
        mass.refresh_from_db(fields=["state"])
    return _look(mass_pk, by)


@transaction.atomic
def _begin(mass_pk: int, by: Actor) -> MassMessage:
    mass = lock_mass(mass_pk)
    waits = mass.starts_at is not None and mass.starts_at > timezone.now()
    account = account_for(mass.unit)
    if mass.state != MassState.QUEUED or waits or account is None:
        return mass
    mass.people = mass.passed = followers_of(mass)
    mass.save(update_fields=["people", "passed"])
    queue_broadcast(
        account=account,
        about=mass.uid,
        title=Truncator(mass.text).chars(TITLE),
        description=Truncator(mass.unit.police_name).chars(DESCRIPTION),
        text=article_text(mass),
        valid_until=mass.valid_until,
        by=by,
    )
    return move_mass(obj=mass, to=MassState.RUNNING, by=by)


@transaction.atomic
def _look(mass_pk: int, by: Actor) -> MassMessage:
    mass, now = lock_mass(mass_pk), timezone.now()
    article = Broadcast.objects.filter(about=mass.uid).first()
    if mass.state == MassState.STOPPED:
        cancel_rows(mass, by)
    is_over = article is not None and article.state in ENDED
    changes: dict[str, Any] = {"counted_at": now, "next_at": _next_look(mass, article, now)}
    if is_over and article is not None:
        counts_as = _COUNTS_AS.get(BroadcastState(article.state))
        changes |= {"next_at": None, "figures": {counts_as.value: mass.people} if counts_as else {}}
    if is_over and mass.state == MassState.RUNNING:
        changes["finished_at"] = now
    MassMessage.objects.filter(pk=mass.pk).update(**changes)
    if is_over and mass.state == MassState.RUNNING:
        return move_mass(obj=mass, to=MassState.DONE, by=by)
    return lock_mass(mass_pk)


def _next_look(mass: MassMessage, article: Broadcast | None, now: dt.datetime) -> dt.datetime | None:
    if mass.state == MassState.STOPPED and article is None:
        return None
    if mass.state == MassState.QUEUED:
        return max(now + LOOK_AGAIN, mass.starts_at or now)
    return max(now + LOOK_AGAIN, article.next_at if article is not None else now)
