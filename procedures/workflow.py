"""Moves of a declaration."""

from django.utils.translation import gettext_lazy as _

from portal.common.workflow import Move, Workflow
from procedures.enums import DeclarationStatus as S
from procedures.rules import can_drop_declaration, can_submit_declaration

DECLARATION_WORKFLOW = Workflow(
    [
        Move(S.DRAFT, S.SUBMITTED, "submit", str(_("Xác nhận tờ khai")), can_submit_declaration),
        Move(S.DRAFT, S.DROPPED, "drop", str(_("Bỏ bản nháp")), can_drop_declaration),
    ]
)
