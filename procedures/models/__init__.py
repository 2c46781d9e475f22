"""Nouns of this room."""

from procedures.models.declaration import Declaration
from procedures.models.procedure import (
    Authorisation,
    FilingRule,
    Procedure,
    ProcedureNote,
    ProcedureVersion,
    above,
)
from procedures.models.settings import DeclarationSettings

__all__ = (
    "Authorisation",
    "Declaration",
    "DeclarationSettings",
    "FilingRule",
    "Procedure",
    "ProcedureNote",
    "ProcedureVersion",
    "above",
)
