"""The declaration when somebody vouches for the people: an officer at the desk, or an enrolled helper."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from appointments.forms.people import after_counting, is_counting, people_in
from appointments.forms.visit import VisitForm, slot_question
from appointments.models import Booking, Slot
from portal.common.errors import DomainError


class AttestedForm(VisitForm):
    """All free hours stand on the page, and nobody needs a phone."""

    def __init__(self, *args: Any, slots: Iterable[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"] = slot_question(slots)
        self.fields["slot"].label = _("Ngày giờ đến")
        self.fields["phone"].required = False
        self.fields["phone"].help_text = _("Để trống nếu không có điện thoại.")
        self._lay_out()

    @classmethod
    def sent(cls, data: QueryDict, **terms: Any) -> "AttestedForm":
        """The posted form, or the same one with a person more or less when only that was asked."""
        if not is_counting(data):
            return cls(data, **terms)
        kept, more = after_counting(data)
        form = cls(kept, people=more, **terms)
        form.show_no_errors()
        return form

    def book(self, action: Callable[..., Booking], **arguments: Any) -> Booking | None:
        """The first booking; None when the action refused (see the form). Never sends a code."""
        try:
            return action(
                slot=self.data.get("slot", ""),
                data=self.data,
                people=people_in(self.data),
                **arguments,
            )
        except ValidationError as error:
            self.show_errors(error)
        except DomainError as refusal:
            found = ValidationError(refusal.message, code=refusal.code)
            self.show_errors(ValidationError({"__all__": found}))
        return None
