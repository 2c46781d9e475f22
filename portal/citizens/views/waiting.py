"""The waiting page."""

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.citizens.gate import waiting_of
from portal.common.clock import LOCAL

SLOWEST_REFRESH = 30


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Reloads itself until the turn comes, then offers the one button that sends the kept form again."""
    row = waiting_of(request)
    if row is None:
        return render(request, "citizens/waiting_over.html", status=404)
    left = max(0, math.ceil((row.turn_at - timezone.now()).total_seconds()))
    context = {
        "left": left,
        "refresh": min(left, SLOWEST_REFRESH) + 1,
        "turn": f"{row.turn_at.astimezone(LOCAL):%H:%M:%S}",
        "until": f"{row.expires_at.astimezone(LOCAL):%H:%M}",
        "path": row.path,
        "typed": row.fields,
        "ticket": row.ticket,
    }
    return render(request, "citizens/waiting.html", context)
