"""JSON shapes of tokens and memberships; values are checked in actions and validators."""

from rest_framework import serializers

from portal.citizens.models import CitizenToken, Membership


class ProofSerializer(serializers.Serializer):
    """What is added after 429 `proof_required`: seed, signature and answer, or wait, or a ticket."""

    seed = serializers.CharField(required=False, max_length=200)
    signature = serializers.CharField(required=False, max_length=200)
    answer = serializers.CharField(required=False, max_length=12)
    wait = serializers.BooleanField(required=False)
    ticket = serializers.CharField(required=False, max_length=200)


class TokenRequestSerializer(serializers.Serializer):
    phone = serializers.CharField(max_length=30)
    unit = serializers.SlugField(max_length=160)
    proof = ProofSerializer(required=False)


class ChallengeSerializer(serializers.Serializer):
    challenge = serializers.UUIDField(source="uid")
    expires_at = serializers.DateTimeField()


class TokenConfirmSerializer(serializers.Serializer):
    challenge = serializers.UUIDField()
    code = serializers.CharField(max_length=20)
    device = serializers.CharField(max_length=200)


class TokenSerializer(serializers.ModelSerializer):
    device = serializers.CharField(read_only=True)

    class Meta:
        model = CitizenToken
        fields = ("uid", "device", "created_at", "last_used_at", "expires_at")
        read_only_fields = fields


class NewTokenSerializer(TokenSerializer):
    """The secret is told here once and never again."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")
        read_only_fields = fields


class OrganisationUnitSerializer(serializers.Serializer):
    """The unit that saw the organisation's papers."""

    slug = serializers.SlugField()
    name = serializers.CharField(source="police_name")


class MembershipSerializer(serializers.ModelSerializer):
    """`uid` is the organisation's; `valid_to` the last day on which the caller may act for it."""

    uid = serializers.UUIDField(source="organisation.uid", read_only=True)
    name = serializers.CharField(source="organisation.name", read_only=True)
    tax_code = serializers.CharField(source="organisation.tax_code", read_only=True)
    unit = OrganisationUnitSerializer(source="organisation.unit", read_only=True)

    class Meta:
        model = Membership
        fields = ("uid", "name", "tax_code", "unit", "role", "valid_from", "valid_to")
        read_only_fields = fields
