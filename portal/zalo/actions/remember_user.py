"""What events tell of somebody: does he follow, when did he last do something. Older news change nothing."""

import datetime as dt

from django.db import transaction

from portal.zalo.events import FOLLOW, INTERACTIONS, UNFOLLOW, Event
from portal.zalo.models import ZaloUser
from portal.zalo.models.events import user_id_hash


@transaction.atomic
def remember_user(event: Event) -> None:
    """Keep or update the ZaloUser of an event; an event about nobody does nothing."""
    if not event.user_id:
        return
    user = _user(event)
    if event.name in INTERACTIONS:
        user.last_interaction_at = _later(user.last_interaction_at, event.happened_at)
    if event.name == FOLLOW:
        user.followed_at = _later(user.followed_at, event.happened_at)
    if event.name == UNFOLLOW:
        user.unfollowed_at = _later(user.unfollowed_at, event.happened_at)
    by_app = str(event.content.get("user_id_by_app") or "")
    if by_app:
        user.user_id_by_app = by_app
    user.save()


def _user(event: Event) -> ZaloUser:
    """Locked: two workers may hold two events of one person."""
    digest = user_id_hash(event.user_id)
    ZaloUser.objects.get_or_create(
        account=event.account, user_id_hash=digest, defaults={"user_id": event.user_id}
    )
    return ZaloUser.objects.select_for_update(of=("self",)).get(account=event.account, user_id_hash=digest)


def _later(known: dt.datetime | None, moment: dt.datetime) -> dt.datetime:
    return moment if known is None else max(known, moment)
