"""What looks inside strangers' bytes. It runs in a process of its own (child.py) that knows no Django, no
database and no key but the one of its file; so nothing here imports a room, and modules know each other
relatively.
"""
