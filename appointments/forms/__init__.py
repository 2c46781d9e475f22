"""Fields and layout of this room's pages; the rules stand in the declaration and in the actions."""

from appointments.forms.changes import CancelForm, ChangeForm, MessagesForm
from appointments.forms.codes import CodeForm, LookupForm
from appointments.forms.plan import CampaignPlanForm, MoreDaysForm, RoundFormSet
from appointments.forms.visit import VisitForm, empty_fields

__all__ = (
    "CampaignPlanForm",
    "CancelForm",
    "ChangeForm",
    "CodeForm",
    "LookupForm",
    "MessagesForm",
    "MoreDaysForm",
    "RoundFormSet",
    "VisitForm",
    "empty_fields",
)
