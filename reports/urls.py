from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [path("<slug:unit_slug>/bao-tin/", views.how_to_report, name="how_to_report")]
