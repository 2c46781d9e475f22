from django.urls import path

from appointments import views

app_name = "appointments"
urlpatterns = [
    path("<slug:unit_slug>/dat-lich/", views.campaigns, name="campaigns"),
    path("<slug:unit_slug>/dat-lich/xac-nhan/<uuid:booking_uid>/", views.confirm, name="confirm"),
    path("<slug:unit_slug>/dat-lich/xac-nhan/<uuid:booking_uid>/gui-lai/", views.resend, name="resend"),
    path("<slug:unit_slug>/dat-lich/khung-gio/<uuid:slot_uid>/", views.declare, name="declare"),
    path("<slug:unit_slug>/dat-lich/<slug:campaign_slug>/", views.choose, name="choose"),
    path("<slug:unit_slug>/phieu/<str:code>/", views.ticket, name="ticket"),
    path("<slug:unit_slug>/phieu/<str:code>/lich.ics", views.calendar, name="calendar"),
    path("<slug:unit_slug>/phieu/<str:code>/huy/", views.cancel, name="cancel"),
]
