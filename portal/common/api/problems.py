"""Refusals as RFC 9457 problem details: one exception handler for every API view (docs/adr/0008-api.md)."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from portal.common.errors import DomainError, field_errors

MEDIA_TYPE = "application/problem+json"
INVALID_INPUT = "invalid_input"
# Forms know one word for "nothing was given", Django REST framework three.
_SAME_CODE = {"null": "required", "blank": "required", "empty": "required"}
_RESERVED = frozenset({"type", "title", "status", "detail", "code", "errors"})

# Exception class: (stable code, sentence for people)
_TEXTS: dict[type[exceptions.APIException], tuple[str, Any]] = {
    exceptions.ParseError: ("parse_error", gettext_lazy("Nội dung gửi lên không phải JSON hợp lệ.")),
    exceptions.NotAuthenticated: (
        "not_authenticated",
        gettext_lazy("Xin đăng nhập bằng số điện thoại trước."),
    ),
    exceptions.AuthenticationFailed: (
        "authentication_failed",
        gettext_lazy("Phiên đăng nhập không còn hiệu lực. Xin đăng nhập lại."),
    ),
    exceptions.PermissionDenied: ("not_allowed", gettext_lazy("Ông/Bà không có quyền thực hiện việc này.")),
    exceptions.NotFound: ("not_found", gettext_lazy("Không tìm thấy nội dung được yêu cầu.")),
    exceptions.MethodNotAllowed: (
        "method_not_allowed",
        gettext_lazy("Địa chỉ này không nhận cách gọi vừa dùng."),
    ),
    exceptions.NotAcceptable: ("not_acceptable", gettext_lazy("Cổng chỉ trả lời bằng JSON.")),
    exceptions.UnsupportedMediaType: ("unsupported_media_type", gettext_lazy("Cổng chỉ nhận nội dung JSON.")),
    exceptions.Throttled: ("throttled", gettext_lazy("Ông/Bà gửi quá nhiều yêu cầu. Xin đợi rồi thử lại.")),
}
_TITLES = {
    400: gettext_lazy("Yêu cầu chưa đúng"),
    401: gettext_lazy("Chưa đăng nhập"),
    403: gettext_lazy("Không được phép"),
    404: gettext_lazy("Không tìm thấy"),
    405: gettext_lazy("Cách gọi không được nhận"),
    409: gettext_lazy("Không còn phù hợp với hiện trạng"),
    413: gettext_lazy("Nội dung quá lớn"),
    415: gettext_lazy("Kiểu nội dung không được nhận"),
    422: gettext_lazy("Không xử lý được yêu cầu"),
    429: gettext_lazy("Quá nhiều yêu cầu"),
    500: gettext_lazy("Lỗi hệ thống"),
}


class ProblemError(serializers.Serializer):
    """One thing to correct."""

    field = serializers.CharField(
        help_text="Đường dẫn tới trường, ví dụ person.birth_date; rỗng nếu là cả yêu cầu."
    )
    code = serializers.CharField(help_text="Mã lỗi ổn định, ví dụ phone_invalid.")
    message = serializers.CharField(help_text="Câu tiếng Việt cho người dùng.")


class Problem(serializers.Serializer):
    """The body of every refusal; a refusal may add members of its own (retry_after, …)."""

    type = serializers.CharField(default="about:blank")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="Câu tiếng Việt cho người dùng.")
    code = serializers.CharField(help_text="Mã ổn định để chương trình phân biệt, ví dụ session_full.")
    errors = ProblemError(many=True, required=False)


def problem_body(*, status: int, code: str, detail: str, **members: Any) -> dict[str, Any]:
    """The members of RFC 9457 §3 with our `code`; `members` never overwrite them."""
    title = str(_TITLES.get(status, HTTPStatus(status).phrase))
    body = {"type": "about:blank", "title": title, "status": status, "detail": str(detail), "code": code}
    return body | {name: value for name, value in members.items() if name not in body}


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """EXCEPTION_HANDLER of the API. None for what nobody expected: Django logs it and answers 500."""
    if isinstance(exc, DomainError):
        return _refusal(exc)
    if isinstance(exc, ValidationError):
        return _invalid(
            [(field, code, text) for field, found in field_errors(exc).items() for code, text in found]
        )
    if isinstance(exc, exceptions.ValidationError):
        return _invalid(list(_flatten(exc.get_full_details())))
    if isinstance(exc, RequestDataTooBig):
        return _respond(
            problem_body(status=413, code="request_too_large", detail=_("Nội dung gửi lên quá lớn."))
        )
    if isinstance(exc, SuspiciousOperation):
        return _respond(problem_body(status=400, code="bad_request", detail=_("Yêu cầu không hợp lệ.")))
    known = _as_api_exception(exc)
    return None if known is None else _refused_by_framework(known)


def _as_api_exception(exc: Exception) -> exceptions.APIException | None:
    if isinstance(exc, Http404):
        return exceptions.NotFound()
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied()
    return exc if isinstance(exc, exceptions.APIException) else None


def _refusal(refusal: DomainError) -> Response:
    members = {name: value for name, value in refusal.extra.items() if name not in _RESERVED}
    body = problem_body(status=refusal.status, code=refusal.code, detail=refusal.message, **members)
    return _respond(body, retry_after=refusal.extra.get("retry_after"))


def _invalid(found: list[tuple[str, str, str]]) -> Response:
    """400 with every (field, code, message), in the order they were found."""
    errors = [
        {"field": field, "code": _SAME_CODE.get(code, code), "message": str(text)}
        for field, code, text in found
    ]
    several = _("Có %(count)d chỗ cần sửa lại.") % {"count": len(errors)}
    detail = errors[0]["message"] if len(errors) == 1 else several
    return _respond(problem_body(status=400, code=INVALID_INPUT, detail=detail, errors=errors))


def _is_message(details: Any) -> bool:
    """A leaf; a serializer may well have fields named message and code, but their details are lists."""
    return (
        isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["code"], str)
    )


def _flatten(details: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """(field, code, message) of the nested details of Django REST framework; rows of a list count from 0."""
    if _is_message(details):
        yield path, details["code"], details["message"]
        return
    for name, inner in details.items() if isinstance(details, dict) else enumerate(details):
        # The index of a message in its field's list says nothing; the index of a row does.
        unnamed = name == "non_field_errors" or (isinstance(name, int) and _is_message(inner))
        own = "" if unnamed else str(name)
        yield from _flatten(inner, ".".join(part for part in (path, own) if part))


def _refused_by_framework(exc: exceptions.APIException) -> Response:
    code, text = _TEXTS.get(type(exc), (exc.default_code, exc.default_detail))
    own_code = exc.get_codes()
    if isinstance(own_code, str) and own_code != exc.default_code:  # a view said it more precisely
        code, text = own_code, exc.detail
    headers = {"WWW-Authenticate": exc.auth_header} if getattr(exc, "auth_header", None) else {}
    wait = getattr(exc, "wait", None)
    members = {} if wait is None else {"retry_after": int(wait)}
    body = problem_body(status=exc.status_code, code=code, detail=text, **members)
    return _respond(body, retry_after=wait, headers=headers)


def _respond(body: dict, *, retry_after: Any = None, headers: dict[str, str] | None = None) -> Response:
    sent = dict(headers or {})
    if retry_after is not None:
        sent["Retry-After"] = str(int(retry_after))
    return Response(body, status=body["status"], headers=sent, content_type=MEDIA_TYPE)


def server_error_json(request: HttpRequest) -> JsonResponse:
    """The 500 of API paths, for handler500: says nothing about the cause."""
    detail = _("Hệ thống đang gặp lỗi. Xin thử lại sau ít phút.")
    body = problem_body(status=500, code="server_error", detail=detail)
    return JsonResponse(body, status=500, content_type=MEDIA_TYPE)


def not_found_json(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """The 404 of API paths that no view answers, for handler404."""
    code, text = _TEXTS[exceptions.NotFound]
    body = problem_body(status=404, code=code, detail=text)
    return JsonResponse(body, status=404, content_type=MEDIA_TYPE)
