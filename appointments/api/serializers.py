"""JSON shapes of this room; the rules are in the declaration and the actions."""

from typing import Any

from rest_framework import serializers

from appointments.models import Booking, Campaign, Slot
from appointments.workflow import BOOKING_WORKFLOW
from portal.common.codes import show_code
from procedures.enums import Gender, RequestKind


class SlotAnswer(serializers.ModelSerializer):
    """`starts` minutes after local midnight of `date`."""

    date = serializers.DateField(source="session.date")
    # Said here, not taken from the columns: their largest number differs between the two databases.
    starts = serializers.IntegerField(help_text="minutes after local midnight")
    minutes = serializers.IntegerField()
    place = serializers.CharField(source="session.place_name")
    free = serializers.IntegerField()

    class Meta:
        model = Slot
        fields = ["uid", "date", "starts", "minutes", "place", "free"]


class CampaignAnswer(serializers.ModelSerializer):
    procedure = serializers.CharField(source="procedure.key")

    class Meta:
        model = Campaign
        fields = ["uid", "slug", "name", "description", "procedure", "intake_closes_at"]


class VisitProof(serializers.Serializer):
    """What the answer `proof_required` asked for; see its `extra`."""

    seed = serializers.CharField(required=False)
    signature = serializers.CharField(required=False)
    answer = serializers.CharField(required=False)
    wait = serializers.BooleanField(required=False)
    ticket = serializers.CharField(required=False)


class VisitRequest(serializers.Serializer):
    """Documents the body; the declaration form checks it."""

    slot = serializers.UUIDField(help_text="uid of a slot")
    full_name = serializers.CharField()
    phone = serializers.CharField(help_text="any usual notation; stored as +84…")
    birth_date = serializers.CharField(help_text="dd/mm/yyyy, yyyy-mm-dd or a year alone")
    request_kind = serializers.ChoiceField(choices=RequestKind.choices)
    gender = serializers.ChoiceField(choices=Gender.choices, required=False, allow_blank=True)
    identity_number = serializers.CharField(required=False, allow_blank=True, help_text="12 digits")
    old_number = serializers.CharField(required=False, allow_blank=True, help_text="9 digits")
    occupation = serializers.CharField(required=False, allow_blank=True)
    permanent_address = serializers.CharField(required=False, allow_blank=True)
    current_address = serializers.CharField(required=False, allow_blank=True)
    old_address = serializers.CharField(required=False, allow_blank=True)
    representative_name = serializers.CharField(required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    accept_warnings = serializers.BooleanField(required=False)
    proof = VisitProof(required=False)


class HoldAnswer(serializers.Serializer):
    booking = serializers.UUIDField(source="uid")
    hold_until = serializers.DateTimeField()


class ConfirmRequest(serializers.Serializer):
    code = serializers.CharField(help_text="the six digits from the message")
    slot = serializers.UUIDField(required=False, help_text="another slot, when the hold ran out")
    device = serializers.CharField(required=False, help_text="label; when given, the answer has an API token")


class CancelRequest(serializers.Serializer):
    phone = serializers.CharField()


class BookingAnswer(serializers.Serializer):
    """What a code alone shows."""

    code = serializers.SerializerMethodField()
    status = serializers.CharField()
    number = serializers.IntegerField()
    date = serializers.DateField(source="session.date")
    starts = serializers.IntegerField(source="slot.starts", help_text="minutes after local midnight")
    place = serializers.CharField(source="session.place_name")
    address = serializers.CharField(source="session.place_address")
    unit = serializers.CharField(source="unit.slug")
    available_actions = serializers.SerializerMethodField()

    def get_code(self, booking: Booking) -> str:
        return show_code(booking.declaration.code)

    def get_available_actions(self, booking: Booking) -> list[str]:
        if booking.contact is None:
            return []
        return [
            move.verb for move in BOOKING_WORKFLOW.targets(booking.status, by=booking.contact, obj=booking)
        ]


class ConfirmAnswer(BookingAnswer):
    token = serializers.SerializerMethodField(help_text="API token, shown once, only when `device` was given")

    def get_token(self, booking: Booking) -> str | None:
        found: Any = self.context.get("token")
        return found
