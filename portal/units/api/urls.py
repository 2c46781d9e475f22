from django.urls import path

from portal.units.api import views

app_name = "units_api"
urlpatterns = [
    path("units/", views.UnitList.as_view(), name="list"),
    path("units/<slug:unit_slug>/", views.UnitDetail.as_view(), name="detail"),
]
