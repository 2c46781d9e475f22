"""Tokens for citizens' apps: ask for a code, trade it for a token, list and revoke; what a token opens."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.citizens.actions.codes import start_verification
from portal.citizens.actions.tokens import PURPOSE, confirm_token, revoke_token
from portal.citizens.api import serializers
from portal.citizens.api.authentication import HasCitizenToken
from portal.citizens.models import CitizenToken, Membership
from portal.citizens.queries import acting_for
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.client_address import client_address
from portal.common.phones import clean_phone
from portal.requests.api import IdempotentMixin
from portal.units.models import Unit

ASK_DESCRIPTION = """Gửi 6 chữ số, dùng trong 5 phút, nhập được 5 lần.

Khi đang có nhiều yêu cầu, câu trả lời là 429 `proof_required` với `seed`, `bits`, `signature`,
`queue_seconds`. Gửi lại cùng yêu cầu, thêm `proof` theo một trong hai cách:

* `{"seed", "signature", "answer"}`: `answer` là số nguyên viết thập phân sao cho SHA-256 của `seed:answer`
  bắt đầu bằng `bits` bit 0 (`seed` rỗng nghĩa là chỉ còn cách chờ);
* `{"wait": true}`: nhận 429 `code_queued` với `ticket` và `retry_after`; sau chừng ấy giây gửi `{"ticket"}`.

Các mã từ chối khác: `code_phone_limit`, `code_resend_wait`, `code_budget_spent` (đều có `retry_after`)."""


def _phone_of(text: str) -> str:
    try:
        return clean_phone(text)
    except ValidationError as error:
        raise ValidationError({"phone": error}) from error


def _unit_of(slug: str) -> Unit:
    unit = Unit.objects.open().filter(slug=slug).first()
    if unit is None:
        raise ValidationError({"unit": ValidationError(_("Không có đơn vị này."), code="unit_unknown")})
    return unit


class TokensView(IdempotentMixin, generics.ListAPIView):
    serializer_class = serializers.TokenSerializer

    def get_permissions(self) -> list[Any]:
        return [HasCitizenToken()] if self.request.method == "GET" else []

    def get_queryset(self) -> QuerySet[CitizenToken]:
        if getattr(self, "swagger_fake_view", False):
            return CitizenToken.objects.none()
        return CitizenToken.objects.live(now=timezone.now()).filter(contact=self.request.auth.contact)

    @extend_schema(
        operation_id="tokens_list",
        summary="Các thiết bị đang có mã truy cập",
        description="Mã truy cập còn hiệu lực của số điện thoại này; chuỗi bí mật không hiện lại.",
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="tokens_request",
        summary="Gửi mã xác nhận đến điện thoại",
        description=ASK_DESCRIPTION,
        auth=[],
        request=serializers.TokenRequestSerializer,
        responses={202: serializers.ChallengeSerializer},
    )
    def post(self, request: Request) -> Response:
        wanted = serializers.TokenRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        challenge = start_verification(
            phone=_phone_of(values["phone"]),
            purpose=PURPOSE,
            unit=_unit_of(values["unit"]),
            address=client_address(request),
            proof=values.get("proof"),
            by=ANONYMOUS_CITIZEN,
        )
        return Response(serializers.ChallengeSerializer(challenge).data, status=status.HTTP_202_ACCEPTED)


class TokenConfirmView(IdempotentMixin, APIView):
    @extend_schema(
        operation_id="tokens_confirm",
        summary="Đổi mã xác nhận lấy mã truy cập",
        description="Chuỗi bí mật `token` chỉ hiện ở đây; gửi lại cùng Idempotency-Key thì nhận lại.",
        auth=[],
        request=serializers.TokenConfirmSerializer,
        responses={201: serializers.NewTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        wanted = serializers.TokenConfirmSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        token, secret = confirm_token(
            challenge_uid=values["challenge"], code=values["code"], device=values["device"]
        )
        token.token = secret
        return Response(serializers.NewTokenSerializer(token).data, status=status.HTTP_201_CREATED)


class TokenView(generics.DestroyAPIView):
    serializer_class = serializers.TokenSerializer
    permission_classes = [HasCitizenToken]
    lookup_field = "uid"

    def get_queryset(self) -> QuerySet[CitizenToken]:
        if getattr(self, "swagger_fake_view", False):
            return CitizenToken.objects.none()
        return CitizenToken.objects.live(now=timezone.now()).filter(contact=self.request.auth.contact)

    @extend_schema(
        operation_id="tokens_revoke",
        summary="Thu hồi mã truy cập của một thiết bị",
        description="Có hiệu lực ngay.",
    )
    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().delete(request, *args, **kwargs)

    def perform_destroy(self, instance: CitizenToken) -> None:
        revoke_token(token=instance, by=self.request.auth.contact)


class OrganisationsView(generics.ListAPIView):
    serializer_class = serializers.MembershipSerializer
    permission_classes = [HasCitizenToken]

    def get_queryset(self) -> QuerySet[Membership]:
        if getattr(self, "swagger_fake_view", False):
            return Membership.objects.none()
        return acting_for(self.request.auth.contact)

    @extend_schema(
        operation_id="my_organisations",
        summary="Các tổ chức mà tôi được đại diện",
        description=(
            "Tổ chức, doanh nghiệp đang hoạt động mà số điện thoại này hôm nay được thay mặt. Việc ghi nhận "
            "do cán bộ thực hiện tại quầy sau khi xem giấy đăng ký; mỗi lần giao có hạn nhiều nhất một năm."
        ),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
