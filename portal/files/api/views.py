"""Sending a file in pieces over a bad line: begin, ask how far it came, append, take back; and getting it."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.client_address import client_address
from portal.files.actions.open_file import open_file
from portal.files.actions.receive_file import append_bytes, begin_file, find_upload
from portal.files.actions.remove_files import remove_upload
from portal.files.api.serializers import FileAnswer, FileBegin, FileBegun
from portal.files.errors import invalid
from portal.files.limits import CHUNK_MOST
from portal.files.pages import deliver
from portal.requests.api import IdempotentMixin

KEY = OpenApiParameter("Upload-Key", str, OpenApiParameter.HEADER, required=True)
OFFSET = OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True)


class PieceParser(BaseParser):
    """The bytes as they came; one more than allowed is enough to see that it is too much."""

    media_type = "application/octet-stream"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: dict | None = None) -> bytes:
        return stream.read(CHUNK_MOST + 1)


def citizen_of(request: Request) -> Any:
    """The contact of a token or of this browser's session, else nobody in particular."""
    return request.user or getattr(request._request, "citizen", None) or ANONYMOUS_CITIZEN


class BeginFile(IdempotentMixin, APIView):
    idempotency_required = True

    @extend_schema(request=FileBegin, responses={201: FileBegun}, operation_id="files_begin")
    def post(self, request: Request) -> Response:
        asked = FileBegin(data=request.data)
        asked.is_valid(raise_exception=True)
        begun = begin_file(
            owner_key=asked.validated_data["owner"],
            owner_uid=asked.validated_data["owner_uid"],
            name=asked.validated_data["name"],
            size=asked.validated_data["size"],
            by=citizen_of(request),
            address=client_address(request),
        )
        begun.file.upload_key = begun.upload_key
        return Response(FileBegun(begun.file).data, status=201)


class Upload(APIView):
    """Whoever has the Upload-Key, and nobody else; a wrong one finds no file."""

    parser_classes = (PieceParser, JSONParser)

    @extend_schema(parameters=[KEY], responses=FileAnswer, operation_id="files_state")
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        """How far it came, and what became of it."""
        return Response(FileAnswer(find_upload(file_uid=uid, upload_key=_key(request))).data)

    @extend_schema(
        parameters=[KEY, OFFSET],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=FileAnswer,
        operation_id="files_append",
    )
    def patch(self, request: Request, uid: uuid.UUID) -> Response:
        """The next piece, 64 KiB to 1 MiB; the last one may be smaller. 409 upload_offset says where to go
        on."""
        data = request.data
        length = request.headers.get("Content-Length", "")
        if not isinstance(data, bytes) or (length.isdigit() and len(data) < min(int(length), CHUNK_MOST)):
            raise invalid("chunk_incomplete")
        file = append_bytes(
            file_uid=uid,
            upload_key=_key(request),
            offset=_offset(request),
            data=data,
            by=citizen_of(request),
        )
        return Response(FileAnswer(file).data)

    @extend_schema(parameters=[KEY], responses={204: None}, operation_id="files_take_back")
    def delete(self, request: Request, uid: uuid.UUID) -> Response:
        """The file and its bytes go."""
        remove_upload(file_uid=uid, upload_key=_key(request), by=citizen_of(request))
        return Response(status=204)


class FileContent(APIView):
    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, operation_id="files_content"
    )
    def get(self, request: Request, uid: uuid.UUID) -> HttpResponse:
        """The checked file, to save; one Range is understood."""
        return deliver(request._request, open_file(file_uid=uid, by=citizen_of(request)))


def _key(request: Request) -> str:
    return request.headers.get("Upload-Key", "")[:100]


def _offset(request: Request) -> int:
    text = request.headers.get("Upload-Offset", "")
    if not text.isdigit() or len(text) > 15:
        message = _("Thiếu Upload-Offset: số byte cổng đã nhận.")
        raise ValidationError({"Upload-Offset": ValidationError(message, code="offset_invalid")})
    return int(text)
