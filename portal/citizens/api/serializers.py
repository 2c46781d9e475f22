"""JSON shapes of tokens; values are checked in actions and validators."""

from rest_framework import serializers

from portal.citizens.models import CitizenToken


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
