"""The officers' screens of this room."""

from procedures.admin import catalogue, declarations

__all__ = ["catalogue", "declarations"]
