from django.urls import path

from procedures.api import views

app_name = "procedures_api"
urlpatterns = [
    path("units/<slug:unit_slug>/procedures/", views.ProcedureList.as_view(), name="list"),
    path(
        "units/<slug:unit_slug>/procedures/<slug:procedure_slug>/",
        views.ProcedureDetail.as_view(),
        name="detail",
    ),
    path(
        "units/<slug:unit_slug>/procedures/<slug:procedure_slug>/checklist/",
        views.ProcedureChecklist.as_view(),
        name="checklist",
    ),
]
