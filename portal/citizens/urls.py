from django.urls import path

from portal.citizens.views import waiting

app_name = "citizens"
urlpatterns = [path("ma-xac-nhan/cho/", waiting, name="waiting")]
