"""How far the desks are, for apps and boards: numbers and minutes, nobody's name."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appointments.floor import live_days, live_turn
from appointments.queries import booking_by_code
from portal.common.codes import clean_code
from portal.units.models import Unit


class LiveDayAnswer(serializers.Serializer):
    """`serving` is the number called last, "" before the first; minutes are for whoever would come now."""

    session = serializers.UUIDField(source="session.uid")
    campaign = serializers.CharField(source="session.campaign.name")
    place = serializers.CharField(source="session.place_name")
    serving = serializers.CharField()
    waiting = serializers.IntegerField()
    wait_least = serializers.IntegerField(source="least")
    wait_most = serializers.IntegerField(source="most")
    is_closed = serializers.BooleanField()


class LiveTurnAnswer(serializers.Serializer):
    """`status` of the turn, "" before the check-in; minutes are null while the hour is far."""

    serving = serializers.CharField()
    ahead = serializers.IntegerField()
    status = serializers.CharField()
    counter = serializers.IntegerField(allow_null=True)
    wait_least = serializers.IntegerField(source="least", allow_null=True)
    wait_most = serializers.IntegerField(source="most", allow_null=True)
    asked_at = serializers.DateTimeField()


class LiveDayList(APIView):
    """Today's sessions of a unit and the numbers being served."""

    @extend_schema(operation_id="list_live_days", responses=LiveDayAnswer(many=True))
    def get(self, request: Request, unit_slug: str) -> Response:
        unit = get_object_or_404(Unit.objects.open(), slug=unit_slug)
        return Response(LiveDayAnswer(live_days(unit), many=True).data)


class LiveTurnOfVisit(APIView):
    """How long the person of a declaration code still waits; 404 unless the visit is today."""

    @extend_schema(operation_id="read_live_turn", responses=LiveTurnAnswer)
    def get(self, request: Request, code: str) -> Response:
        booking = booking_by_code(clean_code(code))
        found = live_turn(booking) if booking is not None else None
        if found is None:
            raise Http404
        return Response(LiveTurnAnswer(found).data)
