"""Does the journal still read as it was sealed? Recomputes every digest; changes nothing."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Exists, OuterRef
from django.utils import timezone

from portal.audit.chain import START, entry_digest, seal_digest
from portal.audit.heads import Head, read_heads
from portal.audit.models import AuditEntry, Seal, SealedEntry
from portal.audit.queries import not_sealed

# The sealer comes every minute; an entry that waits this long was overlooked or put in behind its back.
WAITS_TOO_LONG = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Fault:
    """`kind` is stable, `place` says where (`seal 12`, `entry 4711`, `2026-11-21.txt:3`)."""

    kind: str
    place: str


@dataclass
class Verdict:
    seals: int = 0
    entries: int = 0
    heads: int = 0
    waiting: int = 0
    faults: list[Fault] = field(default_factory=list)


def verify_journal(*, folder: Path) -> Verdict:
    """Check seals, entries and the heads exported to `folder`.

    Faults: `entry_edited`, `entry_deleted`, `entry_never_sealed`, `seal_missing`, `seal_changed` (entries
    of the seal were reordered, added, dropped or their recorded digests rewritten), `chain_broken`,
    `place_without_seal`, `journal_truncated`, `chain_rewritten`, `head_damaged`.
    """
    verdict = Verdict()
    totals = _check_chain(verdict)
    _check_leftovers(verdict)
    _check_heads(verdict, totals, folder)
    return verdict


def _check_chain(verdict: Verdict) -> dict[int, tuple[str, int]]:
    """{number: (digest, entries so far)} of every seal, faults noted on the way."""
    totals: dict[int, tuple[str, int]] = {}
    number, previous = 0, START
    for seal in Seal.objects.order_by("number").iterator(chunk_size=100):
        missing = range(number + 1, seal.number)
        verdict.faults += [Fault("seal_missing", f"seal {gap}") for gap in missing]
        if not missing and seal.previous_digest != previous:
            verdict.faults.append(Fault("chain_broken", f"seal {seal.number}"))
        verdict.faults += _seal_faults(seal)
        verdict.seals, verdict.entries = verdict.seals + 1, verdict.entries + seal.count
        number, previous = seal.number, seal.digest
        totals[number] = (seal.digest, verdict.entries)
    return totals


def _seal_faults(seal: Seal) -> Iterator[Fault]:
    places = list(SealedEntry.objects.filter(seal_number=seal.number).order_by("position"))
    ids = [place.entry_id for place in places]
    shape = (len(ids), min(ids, default=0), max(ids, default=0), list(range(len(ids))))
    declared = (seal.count, seal.from_id, seal.to_id, [place.position for place in places])
    if shape != declared or seal_digest(seal.number, seal.previous_digest, places) != seal.digest:
        yield Fault("seal_changed", f"seal {seal.number}")
    yield from _entry_faults(places)


def _entry_faults(places: list[SealedEntry]) -> Iterator[Fault]:
    entries = AuditEntry.objects.in_bulk([place.entry_id for place in places])
    for place in places:
        entry = entries.get(place.entry_id)
        if entry is None:
            yield Fault("entry_deleted", f"entry {place.entry_id}")
        elif entry_digest(entry) != place.entry_digest:
            yield Fault("entry_edited", f"entry {place.entry_id}")


def _check_leftovers(verdict: Verdict) -> None:
    """Entries that no seal holds, and places whose seal is gone."""
    overdue = timezone.now() - WAITS_TOO_LONG
    for entry in not_sealed().iterator(chunk_size=500):
        verdict.waiting += 1
        if entry.at < overdue:
            verdict.faults.append(Fault("entry_never_sealed", f"entry {entry.pk}"))
    sealed = Exists(Seal.objects.filter(number=OuterRef("seal_number")))
    homeless = SealedEntry.objects.exclude(sealed).order_by("entry_id").values_list("entry_id", flat=True)
    verdict.faults += [Fault("place_without_seal", f"entry {entry_id}") for entry_id in homeless.iterator()]


def _check_heads(verdict: Verdict, totals: dict[int, tuple[str, int]], folder: Path) -> None:
    heads: Iterable[tuple[str, Head]] = read_heads(folder) if folder.is_dir() else ()
    try:
        for place, head in heads:
            verdict.heads += 1
            found = totals.get(head.number)
            if found is None:
                verdict.faults.append(Fault("journal_truncated", place))
            elif found != (head.digest, head.entries):
                verdict.faults.append(Fault("chain_rewritten", place))
    except ValueError as error:
        verdict.faults.append(Fault("head_damaged", str(error).removesuffix(" is damaged")))
