"""JSON shapes of this room; the rules are in the declaration and the actions."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appointments.enums import CardStatus
from appointments.models import Booking, Campaign, Slot
from appointments.workflow import BOOKING_WORKFLOW
from portal.citizens.enums import PersonRole
from portal.common.codes import show_code
from procedures.enums import Delivery, Gender, Representative, RequestKind, RequestReason


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
    services = serializers.SerializerMethodField(help_text="keys to choose `service` among; often empty")

    class Meta:
        model = Campaign
        fields = ["uid", "slug", "name", "description", "procedure", "services", "intake_closes_at"]

    def get_services(self, campaign: Campaign) -> list[str]:
        found: list[str] = self.context["services"].get(campaign.pk, [])
        return found


class VisitProof(serializers.Serializer):
    """What the answer `proof_required` asked for; see its `extra`."""

    seed = serializers.CharField(required=False)
    signature = serializers.CharField(required=False)
    answer = serializers.CharField(required=False)
    wait = serializers.BooleanField(required=False)
    ticket = serializers.CharField(required=False)


class PersonRequest(serializers.Serializer):
    """One of those who come along; phone, addresses and representative are the first person's."""

    full_name = serializers.CharField()
    birth_date = serializers.CharField(help_text="dd/mm/yyyy, yyyy-mm-dd or a year alone")
    request_kind = serializers.ChoiceField(choices=RequestKind.choices)
    relation = serializers.ChoiceField(choices=PersonRole.choices, required=False, allow_blank=True)
    gender = serializers.ChoiceField(choices=Gender.choices, required=False, allow_blank=True)
    identity_number = serializers.CharField(required=False, allow_blank=True, help_text="12 digits")


class VisitRequest(serializers.Serializer):
    """Documents the body; the declaration form checks it."""

    slot = serializers.UUIDField(help_text="uid of a slot")
    service = serializers.CharField(
        required=False, help_text="key of a procedure; required where the campaign names several `services`"
    )
    full_name = serializers.CharField()
    phone = serializers.CharField(help_text="any usual notation; stored as +84…")
    birth_date = serializers.CharField(help_text="dd/mm/yyyy, yyyy-mm-dd or a year alone")
    request_kind = serializers.ChoiceField(choices=RequestKind.choices)
    reason = serializers.ChoiceField(
        choices=RequestReason.choices, required=False, allow_blank=True, help_text="one of its request_kind"
    )
    gender = serializers.ChoiceField(choices=Gender.choices, required=False, allow_blank=True)
    identity_number = serializers.CharField(required=False, allow_blank=True, help_text="12 digits")
    old_number = serializers.CharField(required=False, allow_blank=True, help_text="9 digits")
    card_issued_on = serializers.CharField(required=False, allow_blank=True, help_text="dd/mm/yyyy")
    card_expires_on = serializers.CharField(required=False, allow_blank=True, help_text="dd/mm/yyyy")
    occupation = serializers.CharField(required=False, allow_blank=True)
    permanent_address = serializers.CharField(required=False, allow_blank=True)
    permanent_province_code = serializers.CharField(required=False, allow_blank=True, help_text="2 digits")
    permanent_commune_code = serializers.CharField(required=False, allow_blank=True, help_text="5 digits")
    current_address = serializers.CharField(required=False, allow_blank=True)
    current_province_code = serializers.CharField(required=False, allow_blank=True, help_text="2 digits")
    current_commune_code = serializers.CharField(required=False, allow_blank=True, help_text="5 digits")
    old_address = serializers.CharField(required=False, allow_blank=True)
    representative_name = serializers.CharField(required=False, allow_blank=True)
    representative_number = serializers.CharField(required=False, allow_blank=True, help_text="12 digits")
    representative_relation = serializers.ChoiceField(
        choices=Representative.choices, required=False, allow_blank=True
    )
    delivery = serializers.ChoiceField(choices=Delivery.choices, required=False, allow_blank=True)
    delivery_address = serializers.CharField(required=False, allow_blank=True)
    ethnicity = serializers.CharField(required=False, allow_blank=True, help_text="kept if the unit asks it")
    religion = serializers.CharField(required=False, allow_blank=True, help_text="kept if the unit asks it")
    note = serializers.CharField(required=False, allow_blank=True)
    accept_warnings = serializers.BooleanField(required=False)
    people = PersonRequest(many=True, required=False, help_text="at most seven who come along")
    proof = VisitProof(required=False)


class HoldAnswer(serializers.Serializer):
    booking = serializers.UUIDField(source="uid")
    hold_until = serializers.DateTimeField()


class ConfirmRequest(serializers.Serializer):
    code = serializers.CharField(help_text="the six digits from the message")
    slot = serializers.UUIDField(required=False, help_text="another slot, when the hold ran out")
    device = serializers.CharField(required=False, help_text="label; when given, the answer has an API token")


class CancelRequest(serializers.Serializer):
    """`phone` may be left out with a token of the visit's contact."""

    phone = serializers.CharField(required=False)
    only = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="bookings of a family; everybody without it"
    )


class CardAnswer(serializers.Serializer):
    """The card after the visit; `pickup_on` stands on the slip CC02."""

    status = serializers.ChoiceField(choices=CardStatus.choices)
    pickup_on = serializers.DateField()
    ready_at = serializers.DateTimeField(allow_null=True)


class BookingAnswer(serializers.Serializer):
    """What a code alone shows."""

    booking = serializers.UUIDField(source="uid")
    code = serializers.SerializerMethodField()
    status = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    date = serializers.DateField(source="session.date")
    starts = serializers.IntegerField(source="slot.starts", help_text="minutes after local midnight")
    place = serializers.CharField(source="session.place_name")
    address = serializers.CharField(source="session.place_address")
    unit = serializers.CharField(source="unit.slug")
    available_actions = serializers.SerializerMethodField()
    card = serializers.SerializerMethodField()

    @extend_schema_field(CardAnswer(allow_null=True))
    def get_card(self, booking: Booking) -> dict[str, Any] | None:
        card = getattr(booking, "card", None)
        return dict(CardAnswer(card).data) if card else None

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
