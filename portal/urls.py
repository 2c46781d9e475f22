"""Every page of the portal. Who may open which one stands in portal/access.py; a test compares both."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from appointments.urls import counter_urlpatterns, desk_urlpatterns
from portal.common.components_view import components_page
from portal.files.urls import sending_urlpatterns
from portal.home.views import healthz

handler404 = "portal.home.views.not_found"
handler500 = "portal.home.views.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("quan-tri/ban/", include(desk_urlpatterns)),
    path("quan-tri/dat-lich/", include(counter_urlpatterns)),
    path("", include("portal.files.urls")),
    path("quan-tri/", admin.site.urls),
    path("api/v1/", include("portal.api_urls")),
    path("", include("portal.notifications.urls")),
    path("", include("portal.zalo.urls")),
]
if settings.PORTAL_MODE != "production":
    urlpatterns.append(path("dev/thanh-phan/", components_page, name="components"))

urlpatterns += i18n_patterns(
    path("", include(sending_urlpatterns)),
    path("", include("portal.citizens.urls")),
    path("", include("appointments.urls")),
    path("", include("procedures.urls")),
    path("", include("reports.urls")),
    path("", include("portal.home.urls")),
    prefix_default_language=False,
)
