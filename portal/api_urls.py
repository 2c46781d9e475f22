"""The REST API, version 1."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="api-docs"),
    path("", include("portal.citizens.api.urls")),
    path("", include("portal.files.api.urls")),
    path("", include("portal.units.api.urls")),
    path("", include("appointments.api.urls")),
    path("", include("procedures.api.urls")),
]
