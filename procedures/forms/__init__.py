"""Forms of this room: the questions for citizens, and what officers fill in."""

from procedures.forms.case import CaseForm

__all__ = ("CaseForm",)
