from django.urls import path

from appointments.api import changes, live, views, waiting

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
    path("visits/<str:code>/change/", changes.ChangeVisit.as_view(), name="change"),
    path("visits/<str:code>/change/slots/", changes.ChangeSlots.as_view(), name="change_slots"),
    path("units/<slug:unit_slug>/today/", live.LiveDayList.as_view(), name="live_days"),
    path("visits/<str:code>/live/", live.LiveTurnOfVisit.as_view(), name="live_turn"),
    path(
        "units/<slug:unit_slug>/campaigns/<uuid:campaign_uid>/waiting/",
        waiting.JoinWaiting.as_view(),
        name="waiting_join",
    ),
    path("waiting/<uuid:entry_uid>/confirm/", waiting.ConfirmWaiting.as_view(), name="waiting_confirm"),
    path("waiting/<str:code>/", waiting.WaitingStatusView.as_view(), name="waiting"),
    path("waiting/<str:code>/accept/", waiting.AcceptOffer.as_view(), name="waiting_accept"),
    path("waiting/<str:code>/decline/", waiting.DeclineOffer.as_view(), name="waiting_decline"),
    path("waiting/<str:code>/leave/", waiting.LeaveWaiting.as_view(), name="waiting_leave"),
    path(
        "units/<slug:unit_slug>/campaigns/<uuid:campaign_uid>/interest/",
        waiting.JoinInterest.as_view(),
        name="interest_join",
    ),
    path("interest/<uuid:interest_uid>/confirm/", waiting.ConfirmInterest.as_view(), name="interest_confirm"),
    path("interest/<str:code>/withdraw/", waiting.WithdrawInterest.as_view(), name="interest_withdraw"),
]
