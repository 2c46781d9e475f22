"""Response headers that hold for every page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]
OFFICERS_PATH = "/quan-tri/"


class SecurityHeaders:
    """Permissions-Policy, and no caching of anything that is not a static file or says otherwise."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class AdminContentPolicy:
    """The officers' pages get the looser policy their theme needs; nothing else does, and no page of theirs
    that has said (`csp_replace`) that it keeps the strict one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(OFFICERS_PATH) and not hasattr(response, "_csp_replace"):
            response._csp_config = dict(settings.ADMIN_CONTENT_SECURITY_POLICY)  # read by django-csp
        return response
