"""Citizens' pages of this room: waiting for a code's turn, signing in and out, news of a hamlet."""

from portal.citizens.views.hamlet_news import hamlet_news
from portal.citizens.views.reaching import (
    link_code,
    link_phone,
    reach,
    reach_choose,
    reach_code,
    reach_unlink,
)
from portal.citizens.views.sign_in import sign_in, sign_in_code, sign_out
from portal.citizens.views.waiting import waiting

__all__ = (
    "hamlet_news",
    "link_code",
    "link_phone",
    "reach",
    "reach_choose",
    "reach_code",
    "reach_unlink",
    "sign_in",
    "sign_in_code",
    "sign_out",
    "waiting",
)
