"""Persons as declared: encrypted, found again only by keyed hashes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.citizens.enums import Gender, PersonRole
from portal.citizens.models.contacts import Contact
from portal.citizens.validators import clean_birth_date, clean_person_name
from portal.common.crypto import blind_index
from portal.common.fields import EncryptedTextField, LookupHashField
from portal.common.identity import clean_identity_number
from portal.common.models import Row
from portal.common.text import clean_text, fold, name_words

LONGEST_TEXT = 300


def identity_hash_of(number: str) -> str:
    """Look-up hash of a clean 12-digit number."""
    return blind_index("citizens.person.identity_number", number)


def name_hash_of(name: str) -> str:
    """Look-up hash of a whole name, without accents and capitals."""
    return blind_index("citizens.person.full_name", fold(name))


def word_hash_of(word: str) -> str:
    """Look-up hash of one folded word of a name."""
    return blind_index("citizens.person.name_word", word)


def birth_hash_of(birth: str) -> str:
    """Look-up hash of `yyyy-mm-dd` or `yyyy`."""
    return blind_index("citizens.person.birth_date", birth)


def _clean_gender(text: str) -> str:
    if text not in Gender.values:
        raise ValidationError(_("Xin chọn giới tính trong danh sách."), code="gender_invalid")
    return text


def clean_line(text: str) -> str:
    """One line of free text, at most 300 characters; ValidationError `text_too_long`."""
    line = clean_text(text)
    if len(line) > LONGEST_TEXT:
        raise ValidationError(_("Xin viết ngắn hơn: nhiều nhất 300 ký tự."), code="text_too_long")
    return line


_OPTIONAL = {
    "identity_number": clean_identity_number,
    "gender": _clean_gender,
    "occupation": clean_line,
    "permanent_address": clean_line,
    "current_address": clean_line,
}


class Person(Row):
    """A human being as somebody declared them. Two declarations of one human are two rows.

    Nothing here is proven: the card desk checks it against the national database.
    """

    full_name = EncryptedTextField(_("họ, chữ đệm và tên"), label="citizens.person.full_name")
    birth_date = EncryptedTextField(_("ngày sinh"), label="citizens.person.birth_date")
    identity_number = EncryptedTextField(
        _("số định danh"), label="citizens.person.identity_number", null=True, blank=True
    )
    gender = EncryptedTextField(_("giới tính"), label="citizens.person.gender", null=True, blank=True)
    occupation = EncryptedTextField(
        _("nghề nghiệp"), label="citizens.person.occupation", null=True, blank=True
    )
    permanent_address = EncryptedTextField(
        _("nơi thường trú"), label="citizens.person.permanent_address", null=True, blank=True
    )
    current_address = EncryptedTextField(
        _("nơi ở hiện tại"), label="citizens.person.current_address", null=True, blank=True
    )
    identity_hash = LookupHashField(label="citizens.person.identity_number", null=True, db_index=True)
    name_hash = LookupHashField(label="citizens.person.full_name", db_index=True)
    birth_hash = LookupHashField(label="citizens.person.birth_date")

    class Meta:
        verbose_name = _("người được khai")
        verbose_name_plural = _("người được khai")

    def __str__(self) -> str:
        """Nobody's name and no key: texts of rows end up in logs, titles and histories."""
        return str(self._meta.verbose_name)

    def clean(self) -> None:
        """Normalise every column; ValidationError {field: …} naming all faults at once."""
        errors: dict[str, Any] = {}
        self._clean_column("full_name", clean_person_name, errors)
        self._clean_column("birth_date", clean_birth_date, errors)
        for name, check in _OPTIONAL.items():
            if getattr(self, name):
                self._clean_column(name, check, errors)
            else:
                setattr(self, name, None)
        if errors:
            raise ValidationError(errors)

    def _clean_column(self, name: str, check: Any, errors: dict[str, Any]) -> None:
        try:
            setattr(self, name, check(getattr(self, name) or ""))
        except ValidationError as error:
            errors[name] = error

    def index(self) -> None:
        """Fill the look-up hashes from the clean columns."""
        self.identity_hash = identity_hash_of(self.identity_number) if self.identity_number else None
        self.name_hash = name_hash_of(self.full_name)
        self.birth_hash = birth_hash_of(self.birth_date)

    def new_name_words(self) -> list["PersonNameWord"]:
        """Unsaved rows for every word of the name."""
        return [
            PersonNameWord(person=self, word_hash=word_hash_of(word)) for word in name_words(self.full_name)
        ]


class PersonNameWord(Row):
    """One word of a name, so that officers find `Hoà` without knowing the family name."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="name_words")
    word_hash = LookupHashField(label="citizens.person.name_word", db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "word_hash"], name="citizens_name_word_once")
        ]


class ContactPerson(Row):
    """This contact declared this person. It opens nothing by itself (see PersonAccess)."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="person_links")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contact_links")
    role = models.CharField(_("quan hệ"), max_length=10, choices=PersonRole.choices, default=PersonRole.SELF)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "person"], name="citizens_contact_person_once")
        ]
