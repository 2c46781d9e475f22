from django.urls import path

from portal.files import views

app_name = "files"
urlpatterns = [
    path("tep/<uuid:uid>/", views.citizens_content, name="content"),
    path("quan-tri/tep/<uuid:uid>/", views.officers_content, name="officers_content"),
    path("quan-tri/tep/<uuid:uid>/anh-nho/", views.officers_thumbnail, name="thumbnail"),
]
