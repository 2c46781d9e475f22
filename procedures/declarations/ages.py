"""What the law says about a person of this age with this card: pure answers, no tables."""

import datetime as dt

from portal.common.clock import local_today, parse_date
from procedures.enums import Advice, AgeBand, RequestKind, RequestReason
from procedures.validators import age_band, is_renewal_due, renewal_age


def birth_day(birth_date: str) -> dt.date:
    """The date of "yyyy-mm-dd"; of "yyyy" 1 January, the oldest the person can be."""
    return dt.date(int(birth_date), 1, 1) if len(birth_date) == 4 else parse_date(birth_date)


def band_of(birth_date: str, day: dt.date | None = None) -> AgeBand:
    """Age band on `day` (today if None) for "yyyy-mm-dd" or "yyyy"."""
    return age_band(birth_day(birth_date), day or local_today())


def is_too_early(birth_date: str, issued_on: str, request_kind: str, reason: str, day: dt.date) -> bool:
    """True when a card is to be exchanged for its age although it has not reached it."""
    if (request_kind, reason) != (RequestKind.EXCHANGE, RequestReason.AGE) or not issued_on:
        return False
    return not is_renewal_due(birth_day(birth_date), parse_date(issued_on), day)


def advice(
    *, birth_date: str, request_kind: str, reason: str = "", issued_on: str = "", day: dt.date
) -> list[Advice]:
    """What to tell a person who comes on `day`, most important first.

    Dates as the declaration stores them; `issued_on` is when the present card was issued, "" if unknown.
    """
    found: list[Advice] = []
    band = band_of(birth_date, day)
    if band == AgeBand.UNDER_6:
        found.append(Advice.CHILD_NEED_NOT_COME)
    elif band == AgeBand.FROM_6_TO_13:
        found.append(Advice.CHILD_WITH_REPRESENTATIVE)
    elif request_kind == RequestKind.REISSUE:
        found.append(Advice.REISSUE_ONLINE)
    if reason == RequestReason.REORGANISATION:
        found.append(Advice.REORGANISATION_ONLINE)
    return found + _about_card(birth_date, request_kind, reason, issued_on, day)


def _about_card(
    birth_date: str, request_kind: str, reason: str, issued_on: str, day: dt.date
) -> list[Advice]:
    if not issued_on:
        return [Advice.RENEWAL_AGES] if request_kind == RequestKind.EXCHANGE else []
    birth, issued = birth_day(birth_date), parse_date(issued_on)
    if is_renewal_due(birth, issued, day):
        return [Advice.RENEWAL_DUE]
    age = renewal_age(birth, issued)
    lasts = Advice(f"card_until_{age}") if age else Advice.CARD_FOR_LIFE
    early = is_too_early(birth_date, issued_on, request_kind, reason, day)
    return [Advice.RENEWAL_TOO_EARLY, lasts] if early else [lasts]


def advice_for(details: dict[str, str], day: dt.date) -> list[Advice]:
    """`advice` for a stored declaration; older ones lack the newer answers."""
    return advice(
        birth_date=details["birth_date"],
        request_kind=details["request_kind"],
        reason=details.get("reason", ""),
        issued_on=details.get("card_issued_on", ""),
        day=day,
    )
