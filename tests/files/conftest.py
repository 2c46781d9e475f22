"""The room's own fixtures, for tests that also need citizens' sessions: those lie above it."""

from portal.files.tests.conftest import folder, put

__all__ = ["folder", "put"]
