"""The bare view: same server, driver, pool and SQL as the portal, and nothing of its Python.

It is its own settings module, URL list and WSGI application, so that granian serves it beside the portal. The
recipe and the facts of all holds are read at the start: finding them costs the view a dictionary look-up.
"""

import os
import pickle
from pathlib import Path

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.settings import *  # noqa: F403 - database, pool and keys as the portal has them
from tests.load.bench_booking import RECIPE_VARIABLE

os.environ["DJANGO_SETTINGS_MODULE"] = __name__
MIDDLEWARE = []
ROOT_URLCONF = __name__

with Path(os.environ[RECIPE_VARIABLE]).open("rb") as stream:
    prepared = pickle.load(stream)  # noqa: S301 - prepare.py wrote it a moment ago


def confirm(request: HttpRequest, booking_uid: str) -> HttpResponse:
    """Run the confirmation's statements for this hold."""
    assert request.POST["code"]
    prepared["recipe"].run(prepared["facts"][booking_uid])
    return HttpResponse(status=302, headers={"Location": f"/{booking_uid}"})


urlpatterns = [path("<str:booking_uid>/", confirm)]
application = get_wsgi_application()
