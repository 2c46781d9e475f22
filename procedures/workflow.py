"""Moves of a declaration, and of a version of the catalogue."""

from django.utils.translation import gettext_lazy as _

from portal.common.workflow import Move, Workflow
from procedures.enums import DeclarationStatus as S
from procedures.enums import VersionStatus as V
from procedures.rules import (
    can_discard_edition,
    can_drop_declaration,
    can_publish_edition,
    can_replace_edition,
    can_submit_declaration,
)

DECLARATION_WORKFLOW = Workflow(
    [
        Move(S.DRAFT, S.SUBMITTED, "submit", str(_("Xác nhận tờ khai")), can_submit_declaration),
        Move(S.DRAFT, S.DROPPED, "drop", str(_("Bỏ bản nháp")), can_drop_declaration),
    ]
)

VERSION_WORKFLOW = Workflow(
    [
        Move(V.DRAFT, V.PUBLISHED, "publish", _("Công bố bản này"), can_publish_edition),
        Move(V.DRAFT, V.DISCARDED, "discard", _("Bỏ bản nháp"), can_discard_edition),
        Move(V.PUBLISHED, V.REPLACED, "replace", _("Thay bằng bản mới"), can_replace_edition),
    ]
)
