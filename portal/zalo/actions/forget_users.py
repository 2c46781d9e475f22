"""Zalo users who left: what we knew of them goes."""

import datetime as dt

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from portal.common.actors import Actor
from portal.common.models import unprotected
from portal.zalo.limits import USER_KEPT
from portal.zalo.models import ZaloUser

BATCH, ROUNDS = 500, 20


def forget_users(*, by: Actor, kept: dt.timedelta = USER_KEPT) -> int:
    """Delete users who do not follow, have not written since `kept` and whom nothing refers to; how many.

    Whoever comes back is simply new.
    """
    done = 0
    for _round in range(ROUNDS):
        keys = list(_strangers(timezone.now() - kept).values_list("pk", flat=True)[:BATCH])
        done += ZaloUser.objects.filter(pk__in=keys).delete()[0] if keys else 0
        if len(keys) < BATCH:
            break
    return done


def _strangers(before: dt.datetime) -> QuerySet[ZaloUser]:
    left = Q(followed_at__isnull=True) | Q(unfollowed_at__gte=F("followed_at"), unfollowed_at__lt=before)
    silent = Q(last_interaction_at__isnull=True) | Q(last_interaction_at__lt=before)
    return unprotected(ZaloUser.objects.filter(left, silent, created_at__lt=before)).order_by("pk")
