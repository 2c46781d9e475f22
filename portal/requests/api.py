"""Idempotency-Key for API views: a repeated POST is answered, not executed (docs/adr/0008-api.md)."""

import json
import re
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from portal.requests.actions.claim_key import claim_key, free_key, keep_answer
from portal.requests.enums import KeyState
from portal.requests.errors import KeyInvalid, KeyMissing
from portal.requests.models import IdempotencyRecord

ANONYMOUS = "anonymous"
ANONYMOUS_KEY_MIN = 16
KEPT_HEADERS = ("Location", "Retry-After")
_KEY = re.compile(r"[\x21-\x7e]{8,128}")


class _AlreadyAnswered(Exception):
    """Leaves `initial()` with the answer of the first request."""

    def __init__(self, record: IdempotencyRecord) -> None:
        super().__init__("already answered")
        self.record = record


class IdempotentMixin:
    """Stands before APIView: `class Book(IdempotentMixin, APIView)`. Only POST is concerned.

    A success (2xx, 3xx) is kept for settings.IDEMPOTENCY_DAYS and given again with
    `Idempotency-Replayed: true`. A 4xx is not kept: the citizen corrects and sends the same key again;
    neither is a 5xx. `idempotency_required = True` refuses a POST without the header.
    """

    idempotency_required = False
    _claimed: IdempotencyRecord | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method != "POST":
            return
        caller = self.idempotency_caller(request)
        key = self._read_key(request, caller)
        if key is None:
            return
        operation = f"{request.method} {request.get_full_path()}"
        record = claim_key(caller=caller, key=key, operation=operation, request=_canonical(request.data))
        if record.state == KeyState.FINISHED:
            raise _AlreadyAnswered(record)
        self._claimed = record

    def idempotency_caller(self, request: Request) -> str:
        """`token:<uid>` of a citizen's token, else `anonymous`: then the key alone must be hard to guess."""
        uid = getattr(request.auth, "uid", None)
        return f"token:{uid}" if uid is not None else ANONYMOUS

    def _read_key(self, request: Request, caller: str) -> str | None:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            if self.idempotency_required:
                raise KeyMissing
            return None
        if not _KEY.fullmatch(key) or (caller == ANONYMOUS and len(key) < ANONYMOUS_KEY_MIN):
            raise KeyInvalid
        return key

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, _AlreadyAnswered):
            return _replay(exc.record)
        try:
            return super().handle_exception(exc)
        except Exception:
            self._settle(None)  # Django will answer 500
            raise

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        response = super().finalize_response(request, response, *args, **kwargs)
        self._settle(response)
        return response

    def _settle(self, response: HttpResponseBase | None) -> None:
        """Keep the answer of a success, give the key back otherwise."""
        record, self._claimed = self._claimed, None
        if record is None:
            return
        if isinstance(response, Response) and response.status_code < 400:
            keep_answer(record=record, status_code=response.status_code, answer=_answer_of(response))
        else:
            free_key(record=record)


def _canonical(data: Any) -> str:
    """The same request in any spelling of its JSON; ASCII, because half a surrogate pair has no UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def _answer_of(response: Response) -> dict[str, Any]:
    body = None if response.data is None else json.loads(response.rendered_content)
    return {"body": body, "headers": {name: response[name] for name in KEPT_HEADERS if name in response}}


def _replay(record: IdempotencyRecord) -> Response:
    headers = record.answer["headers"] | {"Idempotency-Replayed": "true"}
    return Response(record.answer["body"], status=record.status_code, headers=headers)
