from django.urls import path

from portal.citizens import views

app_name = "citizens"
urlpatterns = [
    path("ma-xac-nhan/cho/", views.waiting, name="waiting"),
    path("<slug:unit_slug>/xac-nhan-so/", views.sign_in, name="sign_in"),
    path("<slug:unit_slug>/xac-nhan-so/<uuid:challenge_uid>/", views.sign_in_code, name="sign_in_code"),
    path("<slug:unit_slug>/nhan-tin/", views.hamlet_news, name="hamlet_news"),
    path("<slug:unit_slug>/cach-nhan-tin/", views.reach, name="reach"),
    path("<slug:unit_slug>/cach-nhan-tin/ma/", views.reach_code, name="reach_code"),
    path("<slug:unit_slug>/cach-nhan-tin/chon/", views.reach_choose, name="reach_choose"),
    path("<slug:unit_slug>/cach-nhan-tin/ngung/", views.reach_unlink, name="reach_unlink"),
    path("<slug:unit_slug>/zalo/<uuid:invitation_uid>/<slug:seal>/", views.link_phone, name="link_phone"),
    path(
        "<slug:unit_slug>/zalo/<uuid:invitation_uid>/<slug:seal>/<uuid:challenge_uid>/",
        views.link_code,
        name="link_code",
    ),
    path("<slug:unit_slug>/thoat/", views.sign_out, name="sign_out"),
]
