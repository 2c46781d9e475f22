from django.urls import path

from portal.citizens import views

app_name = "citizens"
urlpatterns = [
    path("ma-xac-nhan/cho/", views.waiting, name="waiting"),
    path("<slug:unit_slug>/xac-nhan-so/", views.sign_in, name="sign_in"),
    path("<slug:unit_slug>/xac-nhan-so/<uuid:challenge_uid>/", views.sign_in_code, name="sign_in_code"),
    path("<slug:unit_slug>/nhan-tin/", views.hamlet_news, name="hamlet_news"),
    path("<slug:unit_slug>/thoat/", views.sign_out, name="sign_out"),
]
