"""Nouns of this room."""

from procedures.models.declaration import Declaration
from procedures.models.procedure import Fee, Paper, Procedure

__all__ = ("Declaration", "Fee", "Paper", "Procedure")
