from django.urls import path

from portal.home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("tra-cuu/", views.lookup, name="lookup"),
    path("<slug:unit_slug>/", views.unit, name="unit"),
]
