"""Writing a mass message: its words, whom it goes to, its pace. Every change begins the checks anew."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.codes import new_code
from portal.common.errors import Conflict, NotAllowed
from portal.notifications.audiences import Target, find_audience, find_target
from portal.notifications.enums import LinkUse, MassState
from portal.notifications.limits import validity
from portal.notifications.models import MassEntry, MassMessage, ShortLink
from portal.notifications.notices import UNIT_NEWS
from portal.notifications.rules import can_write_mass
from portal.notifications.validators import check_pace, clean_mass_text, clean_mass_title, clean_own_link
from portal.notifications.workflow import WRITABLE_MASS
from portal.units.models import Unit

LONGEST_WAIT = dt.timedelta(days=30)


@dataclass(frozen=True)
class Draft:
    """What an officer filled in; `target` is the uid of the campaign, session or hamlet."""

    unit: Unit
    audience: str
    target: str
    title: str
    text: str
    link: str = ""
    starts_at: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    per_minute: int | None = None


@transaction.atomic
def write_mass(*, draft: Draft, mass: MassMessage | None = None, by: Actor) -> MassMessage:
    """A new mass message, or `mass` with other words; it is a draft again until its dry run.

    ValidationError names every fault at once (validators.clean_mass_… and `audience_invalid`,
    `times_invalid`); NotAllowed; Conflict `mass_started`.
    """
    row = MassMessage(created_by=by.actor_ref) if mass is None else _lock_writable(mass)
    before = None if mass is None else row.state
    row.unit = draft.unit
    if not can_write_mass(by, row):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền soạn tin hàng loạt của đơn vị này."))
    for name, value in _clean(draft).items():
        setattr(row, name, value)
    row.written_by, row.state, row.estimate, row.checked_at = by.actor_ref, MassState.DRAFT, {}, None
    row.save()
    _link_up(row)
    if before != MassState.DRAFT:
        MassEntry.objects.create(mass=row, frm=before or "", to=MassState.DRAFT, actor=by.actor_ref)
    action = "mass_message.created" if before is None else "mass_message.changed"
    record(action=action, by=by, obj=row, unit=row.unit, detail={"audience": row.audience})
    return row


def _lock_writable(mass: MassMessage) -> MassMessage:
    row = MassMessage.objects.select_for_update(of=("self",)).select_related("unit").get(pk=mass.pk)
    if row.state not in WRITABLE_MASS:
        raise Conflict("mass_started", _("Tin đã cho gửi thì không sửa được. Xin dừng và soạn tin mới."))
    return row


def _clean(draft: Draft) -> dict[str, Any]:
    """The columns of a right draft."""
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name, check in (("title", clean_mass_title), ("text", clean_mass_text), ("link", clean_own_link)):
        _try(errors, values, name, check, getattr(draft, name))
    values["per_minute"] = draft.per_minute or settings.MASS_PER_MINUTE
    _try(errors, {}, "per_minute", check_pace, values["per_minute"])
    target = find_target(key=draft.audience, unit=draft.unit, value=draft.target)
    if target is None:
        text = _("Xin chọn nhóm người nhận trong danh sách.")
        errors["audience"] = ValidationError(text, code="audience_invalid")
    _try(errors, values, "times", _times_of, draft)
    if errors:
        raise ValidationError(errors)
    return {**_whom(draft, target), **values.pop("times"), **values} | {"link": _link(draft, values["link"])}


def _try(errors: dict[str, Any], values: dict[str, Any], name: str, check: Any, value: Any) -> None:
    try:
        values[name] = check(value)
    except ValidationError as error:
        errors.update(error.error_dict)


def _whom(draft: Draft, target: Target | None) -> dict[str, str]:
    label = target.label if target else ""
    return {"audience": draft.audience, "target": draft.target, "target_label": label[:200]}


def _times_of(draft: Draft) -> dict[str, Any]:
    """When it may begin, and after which moment nobody wants it any more."""
    now = timezone.now()
    begins = max(now, draft.starts_at or now)
    ends = draft.valid_until or begins + validity(UNIT_NEWS.message_class)
    if not begins < ends <= now + LONGEST_WAIT:
        message = _("Giờ kết thúc phải sau giờ bắt đầu và trong vòng 30 ngày.")
        raise ValidationError({"valid_until": ValidationError(message, code="times_invalid")})
    return {"starts_at": draft.starts_at, "valid_until": ends}


def _link(draft: Draft, typed: str) -> str:
    """The page that was typed, else the one this group would want, else the unit's own."""
    own = find_audience(draft.audience).link(draft.unit, draft.target)
    return typed or own or f"/{draft.unit.slug}/"


def _link_up(mass: MassMessage) -> None:
    """Two codes, made once: one for the messages, one for the text that is forwarded into groups."""
    for use in LinkUse.values:
        given = {"path": mass.link, "code": new_code()}
        ShortLink.objects.update_or_create(
            mass=mass, use=use, defaults={"path": mass.link}, create_defaults=given
        )


def short_address(mass: MassMessage, use: str) -> str:
    """The address people read; "" before the first save."""
    code = next((one.code for one in mass.links.all() if one.use == use), "")
    if not code:
        return ""
    return settings.PUBLIC_URL.rstrip("/") + reverse("notifications:short_link", args=[code])
