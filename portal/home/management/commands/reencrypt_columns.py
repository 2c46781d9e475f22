"""Write every encrypted column anew that an older field key wrote (docs/runbooks/keys.md)."""

import time
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections, models, router, transaction

from portal.common.crypto import CannotUnseal, seal, unseal
from portal.common.fields import EncryptedField

BATCH = 500


def sealed_models() -> list[type[models.Model]]:
    """Every table with encrypted columns, in the order of their names."""
    found = [model for model in apps.get_models() if sealed_fields(model) and not model._meta.proxy]
    return sorted(found, key=lambda model: model._meta.label)


def sealed_fields(model: type[models.Model]) -> list[EncryptedField]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, EncryptedField)]


def written_with(content: bytes) -> str:
    """Key id in front of a sealed value."""
    return bytes(content[1 : 1 + content[0]]).decode("ascii", "replace") if content else ""


class Table:
    """One model's sealed columns, read and written as bytes.

    Not through model instances: append-only rows refuse to be saved, `bulk_update` refuses sealed columns,
    and a save would write columns that somebody else changed meanwhile.
    """

    def __init__(self, model: type[models.Model], *, key_id: str) -> None:
        self.model, self.key_id, self.fields = model, key_id, sealed_fields(model)
        self.connection = connections[router.db_for_write(model)]

    def count(self) -> int:
        return self.model._base_manager.count()

    def batches(self, size: int) -> Iterator[list[Any]]:
        """Primary keys in ascending order; rows written after the start have the new key already."""
        last = None
        while True:
            rows = self.model._base_manager.order_by("pk")
            rows = rows if last is None else rows.filter(pk__gt=last)
            keys = list(rows.values_list("pk", flat=True)[:size])
            if not keys:
                return
            yield keys
            last = keys[-1]

    def rewrite(self, keys: list[Any]) -> int:
        """Write the batch anew in one transaction with its rows locked; how many rows changed."""
        columns = [field.attname for field in self.fields]
        with transaction.atomic(using=self.connection.alias):
            rows = self.model._base_manager.using(self.connection.alias).filter(pk__in=keys).order_by("pk")
            found = rows.select_for_update(of=("self",)).values_list("pk", "uid", *columns)
            return sum(self._rewrite_row(pk, uid, sealed) for pk, uid, *sealed in found)

    def _rewrite_row(self, pk: Any, uid: Any, sealed: list[Any]) -> bool:
        old = {
            field: value.content
            for field, value in zip(self.fields, sealed, strict=True)
            if value is not None and written_with(value.content) != self.key_id
        }
        if not old:
            return False
        new = [seal(field.label, uid, self._open(field, uid, content)) for field, content in old.items()]
        quote = self.connection.ops.quote_name
        changes = ", ".join(f"{quote(field.column)} = %s" for field in old)
        meta = self.model._meta
        statement = f"UPDATE {quote(meta.db_table)} SET {changes} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608
        with self.connection.cursor() as cursor:
            cursor.execute(statement, [*new, pk])
        return True

    def _open(self, field: EncryptedField, uid: Any, content: bytes) -> bytes:
        try:
            return unseal(field.label, uid, content)
        except CannotUnseal as error:
            row = f"{self.model._meta.label} {uid}"
            key = written_with(content)
            raise CommandError(f"{row}: không mở được cột {field.name} (khóa {key}).") from error


class Command(BaseCommand):
    help = (
        "Ghi lại các cột mã hóa bằng khóa đầu tiên của field_keys. Ngắt giữa chừng được: chạy lại sẽ bỏ qua "
        "những dòng đã xong. --check chỉ đếm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="số dòng mỗi lượt")
        parser.add_argument("--check", action="store_true", help="chỉ đếm số dòng theo từng khóa")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("--batch phải lớn hơn 0.")
        key_id = next(iter(settings.FIELD_KEYS))
        tables = [Table(model, key_id=key_id) for model in sealed_models()]
        if options["check"]:
            self.report(tables, options["batch"])
            return
        changed = sum(self.rewrite(table, options["batch"]) for table in tables)
        self.stdout.write(f"Xong: {changed} dòng ghi lại bằng khóa {key_id}.")

    def rewrite(self, table: Table, size: int) -> int:
        """One table with a line of progress on standard error, at most two a second."""
        total, seen, changed, told = table.count(), 0, 0, 0.0
        for keys in table.batches(size):
            changed += table.rewrite(keys)
            seen += len(keys)
            if time.monotonic() - told > 0.5:
                told = time.monotonic()
                self.stderr.write(f"{table.model._meta.label}: {seen}/{max(total, seen)}")
        self.stdout.write(f"{table.model._meta.label}: {changed}/{seen}")
        return changed

    def report(self, tables: list[Table], size: int) -> None:
        """Rows per key and column; a key that no line names may be taken out of field_keys."""
        for table in tables:
            for field in table.fields:
                counts: dict[str, int] = {}
                rows = table.model._base_manager.exclude(**{f"{field.name}__isnull": True})
                for value in rows.values_list(field.attname, flat=True).iterator(chunk_size=size):
                    key = written_with(value.content)
                    counts[key] = counts.get(key, 0) + 1
                for key, count in sorted(counts.items()):
                    self.stdout.write(f"{table.model._meta.label}.{field.name} {key} {count}")
