from django.urls import path

from portal.zalo import views

app_name = "zalo"
urlpatterns = [path("callbacks/zalo/<str:token>/", views.webhook, name="webhook")]
