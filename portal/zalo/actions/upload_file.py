"""Giving Zalo a file once a week, however often it is sent."""

import hashlib

from django.utils import timezone

from portal.common.actors import Actor
from portal.zalo.actions.call_zalo import call_zalo
from portal.zalo.client.directory import upload
from portal.zalo.limits import UPLOAD_LIFE
from portal.zalo.models import OfficialAccount, Upload


def ensure_upload(
    *, account: OfficialAccount, kind: str, name: str, content: bytes, by: Actor, anew: bool = False
) -> str:
    """The id under which Zalo has this file; `anew` after Zalo said it no longer has it. ZaloError."""
    digest = hashlib.sha256(content).hexdigest()
    known = Upload.objects.filter(account=account, kind=kind, digest=digest)
    if anew:
        known.delete()
    held = known.live(timezone.now()).order_by("-pk").first()
    if held is not None:
        return held.upload_id
    upload_id = call_zalo(
        account=account,
        call=lambda session: upload(session, kind=kind, name=name, content=content),
        by=by,
    )
    expires = timezone.now() + UPLOAD_LIFE
    Upload.objects.create(account=account, kind=kind, digest=digest, upload_id=upload_id, expires_at=expires)
    return upload_id


def forget_uploads(*, by: Actor) -> int:
    """Delete the ids that Zalo no longer knows; returns how many."""
    return Upload.objects.filter(expires_at__lte=timezone.now()).delete()[0]
