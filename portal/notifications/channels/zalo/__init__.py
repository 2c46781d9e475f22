"""Zalo: what its error codes mean. The channels themselves lie beside it, one folder each."""
