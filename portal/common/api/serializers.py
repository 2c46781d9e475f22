"""Base of the API's serializers: shape only, rules live in actions and validators."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class StrictSerializer(serializers.Serializer):
    """Refuses unknown and read-only members: a misspelt optional field must not vanish silently.

    The code is `unknown_field`.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = sorted(str(name) for name in data if name not in known)
            if unknown:
                refusal = [ErrorDetail(_("Trường này không có."), code="unknown_field")]
                raise serializers.ValidationError({name[:80]: refusal for name in unknown})
        return super().to_internal_value(data)
