"""Sealing: the only writer of the chain, away from every citizen's request."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from portal.audit.chain import START, entry_digest, seal_digest
from portal.audit.models import AuditEntry, Seal, SealedEntry
from portal.audit.queries import last_seal, ready_to_seal
from portal.common.actors import Actor

BATCH = 1000
BATCHES_AT_ONCE = 50


@dataclass(frozen=True)
class Sealed:
    """How much one call sealed."""

    seals: int
    entries: int


def seal_entries(*, by: Actor) -> Sealed:
    """Seal what is old enough, in batches of 1,000; what is left after 50 batches waits for the next call.

    Two sealers at once cannot harm: the number of a seal, the digest before it and the place of an entry
    are unique, so the slower one's batch is refused by the database and it stops.
    """
    seals = entries = 0
    for _ in range(BATCHES_AT_ONCE):
        try:
            with transaction.atomic():
                seal = _seal_batch(by=by)
        except IntegrityError:
            break
        if seal is None:
            break
        seals, entries = seals + 1, entries + seal.count
    return Sealed(seals=seals, entries=entries)


def _seal_batch(*, by: Actor) -> Seal | None:
    """The next seal, or None when nothing is ready."""
    last = last_seal()
    batch = list(ready_to_seal()[:BATCH])
    if not batch:
        return None
    number, previous = (last.number + 1, last.digest) if last else (1, START)
    places = [_place(number, position, entry) for position, entry in enumerate(batch)]
    seal = Seal.objects.create(
        number=number,
        from_id=batch[0].pk,
        to_id=batch[-1].pk,
        count=len(batch),
        previous_digest=previous,
        digest=seal_digest(number, previous, places),
        sealed_by=by.actor_ref,
    )
    SealedEntry.objects.bulk_create(places, batch_size=200)
    return seal


def _place(number: int, position: int, entry: AuditEntry) -> SealedEntry:
    return SealedEntry(
        seal_number=number, position=position, entry_id=entry.pk, entry_digest=entry_digest(entry)
    )
