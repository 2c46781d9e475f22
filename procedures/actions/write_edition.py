"""Write a province's edition: a draft from a form, or the same words again after a check."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from portal.audit.record import record
from portal.common.actors import Actor
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from portal.common.text import clean_text, fold
from portal.units.enums import Level
from portal.units.models import Unit
from procedures.actions.move_version import move_version
from procedures.content import Content
from procedures.enums import Grade, VersionStatus
from procedures.models import Procedure, ProcedureVersion
from procedures.queries import version_for
from procedures.rules import can_write_edition
from procedures.validators import check_content

REVIEW_DAYS = 90
NAME_LIMIT = 200


@dataclass(frozen=True)
class Words:
    """What an edition says: its names, its content and from which day."""

    name: str
    valid_from: dt.date
    content: Content = field(default_factory=dict)
    name_en: str = ""


def search_text_of(name: str, name_en: str, content: Content) -> str:
    """Folded names and words of everyday speech, one per line, for `queries.search`."""
    lines = [name, *content.get("words", []), name_en, content.get("official_code", "")]
    lines += [content.get("summary", ""), content.get("field", "")]
    return "\n".join(dict.fromkeys(folded for line in lines if (folded := fold(line))))


def draft_edition(
    *, procedure: Procedure, province: Unit, words: Words, change_note: str, by: Actor
) -> ProcedureVersion:
    """A draft of the province's next version.

    NotAllowed `not_allowed`; ValidationError as `check_content`, or `name_required`, `text_too_long`,
    `change_note_required`, `unit_not_province`, `nothing_changed`.
    """
    if not can_write_edition(by, province):
        raise NotAllowed("not_allowed", _("Ông/Bà không có quyền thực hiện việc này."))
    _check_words(words, change_note)
    _check_province(province)
    current = version_for(procedure, province)
    if current is not None and _same(current, words):
        raise ValidationError(_("Ông/Bà chưa thay đổi gì so với bản đang công bố."), code="nothing_changed")
    with transaction.atomic():
        return _add(procedure=procedure, province=province, words=words, change_note=change_note, by=by)


def confirm_edition(*, version: ProcedureVersion, province: Unit, by: Actor) -> ProcedureVersion:
    """The officer checked every fact of `version` and nothing changes: publish it as the province's own.

    Serves two needs, a draft nobody confirmed yet and a review that fell due. Conflict `version_changed`
    when another version was published meanwhile; NotAllowed `not_allowed`; ValidationError
    `unit_not_province`.
    """
    _check_province(province)
    words = Words(version.name, version.valid_from, version.content | {"unsure": []}, version.name_en)
    with transaction.atomic():
        Procedure.objects.select_for_update().get(pk=version.procedure_id)
        current = version_for(version.procedure, province)
        if current is not None and current.pk != version.pk:
            raise Conflict(
                "version_changed", _("Thủ tục vừa có bản khác được công bố. Xin xem lại bản đang công bố.")
            )
        note = str(_("Đã rà soát, nội dung giữ nguyên."))
        made = _add(procedure=version.procedure, province=province, words=words, change_note=note, by=by)
        return move_version(version=made, to=VersionStatus.PUBLISHED, by=by)


def _add(
    *, procedure: Procedure, province: Unit, words: Words, change_note: str, by: Actor
) -> ProcedureVersion:
    Procedure.objects.select_for_update().get(pk=procedure.pk)
    earlier = ProcedureVersion.objects.filter(procedure=procedure, province=province)
    today = local_today()
    made = ProcedureVersion.objects.create(
        procedure=procedure,
        province=province,
        number=(earlier.aggregate(last=Max("number"))["last"] or 0) + 1,
        name=words.name,
        name_en=words.name_en,
        content=words.content,
        search_text=search_text_of(words.name, words.name_en, words.content),
        grade=Grade.ONE_SOURCE if words.content.get("unsure") else Grade.CONFIRMED,
        valid_from=words.valid_from,
        checked_on=today,
        checked_by=province.police_name,
        review_on=today + dt.timedelta(days=REVIEW_DAYS),
        change_note=clean_text(change_note),
        made_by=by.actor_ref,
    )
    record(action="version.drafted", by=by, obj=made, unit=province, detail={"version": made.number})
    return made


def _check_words(words: Words, change_note: str) -> None:
    faults: dict[str, Any] = {}
    if not words.name.strip():
        faults["name"] = ValidationError(_("Xin ghi tên thủ tục."), code="name_required")
    if max(len(words.name), len(words.name_en)) > NAME_LIMIT:
        faults["name"] = ValidationError(_("Tên thủ tục quá dài."), code="text_too_long")
    if not clean_text(change_note):
        faults["change_note"] = ValidationError(
            _("Xin ghi lý do thay đổi: văn bản nào, từ ngày nào."), code="change_note_required"
        )
    if faults:
        raise ValidationError(faults)
    check_content(words.content)


def _check_province(province: Unit) -> None:
    if province.kind.level != Level.PROVINCE:
        raise ValidationError(
            {
                "province": ValidationError(
                    _("Chỉ công an cấp tỉnh công bố thủ tục; đơn vị cấp xã ghi thêm ghi chú."),
                    code="unit_not_province",
                )
            }
        )


def _same(version: ProcedureVersion, words: Words) -> bool:
    return (version.name, version.name_en, version.valid_from, version.content) == (
        words.name,
        words.name_en,
        words.valid_from,
        words.content,
    )
