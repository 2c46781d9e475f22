"""Model fields for personal data: encrypted at rest, opened only when somebody reads the attribute."""

import json
from typing import Any

from django.db import models

from portal.common.crypto import seal, unseal


class Sealed:
    """Ciphertext as it came from the database; opened on first access through the model attribute."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content


class SealedAttribute:
    """Descriptor: plain values in Python, ciphertext only between the field and the database."""

    def __init__(self, field: "EncryptedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            # Not refresh_from_db: it would read the uid in a query of its own and decrypt at once.
            rows = type(instance)._base_manager.using(instance._state.db).filter(pk=instance.pk)
            instance.__dict__[name] = rows.values_list(name, flat=True).get()
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            plain = unseal(self.field.label, instance.uid, value.content)
            value = instance.__dict__[name] = self.field.load(plain)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.BinaryField):
    """Base: `label` names the column for ever (it is part of the ciphertext's associated data).

    Look-ups, `.update()` and `bulk_update()` refuse: they have no row uid to bind a ciphertext to.
    """

    descriptor_class = SealedAttribute
    # For the type checker's Django plugin: attributes hold plain values, not bytes.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        self.label = label
        kwargs["editable"] = kwargs.get("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        kwargs["label"] = self.label
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, SealedAttribute(self))

    def dump(self, value: Any) -> bytes:
        raise TypeError("Use EncryptedTextField, EncryptedJSONField or EncryptedBytesField.")

    def load(self, plain: bytes) -> Any:
        raise TypeError("Use EncryptedTextField, EncryptedJSONField or EncryptedBytesField.")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        stored = model_instance.__dict__.get(self.attname)
        if stored is None or isinstance(stored, Sealed):
            return stored
        return Sealed(seal(self.label, model_instance.uid, self.dump(stored)))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError(
                f"{self.label}: plain text never reaches the database; save the instance instead."
            )
        return super().get_db_prep_value(value.content, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.label} is encrypted: look up by its keyed hash.")
        return super().get_lookup(lookup_name)

    def to_python(self, value: Any) -> Any:
        """Plain values stay as they are; BinaryField would read text as base64."""
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.label} is never serialised.")

    def validate(self, value: Any, model_instance: models.Model) -> None:
        if value is None and not self.null:
            super().validate(value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **kwargs)


class EncryptedTextField(EncryptedField):
    """Text. None means nothing was given."""

    def dump(self, value: str) -> bytes:
        return str(value).encode()

    def load(self, plain: bytes) -> str:
        return plain.decode()


class EncryptedJSONField(EncryptedField):
    """Anything json.dumps takes."""

    def dump(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def load(self, plain: bytes) -> Any:
        return json.loads(plain)


class EncryptedBytesField(EncryptedField):
    """Bytes as they came, for what must be checked or read again exactly so."""

    def dump(self, value: bytes) -> bytes:
        return bytes(value)

    def load(self, plain: bytes) -> bytes:
        return plain


class LookupHashField(models.CharField):
    """64 hex characters from `blind_index(label, …)`; `label` documents which normalised value went in."""

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        self.label = label
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        kwargs["label"] = self.label
        return name, path, args, kwargs
