"""Did the unit really call or write? Whoever has code and phone may look."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.actions.prove_visit import prove_visit
from appointments.forms import MessagesForm
from appointments.models import Booking
from appointments.queries import same_declaration
from portal.common.errors import Conflict, DomainError
from portal.notifications.rendering import messages_about
from portal.units.models import Unit
from portal.units.pages import for_unit


@require_http_methods(["GET", "POST"])
@for_unit
def check_messages(request: HttpRequest, unit: Unit) -> HttpResponse:
    """Code and phone by POST: neither of them stands in an address with what was said."""
    form = MessagesForm(request.POST or None, initial={"code": request.GET.get("ma", "")[:20]})
    status, said, booking = 200, None, None
    if request.method == "POST":
        try:
            booking = _proven(unit, form)
            said = messages_about(same_declaration(booking))
        except ValidationError as error:
            named = error if hasattr(error, "error_dict") else ValidationError({"code": error})
            form.show_errors(named)
            status = 400
        except DomainError as refusal:
            about = "code" if refusal.code == "booking_unknown" else "__all__"
            form.show_errors(ValidationError({about: ValidationError(refusal.message, code=refusal.code)}))
            status = refusal.status
    context = {"unit": unit, "form": form, "said": said, "booking": booking}
    return render(request, "appointments/check_messages.html", context, status=status)


def _proven(unit: Unit, form: Any) -> Booking:
    """The visit, if it is this unit's; another unit's is as unknown as none."""
    booking = prove_visit(
        code=form.typed("code"), phone=form.typed("phone"), citizen=None, scope="check-messages"
    )
    if booking.unit_id != unit.pk:
        raise Conflict("booking_unknown", _("Không tìm thấy lịch hẹn có mã này."))
    return booking
