"""One handler says every refusal in one shape."""

import json
import uuid

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404
from django.urls import path as url_path
from drf_spectacular.generators import SchemaGenerator
from rest_framework import exceptions, generics, serializers
from rest_framework.pagination import Cursor
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from portal.common.api.pagination import CursorPages
from portal.common.api.problems import not_found_json, problem_response, server_error_json
from portal.common.api.schema import PortalSchema
from portal.common.api.serializers import StrictSerializer
from portal.common.errors import Conflict, NotAllowed, TooMany


def body_of(response):
    return json.loads(response.content)


def answer(error):
    """What a client gets when a view raises `error`."""

    class Failing(APIView):
        authentication_classes = ()

        def post(self, request):
            raise error

    return Failing.as_view()(APIRequestFactory().post("/", {}, format="json")).render()


def test_conflict_becomes_a_problem():
    response = answer(Conflict("session_full", "Buổi này đã hết chỗ.", free=0))
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert body_of(response) == {
        "type": "about:blank",
        "title": "Không còn phù hợp với hiện trạng",
        "status": 409,
        "detail": "Buổi này đã hết chỗ.",
        "code": "session_full",
        "free": 0,
    }


def test_too_many_says_when_to_come_back():
    response = answer(TooMany("code_phone_limit", "Xin đợi.", retry_after=90))
    assert (response.status_code, response["Retry-After"], body_of(response)["retry_after"]) == (
        429,
        "90",
        90,
    )


def test_not_allowed_is_403():
    assert answer(NotAllowed("not_allowed", "Không được.")).status_code == 403


def test_extra_facts_cannot_replace_the_members_of_a_problem():
    body = body_of(answer(Conflict("session_full", "Hết chỗ.", status=200, title="x", seed=uuid.UUID(int=1))))
    assert (body["status"], body["title"]) == (409, "Không còn phù hợp với hiện trạng")
    assert body["seed"] == str(uuid.UUID(int=1))


def test_one_bad_value_is_named():
    body = body_of(answer(ValidationError({"phone": ValidationError("Số chưa đúng.", code="phone_invalid")})))
    assert (body["status"], body["code"], body["detail"]) == (400, "invalid_input", "Số chưa đúng.")
    assert body["errors"] == [{"field": "phone", "code": "phone_invalid", "message": "Số chưa đúng."}]


def test_several_bad_values_are_counted():
    error = ValidationError(
        {
            "__all__": ValidationError("Chung.", code="both_missing"),
            "name": [
                ValidationError("Dài %(n)s.", code="too_long", params={"n": 9}),
                ValidationError("Số.", code="digit"),
            ],
        }
    )
    body = body_of(answer(error))
    assert body["detail"] == "Có 3 chỗ cần sửa lại."
    assert body["errors"] == [
        {"field": "", "code": "both_missing", "message": "Chung."},
        {"field": "name", "code": "too_long", "message": "Dài 9."},
        {"field": "name", "code": "digit", "message": "Số."},
    ]


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ({"phone": [exceptions.ErrorDetail("m", "required")]}, [("phone", "required")]),
        ({"phone": [exceptions.ErrorDetail("m", "blank")]}, [("phone", "required")]),
        ({"phone": [exceptions.ErrorDetail("m", "null")]}, [("phone", "required")]),
        ({"non_field_errors": [exceptions.ErrorDetail("m", "both")]}, [("", "both")]),
        ([exceptions.ErrorDetail("m", "a"), exceptions.ErrorDetail("m", "b")], [("", "a"), ("", "b")]),
        ({"person": {"name": [exceptions.ErrorDetail("m", "x")]}}, [("person.name", "x")]),
        ({"items": [{}, {"x": [exceptions.ErrorDetail("m", "y")]}]}, [("items.1.x", "y")]),
        (
            {"message": [exceptions.ErrorDetail("m", "x")], "code": [exceptions.ErrorDetail("m", "y")]},
            [("message", "x"), ("code", "y")],
        ),
    ],
)
def test_serializer_errors_are_flattened(detail, expected):
    errors = body_of(answer(exceptions.ValidationError(detail)))["errors"]
    assert [(error["field"], error["code"]) for error in errors] == expected


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404("secret"), 404, "not_found"),
        (PermissionDenied("secret"), 403, "not_allowed"),
        (exceptions.NotFound("secret"), 404, "not_found"),
        (exceptions.NotAuthenticated("secret"), 403, "not_authenticated"),
        (exceptions.AuthenticationFailed("secret"), 403, "authentication_failed"),
        (exceptions.AuthenticationFailed("Hết hạn.", code="token_expired"), 403, "token_expired"),
        (exceptions.NotAcceptable("secret"), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("text/secret"), 415, "unsupported_media_type"),
        (exceptions.ParseError("secret"), 400, "parse_error"),
        (RequestDataTooBig("secret"), 413, "request_too_large"),
    ],
)
def test_framework_refusals_have_stable_codes_and_our_words(error, status, code):
    response = answer(error)
    assert (response.status_code, body_of(response)["code"]) == (status, code)
    assert "secret" not in response.content.decode()


