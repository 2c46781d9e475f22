"""Moves of an organisation."""

from django.utils.translation import gettext_lazy as _

from portal.citizens.enums import OrganisationStatus as S
from portal.citizens.rules import can_change_organisation
from portal.common.workflow import Move, Workflow

ORGANISATION_WORKFLOW = Workflow(
    [Move(S.ACTIVE, S.ENDED, "end", _("Ngừng đăng ký tổ chức"), can_change_organisation)]
)
