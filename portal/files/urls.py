from django.urls import path

from portal.files import views

app_name = "files"
# In both languages, so portal/urls.py takes it apart from the rest.
sending_urlpatterns = (
    [path("tep/gui/<str:owner_key>/<uuid:owner_uid>/", views.send_files, name="send")],
    "sending",
)
urlpatterns = [
    path("tep/<uuid:uid>/", views.citizens_content, name="content"),
    path("quan-tri/tep/<uuid:uid>/", views.officers_content, name="officers_content"),
    path("quan-tri/tep/<uuid:uid>/anh-nho/", views.officers_thumbnail, name="thumbnail"),
]
