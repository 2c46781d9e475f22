from django.urls import path

from appointments import views
from appointments.views import counter, desk, screens

app_name = "appointments"
urlpatterns = [
    path("<slug:unit_slug>/dat-lich/", views.campaigns, name="campaigns"),
    path("<slug:unit_slug>/dat-lich/xac-nhan/<uuid:booking_uid>/", views.confirm, name="confirm"),
    path("<slug:unit_slug>/dat-lich/xac-nhan/<uuid:booking_uid>/gui-lai/", views.resend, name="resend"),
    path("<slug:unit_slug>/dat-lich/xac-nhan/<uuid:booking_uid>/goi-lai/", views.ask_call, name="ask_call"),
    path("<slug:unit_slug>/dat-lich/khung-gio/<uuid:slot_uid>/", views.declare, name="declare"),
    path("<slug:unit_slug>/dat-lich/<slug:campaign_slug>/", views.choose, name="choose"),
    path("<slug:unit_slug>/dat-ho/", views.for_others, name="for_others"),
    path("<slug:unit_slug>/dat-ho/<slug:campaign_slug>/", views.book_other, name="book_other"),
    path("<slug:unit_slug>/phieu/<str:code>/", views.ticket, name="ticket"),
    path("<slug:unit_slug>/phieu/<str:code>/lich.ics", views.calendar, name="calendar"),
    path("<slug:unit_slug>/phieu/<str:code>/huy/", views.cancel, name="cancel"),
    path("<slug:unit_slug>/phieu/<str:code>/doi-lich/", views.change, name="change"),
    path("<slug:unit_slug>/hom-nay/", screens.live, name="live"),
    path("<slug:unit_slug>/man-hinh/<str:code>/", screens.screen, name="screen"),
    path("<slug:unit_slug>/man-hinh/<str:code>/so.json", screens.screen_calls, name="screen_calls"),
    path("<slug:unit_slug>/dat-lich/<slug:campaign_slug>/cho/", views.join_waiting, name="waiting_join"),
    path(
        "<slug:unit_slug>/dat-lich/<slug:campaign_slug>/bao-mo-lai/",
        views.join_interest,
        name="interest_join",
    ),
    path(
        "<slug:unit_slug>/cho/xac-nhan/<uuid:entry_uid>/", views.confirm_waiting_page, name="waiting_confirm"
    ),
    path("<slug:unit_slug>/kiem-tra/", views.check_messages, name="check_messages"),
    path("<slug:unit_slug>/cho/<str:code>/", views.waiting, name="waiting"),
    path(
        "<slug:unit_slug>/bao-mo-lai/xac-nhan/<uuid:interest_uid>/",
        views.confirm_interest_page,
        name="interest_confirm",
    ),
    path("<slug:unit_slug>/bao-mo-lai/<str:code>/", views.interest, name="interest"),
]

# Below /quan-tri/, where the officers' cookie is sent; portal/urls.py gives them their place.
desk_urlpatterns = (
    [
        path("", desk.today, name="today"),
        path("vo/", desk.shell, name="shell"),
        path("sw.js", desk.worker, name="worker"),
        path("<uuid:session_uid>/", desk.hall, name="hall"),
        path("<uuid:session_uid>/bam/", desk.press, name="press"),
        path("<uuid:session_uid>/tim/", desk.search, name="search"),
        path("<uuid:session_uid>/ket-thuc/", desk.close, name="close"),
        path("<uuid:session_uid>/tinh-hinh.json", desk.state, name="state"),
        path("<uuid:session_uid>/danh-sach.json", desk.people, name="people"),
        path("<uuid:session_uid>/dong-bo.json", desk.sync, name="sync"),
    ],
    "desk",
)

counter_urlpatterns = (
    [
        path("", counter.choose_session, name="sessions"),
        path("<uuid:session_uid>/", counter.book_at_desk, name="book"),
    ],
    "counter",
)
