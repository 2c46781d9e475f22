"""Nouns of this room."""

from procedures.models.declaration import Declaration
from procedures.models.procedure import Fee, Paper, Procedure
from procedures.models.settings import DeclarationSettings

__all__ = ("Declaration", "DeclarationSettings", "Fee", "Paper", "Procedure")
