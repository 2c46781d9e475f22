"""REST doors of this room; the same actions as the pages."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appointments.actions.cancel_visit import cancel_visit
from appointments.actions.confirm_visit import confirm_visit, resend_code
from appointments.actions.hold_visit import hold_visit
from appointments.api.changes import citizen_of, listed
from appointments.api.pages import SlotPages
from appointments.api.serializers import (
    BookingAnswer,
    CampaignAnswer,
    CancelRequest,
    ConfirmAnswer,
    ConfirmRequest,
    HoldAnswer,
    SlotAnswer,
    VisitProof,
    VisitRequest,
)
from appointments.models import Booking, Campaign, Slot
from appointments.queries import booking_by_code, campaign_slots, services_of, taking_campaigns
from portal.citizens.actions.tokens import issue_token
from portal.citizens.enums import Channel
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.client_address import client_address
from portal.common.codes import clean_code
from portal.requests.api import IdempotentMixin
from portal.units.models import Unit
from procedures.declarations.id_card import as_typed


def _unit(slug: str) -> Unit:
    return get_object_or_404(Unit.objects.open(), slug=slug)


def _typed(data: Any) -> dict[str, str]:
    """JSON as a person could have typed it; a body that is no object says nothing."""
    return as_typed(data) if isinstance(data, dict) else {}


def _people(data: Any) -> list[dict[str, str]]:
    """Those who come along; what is no list names nobody, and an entry that is no object says nothing."""
    found = data.get("people") if isinstance(data, dict) else None
    return [_typed(person) for person in found] if isinstance(found, list) else []


class CampaignList(APIView):
    """Campaigns of a unit that take registrations now."""

    @extend_schema(operation_id="list_campaigns", responses=CampaignAnswer(many=True))
    def get(self, request: Request, unit_slug: str) -> Response:
        campaigns = taking_campaigns(_unit(unit_slug))
        context = {"services": services_of(campaigns)}
        return Response(CampaignAnswer(campaigns, many=True, context=context).data)


class SlotList(ListAPIView):
    """Slots of a campaign that have not begun, with their free places."""

    serializer_class = SlotAnswer
    pagination_class = SlotPages
    queryset = Slot.objects.none()

    def get_queryset(self) -> QuerySet:
        campaigns = Campaign.objects.taking(timezone.now()).filter(unit=_unit(self.kwargs["unit_slug"]))
        return campaign_slots(get_object_or_404(campaigns, uid=self.kwargs["campaign_uid"]))

    @extend_schema(operation_id="list_slots")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class HoldVisit(IdempotentMixin, APIView):
    """Hold a place for ten minutes and send a code to the phone."""

    @extend_schema(operation_id="hold_visit", request=VisitRequest, responses={201: HoldAnswer})
    def post(self, request: Request, unit_slug: str) -> Response:
        proof = request.data.get("proof") if isinstance(request.data, dict) else None
        booking, _challenge = hold_visit(
            unit=_unit(unit_slug),
            slot=_typed(request.data).get("slot", ""),
            data=_typed(request.data),
            people=_people(request.data),
            address=client_address(request),
            proof=proof if isinstance(proof, dict) else None,
            by=ANONYMOUS_CITIZEN,
        )
        return Response(HoldAnswer(booking).data, status=201)


class ConfirmVisit(APIView):
    """Enter the code; the answer has the number.

    The same code again gives the same booking, so no answer is stored: it may hold a token.
    """

    @extend_schema(operation_id="confirm_visit", request=ConfirmRequest, responses=ConfirmAnswer)
    def post(self, request: Request, booking_uid: uuid.UUID) -> Response:
        typed = _typed(request.data)
        booking = confirm_visit(
            booking_uid=booking_uid,
            code=typed.get("code", ""),
            slot=typed.get("slot", ""),
            channel=Channel.API,
            by=ANONYMOUS_CITIZEN,
        )
        token = None
        if typed.get("device") and booking.contact is not None:
            token = issue_token(contact=booking.contact, device=typed["device"])[1]
        return Response(ConfirmAnswer(booking, context={"token": token}).data)


class ResendCode(APIView):
    """Another code for the same hold."""

    @extend_schema(operation_id="resend_code", request=VisitProof, responses={202: HoldAnswer})
    def post(self, request: Request, booking_uid: uuid.UUID) -> Response:
        proof = request.data.get("proof") if isinstance(request.data, dict) else None
        resend_code(
            booking_uid=booking_uid,
            address=client_address(request),
            proof=proof if isinstance(proof, dict) else None,
            by=ANONYMOUS_CITIZEN,
        )
        return Response(HoldAnswer(Booking.objects.get(uid=booking_uid)).data, status=202)


class VisitStatus(APIView):
    """What a declaration code shows."""

    @extend_schema(operation_id="read_visit", responses=BookingAnswer)
    def get(self, request: Request, code: str) -> Response:
        booking = booking_by_code(clean_code(code))
        if booking is None:
            raise Http404
        return Response(BookingAnswer(booking).data)


class CancelVisit(APIView):
    """Cancel by code and phone."""

    @extend_schema(operation_id="cancel_visit", request=CancelRequest, responses=BookingAnswer)
    def post(self, request: Request, code: str) -> Response:
        booking = cancel_visit(
            code=code,
            phone=_typed(request.data).get("phone", ""),
            only=listed(request.data, "only"),
            citizen=citizen_of(request),
        )
        return Response(BookingAnswer(booking).data)
