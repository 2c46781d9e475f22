"""REST doors for a change of mind; the same actions as the pages."""

from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appointments.actions.change_visit import change_visit
from appointments.api.pages import SlotPages
from appointments.api.serializers import BookingAnswer, SlotAnswer
from appointments.models import Slot
from appointments.queries import booking_by_code, places_to_move_to
from portal.citizens.models import Contact
from portal.common.codes import clean_code
from portal.requests.api import IdempotentMixin
from procedures.declarations.id_card import as_typed


def typed(data: Any) -> dict[str, str]:
    """JSON as a person could have typed it; a body that is no object says nothing."""
    return as_typed(data) if isinstance(data, dict) else {}


def listed(data: Any, name: str) -> list[str] | None:
    """A list of texts; None when it was left out, nothing but texts otherwise."""
    found = data.get(name) if isinstance(data, dict) else None
    return None if found is None else [str(one) for one in found] if isinstance(found, list) else []


def citizen_of(request: Request) -> Contact | None:
    """The contact of the token, if the caller sent one."""
    return request.user if isinstance(request.user, Contact) else None


class ChangeRequest(serializers.Serializer):
    """`phone` may be left out with a token of the visit's contact."""

    slot = serializers.UUIDField(help_text="uid of a slot")
    phone = serializers.CharField(required=False)
    only = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="bookings of a family; everybody without it"
    )


class ChangeSlots(ListAPIView):
    """Where the visit of this code may move to."""

    serializer_class = SlotAnswer
    pagination_class = SlotPages
    queryset = Slot.objects.none()

    def get_queryset(self) -> QuerySet:
        booking = booking_by_code(clean_code(self.kwargs["code"]))
        if booking is None:
            raise Http404
        return places_to_move_to(booking).annotate(day=F("session__date"))

    @extend_schema(operation_id="list_change_slots")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class ChangeVisit(IdempotentMixin, APIView):
    """Move a visit to another slot: one transaction, never zero and never two places."""

    @extend_schema(operation_id="change_visit", request=ChangeRequest, responses=BookingAnswer(many=True))
    def post(self, request: Request, code: str) -> Response:
        facts = typed(request.data)
        moved = change_visit(
            code=code,
            phone=facts.get("phone", ""),
            slot=facts.get("slot", ""),
            only=listed(request.data, "only"),
            citizen=citizen_of(request),
        )
        return Response(BookingAnswer(moved, many=True).data)
