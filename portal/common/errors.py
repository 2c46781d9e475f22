"""Refusals with a stable code and a sentence for people; each door only translates them.

Bad values are django.core.exceptions.ValidationError (400), the two below are 403 and 409.
"""

from typing import Any

from django.core.exceptions import ValidationError


class DomainError(Exception):
    """`code` is stable and English, `message` for people (text or a lazy translation), `extra` facts for
    the answer (never personal)."""

    status = 400

    def __init__(self, code: str, message: Any, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = str(message)
        self.extra = extra


class NotAllowed(DomainError):
    """This actor may not do this."""

    status = 403


class Conflict(DomainError):
    """The world changed: full, closed, already done."""

    status = 409


class TooMany(DomainError):
    """A limit was reached; `extra["retry_after"]` seconds when it is known."""

    status = 429


def field_errors(error: ValidationError) -> dict[str, list[tuple[str, str]]]:
    """Flatten to {field or "": [(code, message), …]} in the order they were found."""
    if not hasattr(error, "error_dict"):
        return {"": [(item.code or "invalid", text) for item in error.error_list for text in item.messages]}
    return {
        "" if field == "__all__" else field: [
            (item.code or "invalid", text) for item in items for text in item.messages
        ]
        for field, items in error.error_dict.items()
    }
