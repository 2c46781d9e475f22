"""Calls to Zalo, one function each: given a Session, they send and read. Nothing here touches the
database.
"""
