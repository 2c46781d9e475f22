from django.urls import path

from appointments.api import views

app_name = "appointments_api"
urlpatterns = [
    path("units/<slug:unit_slug>/campaigns/", views.CampaignList.as_view(), name="campaigns"),
    path(
        "units/<slug:unit_slug>/campaigns/<uuid:campaign_uid>/slots/", views.SlotList.as_view(), name="slots"
    ),
    path("units/<slug:unit_slug>/visits/", views.HoldVisit.as_view(), name="hold"),
    path("visits/<uuid:booking_uid>/confirm/", views.ConfirmVisit.as_view(), name="confirm"),
    path("visits/<uuid:booking_uid>/resend/", views.ResendCode.as_view(), name="resend"),
    path("visits/<str:code>/", views.VisitStatus.as_view(), name="status"),
    path("visits/<str:code>/cancel/", views.CancelVisit.as_view(), name="cancel"),
]
