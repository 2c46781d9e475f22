"""The form that shows what an action refused, as this room's forms know it."""

from portal.common.layout import ActionForm

__all__ = ("ActionForm",)
