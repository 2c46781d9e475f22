"""Reads across the catalogue."""

import datetime as dt

from django.core.cache import cache
from django.db import models

from portal.units.models import Unit
from procedures.enums import FilingMode
from procedures.models import DeclarationSettings, Fee, Paper, Procedure

ID_CARD = "id_card"
QUESTIONS_KEPT_SECONDS = 300


def procedure_by_key(key: str) -> Procedure:
    return Procedure.objects.get(key=key)


def with_declaration() -> models.QuerySet:
    """Procedures a visit can be booked for here: the card's, and those that are prepared here."""
    prepared = models.Q(key=ID_CARD) | models.Q(filing_mode=FilingMode.PREPARE)
    return Procedure.objects.filter(prepared).order_by("pk")


def what_to_bring(*, procedure: Procedure, request_kind: str, age_band: str) -> list[Paper]:
    """Papers for this request and age, in their order."""
    return list(
        procedure.papers.filter(request_kind__in=("", request_kind), age_band__in=("", age_band)).order_by(
            "order", "pk"
        )
    )


def fee_on(*, procedure: Procedure, request_kind: str, day: dt.date) -> Fee | None:
    """The fee in force on `day`; None when the catalogue does not know one (then nothing is claimed)."""
    in_force = models.Q(valid_to=None) | models.Q(valid_to__gte=day)
    return (
        procedure.fees.filter(in_force, request_kind=request_kind, valid_from__lte=day)
        .order_by("-valid_from")
        .first()
    )


def asked_by(unit: Unit) -> tuple[str, ...]:
    """Names of the sensitive questions this unit turned on; usually none, so the answer is remembered."""
    known = cache.get(_questions_key(unit))
    if known is None:
        settings = DeclarationSettings.objects.filter(unit=unit).first()
        known = settings.asks if settings else ()
        cache.set(_questions_key(unit), known, QUESTIONS_KEPT_SECONDS)
    return tuple(known)


def forget_questions(unit: Unit) -> None:
    cache.delete(_questions_key(unit))


def _questions_key(unit: Unit) -> str:
    return f"declaration-questions:{unit.uid}"
