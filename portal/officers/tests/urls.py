"""Only the officers' desk: this room knows no other room's pages."""

from django.contrib import admin
from django.urls import path

urlpatterns = [path("quan-tri/", admin.site.urls)]
