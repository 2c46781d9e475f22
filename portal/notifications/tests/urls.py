"""Addresses of this room alone, under the name space the portal gives it."""

from django.urls import include, path

urlpatterns = [path("", include("portal.notifications.urls"))]
