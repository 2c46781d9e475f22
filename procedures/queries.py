"""Reads across the catalogue."""

import datetime as dt

from django.db import models

from procedures.models import Fee, Paper, Procedure

ID_CARD = "id_card"


def procedure_by_key(key: str) -> Procedure:
    return Procedure.objects.get(key=key)


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
