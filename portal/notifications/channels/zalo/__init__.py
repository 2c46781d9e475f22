"""Zalo. Everything that is said to it goes through portal.zalo; one folder per road."""
