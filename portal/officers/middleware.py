"""An officer with a one-time password gets no further than the page where he replaces it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

Handler = Callable[[HttpRequest], HttpResponse]
_OPEN_TO_ALL = ("admin:login", "admin:logout", "admin:password_change", "admin:jsi18n")


class MustChangePassword:
    """Stands after AuthenticationMiddleware; citizens' pages are not touched (no session there)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(settings.SESSION_COOKIE_PATH):
            return self.get_response(request)
        if getattr(request.user, "must_change_password", False) and not self._is_open(request.path):
            return HttpResponseRedirect(reverse("admin:password_change"))
        return self.get_response(request)

    def _is_open(self, path: str) -> bool:
        return path in {reverse(name) for name in _OPEN_TO_ALL}
