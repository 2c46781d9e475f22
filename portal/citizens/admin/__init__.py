"""Officers' pages of this room."""

from portal.citizens.admin.organisations import OrganisationAdmin
from portal.citizens.admin.persons import PersonAdmin

__all__ = ("OrganisationAdmin", "PersonAdmin")
