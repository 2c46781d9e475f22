from django.urls import path

from portal.notifications import views

app_name = "notifications"
urlpatterns = [
    path("callbacks/esms/<slug:token>/", views.esms_receipt, name="esms_receipt"),
]
