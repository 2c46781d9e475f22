"""What this room answers when a lower room asks: what stays when units merge, what is held on a person."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.citizens.models import Person
from portal.citizens.personal_data import Erased, Holding, Kept, Terms, register_personal_data
from portal.common.actors import Actor
from portal.units.succession import register_stays
from procedures.actions.retention import forget_declaration
from procedures.models import Declaration

DECLARATION_TERMS = Terms(
    name=_("Tờ khai"),
    purpose=_("Tờ khai chuẩn bị cho lần đến làm việc; cán bộ xem trước để phục vụ nhanh."),
    keep=_("Nội dung: 30 ngày sau ngày hẹn. Mã và loại yêu cầu: 90 ngày sau ngày hẹn."),
    legal=_("Luật 91/2025/QH15: không lâu hơn mục đích; thời hạn là đề xuất của cổng, đơn vị quyết định."),
    correct=_("Hủy lịch và khai lại, hoặc nói với cán bộ tại quầy; tờ khai đã nộp không ai sửa thay."),
)


def register_handlers() -> None:
    register_stays("procedures.Declaration", "Kept for the unit it was made for.")
    register_stays("procedures.DeclarationSettings", "The successor decides itself what it has to ask.")
    register_stays("procedures.ProcedureVersion", "A province's edition; what it said stays readable.")
    register_stays(
        "procedures.FilingRule", "The successor decides itself; until then official filing counts."
    )
    register_stays("procedures.Authorisation", "A document names the province that issued it.")
    register_stays("procedures.ProcedureNote", "A note speaks of one building and its counters.")
    register_personal_data(
        "procedures.Declaration",
        Holding(
            DECLARATION_TERMS,
            rows=_declarations_of,
            export=_tell,
            erase=_erase,
            units=lambda person: _declarations_of(person).values_list("unit_id", flat=True),
            persons=lambda units: Declaration.objects.filter(unit__in=units).values("subject_id"),
        ),
    )


def _declarations_of(person: Person) -> QuerySet[Declaration]:
    return (
        Declaration.objects.filter(subject=person)
        .select_related("procedure", "unit", "subject")
        .order_by("pk")
    )


def _tell(row: Declaration) -> dict[str, Any]:
    return {
        "code": row.code,
        "procedure": row.procedure.name,
        "unit": row.unit.police_name,
        "request_kind": row.request_kind,
        "status": row.status,
        "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
        "details": row.details,
    }


def _erase(*, person: Person, reason: str, by: Actor) -> Erased:
    gone = [forget_declaration(declaration=row, by=by) for row in _declarations_of(person)]
    left = gone.count(False)
    words = _("Còn lịch hẹn chưa xong với tờ khai này.")
    return Erased(gone.count(True), (Kept(left, "visit_open", words),) if left else ())
