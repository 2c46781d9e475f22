"""Reads across the catalogue."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db import models

from portal.common.clock import local_today
from portal.common.text import fold
from portal.units.enums import Level, ReachVia
from portal.units.models import Unit, UnitReach
from portal.units.models.scope import HoldsUnits
from procedures.content import Item, applies, checklist, fees_on, for_public
from procedures.enums import FilingMode, VersionStatus
from procedures.models import (
    Authorisation,
    DeclarationSettings,
    FilingRule,
    Procedure,
    ProcedureNote,
    ProcedureVersion,
    above,
)

ID_CARD = "id_card"
QUESTIONS_KEPT_SECONDS = 300


def procedure_by_key(key: str) -> Procedure:
    return Procedure.objects.get(key=key)


def with_declaration() -> models.QuerySet:
    """Procedures a visit can be booked for here: the card's, and those that are prepared here."""
    ruled = FilingRule.objects.filter(mode=FilingMode.PREPARE).values("procedure")
    prepared = models.Q(key=ID_CARD) | models.Q(filing_mode=FilingMode.PREPARE) | models.Q(pk__in=ruled)
    return Procedure.objects.filter(prepared).order_by("pk")


# ---- which version is read


def published_in(unit: Unit | None, **which: Any) -> list[ProcedureVersion]:
    """Today's version of each procedure as `unit` reads it, one query; None: the common edition.

    A province's own edition beats the common one; within an edition the latest day of effect wins.
    """
    rows = ProcedureVersion.objects.published_on(local_today()).filter(**which)
    rows = rows.filter(province=None) if unit is None else rows.read_in(unit)
    found: dict[int, ProcedureVersion] = {}
    for version in rows.select_related("procedure__replaced_by", "procedure__part_of").order_by():
        known = found.get(version.procedure_id)
        if known is None or _rank(version) > _rank(known):
            found[version.procedure_id] = version
    return sorted(found.values(), key=lambda version: (version.procedure.field, version.procedure_id))


def _rank(version: ProcedureVersion) -> tuple[bool, dt.date, int]:
    return version.province_id is not None, version.valid_from, version.number


def version_for(procedure: Procedure, unit: Unit | None = None) -> ProcedureVersion | None:
    """Today's version of one procedure; None when nothing is published."""
    return next(iter(published_in(unit, procedure=procedure)), None)


def version_by_slug(slug: str, unit: Unit) -> ProcedureVersion | None:
    return next(iter(published_in(unit, procedure__slug=slug)), None)


def search(versions: Iterable[ProcedureVersion], text: str) -> list[ProcedureVersion]:
    """Those with a name or saying in which every typed word begins some word, best first.

    Accents do not matter. Where no single saying has them all, words from anywhere in the text count.
    """
    words = fold(text).split()
    if not words:
        return []
    every = list(versions)
    hits = [one for one in every if any(_holds(line, words) for line in one.search_text.split("\n"))]
    hits = hits or [one for one in every if _holds(one.search_text.replace("\n", " "), words)]
    return sorted(hits, key=lambda version: _score(version, words))


def _holds(text: str, words: list[str]) -> bool:
    return all(f" {word}" in f" {text}" for word in words)


def _score(version: ProcedureVersion, words: list[str]) -> tuple[bool, bool, bool, int]:
    """Smaller is better: exactly one of its names, begins with the phrase, words in the name, short name."""
    lines, name, phrase = version.search_text.split("\n"), fold(version.name), " ".join(words)
    begun = any(f" {phrase}" in f" {line}" for line in lines)
    return phrase not in lines, not begun, not _holds(name, words), len(name)


# ---- how it is filed


def filing_mode_of(*, procedure: Procedure, unit: Unit) -> FilingMode:
    """The mode in force today: the unit's rule, then one from above, then the procedure's own.

    *accept* without a valid document of the province falls back to *official*: nobody is told that
    something was filed here that was not.
    """
    rules = FilingRule.objects.filter(procedure=procedure, unit__in=above(unit))
    found = {rule.unit_id: rule.mode for rule in rules}
    mode = found.pop(unit.pk, None) or next(iter(found.values()), procedure.filing_mode)
    if mode == FilingMode.ACCEPT and not may_accept(procedure=procedure, unit=unit):
        return FilingMode.OFFICIAL
    return FilingMode(mode)


