"""Citizens' pages of this room: waiting for a code's turn, signing in and out."""

from portal.citizens.views.sign_in import sign_in, sign_in_code, sign_out
from portal.citizens.views.waiting import waiting

__all__ = ("sign_in", "sign_in_code", "sign_out", "waiting")
