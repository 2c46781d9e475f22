"""Giving files to whoever may have them."""

import uuid
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from portal.common.actors import ANONYMOUS_CITIZEN, Actor
from portal.common.errors import Conflict
from portal.files.actions.open_file import open_file
from portal.files.enums import BlobRole
from portal.files.errors import FileNotFound
from portal.files.pages import deliver


@require_GET
def citizens_content(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """For the browser that showed a phone; 404 for everybody else."""
    return _give(request, uid, getattr(request, "citizen", None) or ANONYMOUS_CITIZEN)


@require_GET
def officers_content(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The file, to save."""
    return _to_officer(request, uid, BlobRole.CLEAN)


@require_GET
def officers_thumbnail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The small picture, to look at."""
    return _to_officer(request, uid, BlobRole.THUMBNAIL)


def _to_officer(request: HttpRequest, uid: uuid.UUID, role: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    return _give(request, uid, request.user, role)


def _give(request: HttpRequest, uid: uuid.UUID, by: Actor | Any, role: str = BlobRole.CLEAN) -> HttpResponse:
    try:
        opened = open_file(file_uid=uid, by=by, role=role)
    except FileNotFound as error:
        raise Http404 from error
    except Conflict as refusal:
        return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain; charset=utf-8")
    return deliver(request, opened, inline=role == BlobRole.THUMBNAIL)
