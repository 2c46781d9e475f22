"""Fields of a message text, which may be looked at before it is saved."""

from typing import Any

from django import forms

from portal.notifications.models import MessageTemplate


class TemplateForm(forms.ModelForm):
    """Sent by the button "Xem trước" it counts as not finished: the page comes back with what was typed."""

    class Meta:
        model = MessageTemplate
        fields = ("notice", "channel", "unit", "provider_id", "body", "keep_accents")

    @property
    def asks_preview(self) -> bool:
        return self.is_bound and "_preview" in self.data

    def is_valid(self) -> bool:
        return super().is_valid() and not self.asks_preview

    def typed(self) -> Any:
        """The unsaved text a preview was asked for; None when there is none, or it has errors."""
        return self.instance if self.asks_preview and not self.errors else None
