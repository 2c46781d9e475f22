"""Base of every table."""

import uuid
from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet


class Row(models.Model):
    """A row with a public `uid` made in Python before the INSERT.

    The primary key never leaves the database; the uid binds encrypted columns to their row.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=False)

    class Meta:
        abstract = True

    def __repr__(self) -> str:
        """Only the uid: a row's repr ends up in logs and tracebacks."""
        return f"<{type(self).__name__} {self.uid}>"


class AppendOnly(Row):
    """A row that is written once; edits and deletions raise TypeError."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{type(self).__name__} is append-only.")


def unprotected(rows: QuerySet, *, but_for: Collection[type[models.Model]] = ()) -> QuerySet:
    """Of `rows` those that no other row holds by a protecting foreign key, whatever room it stands in.

    For retention: a row that is still needed is never even tried. `but_for`: tables the caller empties.
    """
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.related_model in but_for:
            continue
        if getattr(relation, "on_delete", None) is models.PROTECT:
            held = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.filter(~Exists(held))
    return rows
