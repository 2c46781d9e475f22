"""REST doors of those who wait; the same actions as the pages."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appointments.actions.answer_offer import accept_offer, decline_offer
from appointments.actions.join_waiting_list import confirm_waiting, join_waiting_list, leave_waiting_list
from appointments.actions.note_interest import confirm_interest, note_interest, withdraw_interest
from appointments.api.changes import citizen_of, typed
from appointments.api.serializers import BookingAnswer, VisitProof, VisitRequest
from appointments.enums import CampaignStatus, WaitingStatus
from appointments.models import Campaign, WaitingEntry
from appointments.queries import place_in_line, waiting_by_code
from portal.citizens.enums import Channel
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.client_address import client_address
from portal.common.codes import clean_code, show_code
from portal.requests.api import IdempotentMixin
from portal.units.models import Unit


def _campaign(unit_slug: str, campaign_uid: uuid.UUID) -> Campaign:
    campaigns = Campaign.objects.exclude(status=CampaignStatus.DRAFT).select_related("unit", "procedure")
    return get_object_or_404(campaigns, unit__slug=unit_slug, unit__in=Unit.objects.open(), uid=campaign_uid)


def _proof(request: Request) -> dict[str, Any] | None:
    proof = request.data.get("proof") if isinstance(request.data, dict) else None
    return proof if isinstance(proof, dict) else None


def _people(request: Request) -> list[dict[str, Any]]:
    found = request.data.get("people") if isinstance(request.data, dict) else None
    return found if isinstance(found, list) else []


class WaitingRequest(VisitRequest):
    """The declaration without a slot."""

    slot = None  # type: ignore[assignment]


class CodeRequest(serializers.Serializer):
    code = serializers.CharField(help_text="the six digits from the message")


class PhoneRequest(serializers.Serializer):
    """`phone` may be left out with a token of the contact."""

    phone = serializers.CharField(required=False)


class UidAnswer(serializers.Serializer):
    uid = serializers.UUIDField()


class OfferAnswer(serializers.Serializer):
    date = serializers.DateField(source="slot.session.date")
    starts = serializers.IntegerField(source="slot.starts", help_text="minutes after local midnight")
    place = serializers.CharField(source="slot.session.place_name")
    until = serializers.DateTimeField(source="offer_until")


class WaitingAnswer(serializers.Serializer):
    """`place` is 1 for whoever is next, null outside the line; `offer` waits for an answer."""

    code = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=WaitingStatus.choices)
    size = serializers.IntegerField()
    service = serializers.CharField(
        source="service.key",
        allow_null=True,
        default=None,
        help_text="key of a procedure; null: the campaign's own",
    )
    place = serializers.SerializerMethodField()
    offer = serializers.SerializerMethodField()

    def get_code(self, entry: WaitingEntry) -> str:
        return show_code(entry.code)

    def get_place(self, entry: WaitingEntry) -> int | None:
        return place_in_line(entry) if entry.status == WaitingStatus.WAITING else None

    @extend_schema_field(OfferAnswer(allow_null=True))
    def get_offer(self, entry: WaitingEntry) -> Any:
        return OfferAnswer(entry).data if entry.status == WaitingStatus.OFFERED else None


class InterestAnswer(serializers.Serializer):
    code = serializers.SerializerMethodField()
    status = serializers.CharField()

    def get_code(self, note: Any) -> str:
        return show_code(note.code)


class JoinWaiting(IdempotentMixin, APIView):
    """Declare for a full campaign and get a code; in line once the code came back."""

    @extend_schema(operation_id="join_waiting_list", request=WaitingRequest, responses={201: UidAnswer})
    def post(self, request: Request, unit_slug: str, campaign_uid: uuid.UUID) -> Response:
        entry, _challenge = join_waiting_list(
            campaign=_campaign(unit_slug, campaign_uid),
            data=typed(request.data),
            people=_people(request),
            address=client_address(request),
            proof=_proof(request),
            by=ANONYMOUS_CITIZEN,
        )
        return Response(UidAnswer(entry).data, status=201)


class ConfirmWaiting(APIView):
    """Enter the code; the answer has the waiting code."""

    @extend_schema(operation_id="confirm_waiting", request=CodeRequest, responses=WaitingAnswer)
    def post(self, request: Request, entry_uid: uuid.UUID) -> Response:
        code = typed(request.data).get("code", "")
        return Response(
            WaitingAnswer(confirm_waiting(entry_uid=entry_uid, code=code, channel=Channel.API)).data
        )


class WaitingStatusView(APIView):
    """The place in the line, or the offer."""

    @extend_schema(operation_id="read_waiting", responses=WaitingAnswer)
    def get(self, request: Request, code: str) -> Response:
        entry = waiting_by_code(clean_code(code))
        if entry is None:
            raise Http404
        return Response(WaitingAnswer(entry).data)


def _answered(request: Request, code: str, action: Callable[..., Any], **more: Any) -> Any:
    phone = typed(request.data).get("phone", "")
    return action(code=code, phone=phone, citizen=citizen_of(request), **more)


class AcceptOffer(IdempotentMixin, APIView):
    """Take the offered places; the answer has the numbers."""

    @extend_schema(operation_id="accept_offer", request=PhoneRequest, responses=BookingAnswer(many=True))
    def post(self, request: Request, code: str) -> Response:
        party = _answered(request, code, accept_offer, channel=Channel.API)
        return Response(BookingAnswer(party, many=True).data)


class DeclineOffer(APIView):
    """Let the next in line have the places."""

    @extend_schema(operation_id="decline_offer", request=PhoneRequest, responses=WaitingAnswer)
    def post(self, request: Request, code: str) -> Response:
        return Response(WaitingAnswer(_answered(request, code, decline_offer)).data)


class LeaveWaiting(APIView):
    """Out of the line."""

    @extend_schema(operation_id="leave_waiting_list", request=PhoneRequest, responses=WaitingAnswer)
    def post(self, request: Request, code: str) -> Response:
        return Response(WaitingAnswer(_answered(request, code, leave_waiting_list)).data)


class InterestRequest(serializers.Serializer):
    phone = serializers.CharField()
    proof = VisitProof(required=False)


class JoinInterest(IdempotentMixin, APIView):
    """Be told once when registration opens; counts once the code came back."""

    @extend_schema(operation_id="note_interest", request=InterestRequest, responses={201: UidAnswer})
    def post(self, request: Request, unit_slug: str, campaign_uid: uuid.UUID) -> Response:
        note, _challenge = note_interest(
            campaign=_campaign(unit_slug, campaign_uid),
            phone=typed(request.data).get("phone", ""),
            address=client_address(request),
            proof=_proof(request),
            by=ANONYMOUS_CITIZEN,
        )
        return Response(UidAnswer(note).data, status=201)


class ConfirmInterest(APIView):
    """Enter the code."""

    @extend_schema(operation_id="confirm_interest", request=CodeRequest, responses=InterestAnswer)
    def post(self, request: Request, interest_uid: uuid.UUID) -> Response:
        code = typed(request.data).get("code", "")
        note = confirm_interest(interest_uid=interest_uid, code=code, channel=Channel.API)
        return Response(InterestAnswer(note).data)


class WithdrawInterest(APIView):
    """No news, please."""

    @extend_schema(operation_id="withdraw_interest", request=PhoneRequest, responses=InterestAnswer)
    def post(self, request: Request, code: str) -> Response:
        return Response(InterestAnswer(_answered(request, code, withdraw_interest)).data)
