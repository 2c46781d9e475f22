"""What reaches a log line: no phone, number, code, typed text or exception text, whatever goes wrong."""

import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.test import Client
from django.urls import path

from portal import urls as portal_urls
from portal.common.logs import JsonLine, MaskPersonalData, PlainLine

NAME, PHONE = "Khuyếch Đoỏng", "0757913862"
FIELDS = {"full_name": NAME, "phone": PHONE, "identity_number": "001184739265"}


def broken(request):
    raise ValueError(f"cannot read {request.POST.dict()}")


def nested(request):
    try:
        raise KeyError(request.POST["full_name"])
    except KeyError as error:
        raise RuntimeError(request.POST["phone"]) from error


urlpatterns = [path("hong/", broken), path("hong-sau/", nested), *portal_urls.urlpatterns]
handler404, handler500 = portal_urls.handler404, portal_urls.handler500


@pytest.fixture(params=[PlainLine, JsonLine])
def lines(request):
    """What the portal's handler writes, in the form of development and of production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    handler.addFilter(MaskPersonalData())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def contains(written: str) -> list[str]:
    return [word for word in (NAME, "Khuy", PHONE, PHONE[1:], "001184739265") if word in written]


@pytest.mark.django_db
@pytest.mark.urls("tests.contracts.test_log_masking")
@pytest.mark.parametrize("address", ["/hong/", "/hong-sau/"])
def test_an_unexpected_error_logs_where_but_neither_body_nor_text(lines, address):
    answer = Client(raise_request_exception=False).post(address, FIELDS)

    written = lines.getvalue()
    assert (answer.status_code, contains(written)) == (500, [])
    assert f"Internal Server Error: {address}" in written
    assert "Error at File" in written
    assert contains(answer.content.decode()) == []


@pytest.mark.django_db
def test_an_address_with_a_phone_is_masked(lines):
    answer = Client().get(f"/khong-co/{PHONE}/")

    assert (answer.status_code, contains(lines.getvalue())) == (404, [])
    assert "Not Found: /khong-co/[số]/" in lines.getvalue()


@pytest.mark.django_db
def test_a_form_without_its_token_logs_no_field(lines):
    answer = Client(enforce_csrf_checks=True).post("/quan-tri/login/", {"username": PHONE, "password": NAME})

    assert (answer.status_code, contains(lines.getvalue())) == (403, [])


def test_a_failed_task_is_named_by_the_kind_of_its_error(lines):
    """As celery.app.trace does: the exception's text, traceback and arguments stand in the message."""
    text = f"ValueError('{NAME}')"
    context = {"name": "notifications.deliver", "id": "7", "exc": text, "args": f"('{NAME}',)"}
    message = "Task %(name)s[%(id)s] raised unexpected: %(exc)s %(args)s"
    logging.getLogger("portal.masking").error(message, context)

    assert contains(lines.getvalue()) == []
    assert "task notifications.deliver[7] failed: ValueError" in lines.getvalue()


def test_an_exception_given_as_argument_is_named_by_its_kind(lines):
    logging.getLogger("portal.masking").warning("not sent: %s, %s", ValueError(NAME), OSError("disk full"))

    assert contains(lines.getvalue()) == []
    assert "not sent: ValueError, disk full" in lines.getvalue()


def test_every_handler_of_the_portal_masks():
    """Django's own handlers for development and e-mail would write tracebacks with what was posted."""
    configured = settings.LOGGING["handlers"]
    assert [name for name, handler in configured.items() if "mask" not in handler["filters"]] == []
    for name in ("django", "django.server"):
        assert (settings.LOGGING["loggers"][name]["handlers"], logging.getLogger(name).handlers) == ([], [])
