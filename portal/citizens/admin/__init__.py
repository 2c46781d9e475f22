"""Officers' pages of this room."""

from portal.citizens.admin.organisations import OrganisationAdmin
from portal.citizens.admin.persons import PersonAdmin
from portal.citizens.admin.zalo_links import ZaloLinkAdmin

__all__ = ("OrganisationAdmin", "PersonAdmin", "ZaloLinkAdmin")
