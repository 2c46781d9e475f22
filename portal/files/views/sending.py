"""The page where somebody adds files to what is his: a plain form, made easy by static/js/upload.js."""

import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.client_address import client_address
from portal.common.errors import DomainError, field_errors
from portal.files.actions.receive_file import take_whole
from portal.files.errors import SENTENCES
from portal.files.models import StoredFile
from portal.files.owners import find_owner
from portal.files.uploading import SealedUploadHandler


def _sealed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The handler must stand before anything reads the form, also before the look at its CSRF token."""
    protected = csrf_protect(view)

    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers = [SealedUploadHandler(request)]
        return protected(request, *args, **kwargs)

    return csrf_exempt(wrapped)


@require_http_methods(["GET", "POST"])
@_sealed
def send_files(request: HttpRequest, owner_key: str, owner_uid: uuid.UUID) -> HttpResponse:
    """What is there, and a form for more; a refused file is named with its reason."""
    owner = find_owner(owner_key)
    unit = owner.unit_of(owner_uid) if owner else None
    by = getattr(request, "citizen", None) or ANONYMOUS_CITIZEN
    if owner is None or unit is None or not owner.may_put(by, owner_uid):
        raise Http404
    errors, status = [], 200
    if request.method == "POST":
        errors, status = _take(request, owner_key, owner_uid, by)
        if not errors:
            return redirect(request.path)
    files = StoredFile.objects.of(owner_key, owner_uid) if owner.may_read(by, owner_uid) else ()
    context = {
        "unit": unit,
        "owner": owner,
        "owner_key": owner_key,
        "owner_uid": owner_uid,
        "files": files,
        "errors": errors,
        "back_url": owner.back(owner_uid),
    }
    return render(request, "files/send.html", context, status=status)


def _take(request: HttpRequest, owner_key: str, owner_uid: uuid.UUID, by: Any) -> tuple[list[str], int]:
    """(sentences, status) of the first refusal; ([], 200) when all were taken."""
    sent = request.FILES.getlist("file")
    if not sent:
        return [str(SENTENCES["file_required"])], 400
    for upload in sent:
        try:
            take_whole(
                owner_key=owner_key,
                owner_uid=owner_uid,
                incoming=upload.incoming,
                by=by,
                address=client_address(request),
            )
        except ValidationError as error:
            return [text for found in field_errors(error).values() for _code, text in found], 400
        except DomainError as refusal:
            return [refusal.message], refusal.status
    return [], 200
