"""Somebody opened a short address: one more on today's count, nothing about who."""

from django.db import transaction
from django.db.models import F

from portal.common.clock import local_today
from portal.notifications.models import ShortLink, ShortLinkDay


def open_short_link(*, code: str) -> str | None:
    """The path it leads to, None for a code nobody made."""
    link = ShortLink.objects.filter(code=code.upper()).first()
    if link is None:
        return None
    day = ShortLinkDay.objects.filter(link=link, date=local_today())
    with transaction.atomic():
        if not day.update(opened=F("opened") + 1):
            ShortLinkDay.objects.bulk_create(
                [ShortLinkDay(link=link, date=local_today())], ignore_conflicts=True
            )
            day.update(opened=F("opened") + 1)
    return link.path