def may_accept(*, procedure: Procedure, unit: Unit) -> bool:
    """True without an official code, or with the province's document in force today."""
    if not procedure.official_code:
        return True
    documents = Authorisation.objects.valid_on(local_today())
    return documents.filter(procedure=procedure, unit__in=above(unit)).exists()


def accepting_by(document: Authorisation) -> int:
    """How many units' rules accept dossiers of the document's procedure in its province."""
    below = UnitReach.objects.filter(unit=document.unit, via__in=(ReachVia.SELF, ReachVia.DESCENDANT))
    rules = FilingRule.objects.filter(procedure=document.procedure, mode=FilingMode.ACCEPT)
    return rules.filter(unit__in=below.values("reaches_id")).count()


def notes_on(*, procedure: Procedure, unit: Unit) -> list[ProcedureNote]:
    """What the unit and those above it add, the widest first."""
    rows = ProcedureNote.objects.filter(procedure=procedure, unit__in=above(unit)).exclude(text="")
    return list(rows.order_by("unit__kind__level", "pk"))


# ---- what the desk asks for


def provinces_of(officer: Any, permission: str) -> list[Unit]:
    """Provinces whose edition this officer may work on."""
    mine = Unit.objects.current().filter(pk__in=officer.unit_ids(permission), kind__level=Level.PROVINCE)
    return list(mine.select_related("kind").order_by("pk"))


def confirmable_in(version: ProcedureVersion, officer: Any) -> Unit | None:
    """The province in whose name this officer may confirm `version` as it stands; None when not.

    Confirmed is what citizens read today, and what is a draft of the common edition.
    """
    mine = provinces_of(officer, "procedures.review_procedure")
    if version.province_id is not None:
        mine = [unit for unit in mine if unit.pk == version.province_id]
    if not mine or version.procedure.ended_on is not None:
        return None
    current = version_for(version.procedure, mine[0])
    waits = version.status == VersionStatus.DRAFT and version.province_id is None and current is None
    return mine[0] if waits or (current is not None and current.pk == version.pk) else None


def review_due(officer: HoldsUnits, day: dt.date) -> models.QuerySet:
    """Published versions this officer sees whose day of review has come."""
    rows = ProcedureVersion.objects.visible_to(officer).filter(review_on__lte=day)
    return rows.filter(status=VersionStatus.PUBLISHED, procedure__ended_on=None)


def review_badge(request: Any) -> str:
    """How many versions wait for a review or a confirmation, for the menu; "" for none."""
    if not request.user.has_perm("procedures.review_procedure"):
        return ""
    drafts = ProcedureVersion.objects.visible_to(request.user).filter(status=VersionStatus.DRAFT)
    count = (review_due(request.user, local_today()) | drafts).count()
    return str(count) if count else ""


# ---- what the ticket of a visit says


def what_to_bring(
    *, procedure: Procedure, request_kind: str, age_band: str, unit: Unit | None = None
) -> list[Item]:
    """Papers for this request and age, in their order."""
    version = version_for(procedure, unit)
    answers = {"request_kind": request_kind, "age_band": age_band}
    return checklist(for_public(version.content), answers, local_today()).papers if version else []


def fee_on(*, procedure: Procedure, request_kind: str, day: dt.date, unit: Unit | None = None) -> Item | None:
    """The fee in force on `day`; None when the catalogue does not know one (then nothing is claimed)."""
    version = version_for(procedure, unit)
    fees = fees_on(for_public(version.content), day) if version else []
    fitting = [fee for fee in fees if "amount" in fee and applies(fee, {"request_kind": request_kind})]
    return max(fitting, key=lambda fee: fee["valid_from"], default=None)


# ---- what a unit asks in its declaration


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
