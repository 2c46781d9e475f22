from django.urls import path

from procedures import views

app_name = "procedures"
urlpatterns = [
    path("<slug:unit_slug>/thu-tuc/", views.procedure_list, name="list"),
    path("<slug:unit_slug>/thu-tuc/<slug:procedure_slug>/", views.procedure_page, name="detail"),
    path("<slug:unit_slug>/thu-tuc/<slug:procedure_slug>/truong-hop/", views.case_page, name="case"),
]
