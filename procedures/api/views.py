"""REST: the catalogue as a unit's citizens read it, and the list for one case."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.common.clock import local_today
from portal.units.models import Unit
from procedures.content import checklist, for_public
from procedures.models import ProcedureVersion
from procedures.queries import filing_mode_of, published_in, search, version_by_slug
from procedures.validators import clean_answers

QUERY_MAX = 100


class ProcedureRow(serializers.ModelSerializer):
    slug = serializers.CharField(source="procedure.slug")
    field = serializers.CharField(source="procedure.field")
    ended_on = serializers.DateField(source="procedure.ended_on", allow_null=True)

    class Meta:
        model = ProcedureVersion
        fields = ["slug", "name", "name_en", "field", "ended_on"]


class ProcedureAnswer(ProcedureRow):
    """`content` as in the pages: facts nobody confirmed are left out and named in `unsure`."""

    replaced_by = serializers.CharField(source="procedure.replaced_by.slug", default=None, allow_null=True)
    content = serializers.SerializerMethodField()

    class Meta:
        model = ProcedureVersion
        fields = [
            *ProcedureRow.Meta.fields,
            "replaced_by",
            "content",
            "grade",
            "valid_from",
            "checked_on",
            "checked_by",
            "review_on",
        ]

    def get_content(self, version: ProcedureVersion) -> dict[str, Any]:
        return for_public(version.content)


class ProcedureDetailAnswer(serializers.Serializer):
    procedure = ProcedureAnswer()
    mode = serializers.CharField(help_text="official, prepare hoặc accept.")


class ChecklistAnswer(serializers.Serializer):
    """`is_needed` is false when the answers show that nothing has to be filed here; `advice` says why."""

    is_needed = serializers.BooleanField()
    papers = serializers.ListField(child=serializers.DictField())
    fees = serializers.ListField(child=serializers.DictField())
    times = serializers.ListField(child=serializers.DictField())
    steps = serializers.ListField(child=serializers.DictField())
    advice = serializers.ListField(child=serializers.DictField())


def _version(unit: Unit, slug: str) -> ProcedureVersion:
    found = version_by_slug(slug, unit)
    if found is None:
        raise Http404
    return found


def _unit(slug: str) -> Unit:
    return get_object_or_404(Unit.objects.open(), slug=slug)


class ProcedureList(APIView):
    """Current procedures; `q` searches in everyday words, accents optional, former ones included."""

    @extend_schema(
        operation_id="list_procedures",
        parameters=[OpenApiParameter("q", str)],
        responses=ProcedureRow(many=True),
    )
    def get(self, request: Request, unit_slug: str) -> Response:
        versions = published_in(_unit(unit_slug))
        text = request.query_params.get("q", "").strip()[:QUERY_MAX]
        current = [version for version in versions if version.procedure.ended_on is None]
        return Response(ProcedureRow(search(versions, text) if text else current, many=True).data)


class ProcedureDetail(APIView):
    """One procedure as this unit's citizens read it, and how it may be filed here."""

    @extend_schema(operation_id="read_procedure", responses=ProcedureDetailAnswer)
    def get(self, request: Request, unit_slug: str, procedure_slug: str) -> Response:
        unit = _unit(unit_slug)
        version = _version(unit, procedure_slug)
        mode = filing_mode_of(procedure=version.procedure, unit=unit)
        return Response(ProcedureDetailAnswer({"procedure": version, "mode": mode}).data)


class ProcedureChecklist(APIView):
    """The list for one case: the answers are query parameters named after the questions of the content."""

    @extend_schema(operation_id="read_checklist", responses=ChecklistAnswer)
    def get(self, request: Request, unit_slug: str, procedure_slug: str) -> Response:
        version = _version(_unit(unit_slug), procedure_slug)
        answers = clean_answers(version.content, request.query_params.dict())
        found = checklist(for_public(version.content), answers, local_today())
        return Response(ChecklistAnswer(found).data)
