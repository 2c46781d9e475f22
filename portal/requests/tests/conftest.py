"""A view that counts how often its work was really done."""

from types import SimpleNamespace

import pytest
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from portal.common.errors import Conflict
from portal.requests.api import IdempotentMixin


@pytest.fixture
def done():
    """Bodies that reached the work."""
    return []


@pytest.fixture
def view(done):
    class Book(IdempotentMixin, APIView):
        authentication_classes = ()

        def post(self, request):
            done.append(request.data)
            wanted = request.data.get("wanted")
            if wanted == "full":
                raise Conflict("session_full", "Buổi này đã hết chỗ.")
            if wanted == "crash":
                raise ZeroDivisionError
            if wanted == "error":
                return Response({"sad": True}, status=503)
            answer = {"number": len(done), "name": "Trần Thị Bưởi"}
            return Response(answer, status=201, headers={"Location": "/api/v1/bookings/x"})

        def get(self, request):
            return Response({"ok": True})

    return Book


@pytest.fixture
def post(view):
    """post(body, key=…, token=…) → rendered response."""

    def send(body, *, key="0123456789abcdef-key", token=None, path="/api/v1/bookings/", text=None):
        headers = {} if key is None else {"Idempotency-Key": key}
        content = (
            {"data": text, "content_type": "application/json"} if text else {"data": body, "format": "json"}
        )
        request = APIRequestFactory().post(path, headers=headers, **content)
        own = view
        if token:
            own = type("WithToken", (view,), {"perform_authentication": lambda self, r: r})
            request.auth = None
            own.idempotency_caller = lambda self, r: IdempotentMixin.idempotency_caller(
                self, SimpleNamespace(auth=SimpleNamespace(uid=token))
            )
        return own.as_view()(request).render()

    return send
