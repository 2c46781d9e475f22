"""A phone and a Zalo user belong together, or no longer: portal.citizens has seen the proof."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from portal.audit.record import record
from portal.common.actors import Actor
from portal.notifications.enums import Channel, LinkedBy
from portal.notifications.limits import LINKS_KEPT
from portal.notifications.models import ContactPoint, ZaloLink
from portal.zalo.models import ZaloUser

# What a user refused is his own; a refusal by phone (-139, -141) is the phone's and stays.
_OF_USER = {Channel.ZALO_OA.value, Channel.ZALO_USER.value}


@transaction.atomic
def link_zalo_user(*, contact_point: ContactPoint, zalo_user: ZaloUser, how: str, by: Actor) -> ZaloLink:
    """Messages for this phone may take the roads to this Zalo user from now on.

    `how` is one of enums.LinkedBy. Linked already: the standing link. Linked to another user of the same
    Official Account: that link ends, the phone has a new holder or he a new Zalo account. What the holder
    refused on Zalo before is forgotten, as he has just asked for it. ValueError for an unknown `how`.
    """
    ways = LinkedBy(how)
    point = ContactPoint.objects.select_for_update(of=("self",)).get(pk=contact_point.pk)
    standing = point.zalo_links.active().filter(account_id=zalo_user.account_id).first()
    if standing is not None and standing.zalo_user_id == zalo_user.pk:
        return standing
    if standing is not None:
        _end(standing, by)
    link = ZaloLink.objects.create(
        contact_point=point, zalo_user=zalo_user, account_id=zalo_user.account_id, how=ways
    )
    _forget_refusals(point)
    record(
        action="zalo_link.made", by=by, obj=link, unit=zalo_user.account.unit, detail={"how": str(link.how)}
    )
    return link


@transaction.atomic
def unlink_zalo_user(*, contact_point: ContactPoint, zalo_user: ZaloUser, by: Actor) -> bool:
    """No message for this phone goes to this Zalo user any more; False when none would have gone."""
    point = ContactPoint.objects.select_for_update(of=("self",)).get(pk=contact_point.pk)
    standing = point.zalo_links.active().filter(zalo_user=zalo_user).first()
    if standing is None:
        return False
    _end(standing, by)
    return True


def _end(link: ZaloLink, by: Actor) -> None:
    # A clock that was set back must not keep anybody from leaving.
    ZaloLink.objects.filter(pk=link.pk).update(ended_at=max(timezone.now(), link.linked_at))
    record(action="zalo_link.ended", by=by, obj=link, unit=link.account.unit)


def _forget_refusals(point: ContactPoint) -> None:
    left = [channel for channel in point.refused_channels if channel not in _OF_USER]
    if left != point.refused_channels:
        point.refused_channels = left
        point.save(update_fields=["refused_channels"])


def forget_links(*, by: Actor, kept: dt.timedelta = LINKS_KEPT) -> int:
    """Delete links that ended 90 days ago; returns how many. That there was one stays in the journal."""
    return ZaloLink.objects.filter(ended_at__lt=timezone.now() - kept).delete()[0]
