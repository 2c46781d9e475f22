from django.urls import path

from portal.files.api import views

app_name = "files_api"
urlpatterns = [
    path("files/", views.BeginFile.as_view(), name="begin"),
    path("files/<uuid:uid>/", views.Upload.as_view(), name="upload"),
    path("files/<uuid:uid>/content/", views.FileContent.as_view(), name="content"),
]
