"""Mounted under /api/v1/."""

from django.urls import path

from portal.citizens.api.views import OrganisationsView, TokenConfirmView, TokensView, TokenView

app_name = "citizens_api"
urlpatterns = [
    path("tokens/", TokensView.as_view(), name="tokens"),
    path("tokens/confirm/", TokenConfirmView.as_view(), name="token_confirm"),
    path("tokens/<uuid:uid>/", TokenView.as_view(), name="token"),
    path("me/organisations/", OrganisationsView.as_view(), name="organisations"),
]
