from django.urls import path

from portal.notifications import views

app_name = "notifications"
urlpatterns = [
    path("callbacks/esms/<slug:token>/", views.esms_receipt, name="esms_receipt"),
    path("callbacks/speedsms/<slug:token>/", views.speedsms_receipt, name="speedsms_receipt"),
    path("z/<slug:code>", views.short_link, name="short_link"),
]
