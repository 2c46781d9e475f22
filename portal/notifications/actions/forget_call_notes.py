"""What officers noted of calls about something that goes."""

import uuid

from portal.notifications.models import CallAttempt


def forget_call_notes(*, about: uuid.UUID) -> int:
    """Empty the notes of every call about this object; when and how each call ended stays. How many."""
    written = CallAttempt.objects.filter(call__about=about, note__isnull=False)
    return written.update(note=None)