def test_throttled_says_when_to_come_back():
    response = answer(exceptions.Throttled(wait=7))
    assert (response.status_code, response["Retry-After"], body_of(response)["code"]) == (
        429,
        "7",
        "throttled",
    )


def test_broken_json_wrong_type_and_wrong_method():
    class Reading(APIView):
        authentication_classes = ()

        def post(self, request):
            return Response(request.data)

    call, make = Reading.as_view(), APIRequestFactory()
    answers = [
        call(make.post("/", data="{", content_type="application/json")),
        call(make.post("/", data="a=1", content_type="text/plain")),
        call(make.put("/", {}, format="json")),
    ]
    found = [(one.status_code, body_of(one.render())["code"]) for one in answers]
    assert found == [(400, "parse_error"), (415, "unsupported_media_type"), (405, "method_not_allowed")]
    assert answers[2]["Allow"] == "POST, OPTIONS"


def test_unknown_exception_is_not_swallowed():
    assert problem_response(ZeroDivisionError(), {}) is None
    with pytest.raises(ZeroDivisionError):
        answer(ZeroDivisionError())


def test_pages_for_unexpected_errors_and_unknown_addresses():
    request = APIRequestFactory().get("/api/v1/x/")
    found = [
        (page.status_code, body_of(page)["code"])
        for page in (server_error_json(request), not_found_json(request))
    ]
    assert found == [(500, "server_error"), (404, "not_found")]
    assert server_error_json(request)["Content-Type"] == "application/problem+json"


class Order(StrictSerializer):
    uid = serializers.UUIDField(read_only=True)
    slot = serializers.IntegerField()


def test_strict_serializer_refuses_what_it_does_not_know():
    order = Order(data={"slot": 1, "slott": 2, "uid": "x"})
    assert order.is_valid() is False
    assert {field: [item.code for item in found] for field, found in order.errors.items()} == {
        "slott": ["unknown_field"],
        "uid": ["unknown_field"],
    }


def test_strict_serializer_takes_what_it_knows():
    order = Order(data={"slot": "1"})
    assert order.is_valid() is True
    assert order.validated_data == {"slot": 1}


@pytest.fixture
def windows(db):
    """Rows of a room below, all made at the same moment."""
    from portal.audit.models import AuditEntry

    for number in range(35):
        AuditEntry.objects.create(actor="system:test", action=f"a{number}")
    return AuditEntry.objects.all()


class ByMoment(CursorPages):
    ordering = ("-at", "-uid")


def pages(queryset, size):
    """uids of every page, following `next`."""
    address, found = f"/?page_size={size}", []
    while address:
        paginator = ByMoment()
        request = Request(APIRequestFactory().get(address))
        found.append([row.uid for row in paginator.paginate_queryset(queryset, request)])
        address = paginator.get_next_link()
    return found


def test_pages_show_every_row_once(windows):
    found = pages(windows, 10)
    assert [len(page) for page in found] == [10, 10, 10, 5]
    assert len({uid for page in found for uid in page}) == 35


@pytest.mark.parametrize(("asked", "given"), [("", 30), ("1000", 35), ("0", 30), ("x", 30)])
def test_page_size_has_a_default_and_a_limit(windows, asked, given):
    assert len(pages(windows, asked)[0]) == given
    assert CursorPages.max_page_size == 100


def test_broken_cursor_is_a_bad_value():
    request = Request(APIRequestFactory().get("/?cursor=nonsense"))
    with pytest.raises(ValidationError) as caught:
        CursorPages().decode_cursor(request)
    assert caught.value.error_dict["cursor"][0].code == "cursor_invalid"


def test_cursor_survives_a_round_trip():
    paginator = CursorPages()
    paginator.base_url = "/"
    address = paginator.encode_cursor(Cursor(offset=1, reverse=False, position="x"))
    assert paginator.decode_cursor(Request(APIRequestFactory().get(address))) == (1, False, "x")


def test_schema_lists_the_problem_and_the_idempotency_key():
    class Orders(generics.GenericAPIView):
        authentication_classes = ()
        serializer_class = Order
        schema = PortalSchema()
        idempotency_required = True

        def post(self, request):
            return Response()

    schema = SchemaGenerator(patterns=[url_path("orders/", Orders.as_view())]).get_schema(public=True)
    operation = schema["paths"]["/orders/"]["post"]
    content = operation["responses"]["default"]["content"]
    assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert [(item["name"], item["required"]) for item in operation["parameters"]] == [
        ("Idempotency-Key", True)
    ]
    assert set(schema["components"]["schemas"]["Problem"]["properties"]) == {
        "type", "title", "status", "detail", "code", "errors",
    }  # fmt: skip
