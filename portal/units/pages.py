"""Pages that belong to one unit: the slug in the address becomes the unit, or leads to its successor."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from portal.units.queries import unit_by_slug

View = Callable[..., HttpResponse]


def for_unit(view: View) -> View:
    """Pass the open unit of `unit_slug` to the view; 301 to the successor's page, 404 for all others."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, unit_slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        unit, successor = unit_by_slug(unit_slug, alone=request.method == "POST")
        if successor is not None and successor.is_open:
            path = request.get_full_path().replace(f"/{unit_slug}/", f"/{successor.slug}/", 1)
            return HttpResponsePermanentRedirect(path)
        if unit is None or not unit.is_open:
            raise Http404
        return view(request, unit, *args, **kwargs)

    return wrapped
