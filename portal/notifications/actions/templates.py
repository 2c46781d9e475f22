"""Texts: seeded from files, changed as new versions."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.common.actors import Actor, SystemActor
from portal.common.errors import Conflict, NotAllowed
from portal.notifications.enums import Channel
from portal.notifications.models import MessageTemplate
from portal.notifications.notices import file_text, template_folder
from portal.notifications.queries import find_template
from portal.notifications.rules import can_change_template
from portal.units.models import Unit

SEEDER = SystemActor("message-templates")


def template_for(*, unit: Unit, channel: str, notice: str) -> MessageTemplate | None:
    """The template in force for a unit; a missing default is made from its file."""
    found = find_template(unit=unit, channel=channel, notice=notice)
    if found is None and file_text(channel, notice) is not None:
        sync_default(channel=channel, notice=notice, by=SEEDER)
        found = find_template(unit=unit, channel=channel, notice=notice)
    return found


def sync_default(*, channel: str, notice: str, by: Actor) -> bool:
    """Bring the default in line with its file; True when a version was made.

    A default an officer has changed stays: carriers approved that text.
    """
    text = file_text(channel, notice)
    rows = MessageTemplate.objects.filter(unit__isnull=True, channel=channel, notice=notice)
    current = rows.active().first()
    if text is None or (current is not None and (not current.from_file or current.body == text)):
        return False
    if current is not None:
        _replace(current, body=text, provider_id="", keep_accents=current.keep_accents, from_file=True)
        return True
    row = MessageTemplate(channel=channel, notice=notice, body=text, from_file=True)
    row.clean()
    # Two workers may meet the missing row together: the partial unique index keeps one.
    MessageTemplate.objects.bulk_create([row], ignore_conflicts=True)
    return True


def sync_all_defaults(*, by: Actor) -> list[str]:
    """sync_default for every file; returns `<channel> <notice>` of those that changed."""
    changed = []
    for channel in Channel.values:
        for path in sorted((template_folder() / channel).glob("*/*.txt")):
            notice = f"{path.parent.name}.{path.stem}"
            if sync_default(channel=channel, notice=notice, by=by):
                changed.append(f"{channel} {notice}")
    return changed


def change_template(
    *,
    template: MessageTemplate,
    body: str,
    provider_id: str,
    keep_accents: bool = False,
    unit: Unit | None,
    by: Actor,
) -> MessageTemplate:
    """A new version of `template` for `unit` (None: the default); what was sent keeps the old one.

    For another unit than the template's own, that unit's first version is made and the given one stays.
    NotAllowed; Conflict `template_superseded` when somebody else was faster; ValidationError for a bad body.
    """
    _check_may(by, unit)
    if unit is not None and template.unit_id != unit.pk:
        return create_template(
            channel=template.channel,
            notice=template.notice,
            body=body,
            provider_id=provider_id,
            keep_accents=keep_accents,
            unit=unit,
            by=by,
        )
    with transaction.atomic():
        fresh = _replace(
            template, body=body, provider_id=provider_id, keep_accents=keep_accents, from_file=False
        )
        record(action="message_template.changed", by=by, obj=fresh, unit=fresh.unit)
    return fresh


def create_template(
    *,
    channel: str,
    notice: str,
    body: str,
    provider_id: str,
    keep_accents: bool = False,
    unit: Unit | None,
    by: Actor,
) -> MessageTemplate:
    """The first text of a notice in a unit. NotAllowed; Conflict `template_exists` when it has one."""
    _check_may(by, unit)
    row = MessageTemplate(
        channel=channel,
        notice=notice,
        body=body,
        provider_id=provider_id,
        keep_accents=keep_accents,
        unit=unit,
    )
    row.clean()
    same = MessageTemplate.objects.filter(channel=channel, notice=notice, unit=unit)
    with transaction.atomic():
        if same.active().exists():
            raise Conflict("template_exists", _("Đơn vị đã có mẫu cho thông báo này. Xin sửa mẫu đó."))
        row.version = (same.aggregate(last=Max("version"))["last"] or 0) + 1
        row.save()
        record(action="message_template.created", by=by, obj=row, unit=unit)
    return row


def _check_may(by: Actor, unit: Unit | None) -> None:
    if not can_change_template(by, unit):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền sửa mẫu tin của đơn vị này."))


def _replace(
    old: MessageTemplate, *, body: str, provider_id: str, keep_accents: bool, from_file: bool
) -> MessageTemplate:
    fresh = MessageTemplate(
        unit_id=old.unit_id,
        channel=old.channel,
        notice=old.notice,
        version=old.version + 1,
        body=body,
        provider_id=provider_id,
        keep_accents=keep_accents,
        from_file=from_file,
    )
    fresh.clean()
    with transaction.atomic():
        if not MessageTemplate.objects.filter(pk=old.pk, is_active=True).update(is_active=False):
            raise Conflict("template_superseded", _("Mẫu tin vừa được người khác sửa. Xin mở lại."))
        fresh.save()
    return fresh
