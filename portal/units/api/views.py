"""REST: find a unit by today's or an old name."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.units.models import Unit
from portal.units.queries import find_units, full_name

MOST_FOUND = 20


class UnitAnswer(serializers.ModelSerializer):
    name = serializers.CharField(source="police_name")
    full_name = serializers.SerializerMethodField()

    class Meta:
        model = Unit
        fields = ["slug", "name", "full_name", "address", "duty_phone"]

    def get_full_name(self, unit: Unit) -> str:
        return full_name(unit)


class UnitList(APIView):
    """Open units; `q` searches names without accents and old names."""

    @extend_schema(
        operation_id="find_units", parameters=[OpenApiParameter("q", str)], responses=UnitAnswer(many=True)
    )
    def get(self, request: Request) -> Response:
        text = request.query_params.get("q", "").strip()[:100]
        if text:
            units = [match.unit for match in find_units(text, limit=MOST_FOUND, open_only=True)]
        else:
            units = list(Unit.objects.open().select_related("kind", "parent__kind")[:MOST_FOUND])
        return Response(UnitAnswer(units, many=True).data)


class UnitDetail(APIView):
    """One open unit."""

    @extend_schema(operation_id="read_unit", responses=UnitAnswer)
    def get(self, request: Request, unit_slug: str) -> Response:
        return Response(UnitAnswer(get_object_or_404(Unit.objects.open(), slug=unit_slug)).data)
