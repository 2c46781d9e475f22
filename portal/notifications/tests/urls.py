"""Addresses of this room and the officers' desk, without the pages of the rooms above."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("quan-tri/", admin.site.urls), path("", include("portal.notifications.urls"))]
