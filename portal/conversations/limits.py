"""Periods and sizes of the room, each in one place."""

import datetime as dt

MAX_HEARD = 4000  # longer texts of others are cut: the column is no archive
MAX_TITLE = 60
MAX_ATTACHMENTS = 10
LAST_LINE = 90
PAGE = 30

SEND_LEASE = dt.timedelta(seconds=60)
SEND_ATTEMPTS = 5
SEND_BACKOFF = (5, 120)
# An answer by the portal that comes an hour late confuses; an officer's words are still worth a day's tries.
AUTOMATIC_VALID = dt.timedelta(minutes=30)
OFFICER_VALID = dt.timedelta(hours=24)
# Words that reach the portal late (an outage, a replay) get no automatic answer, only an officer's.
ANSWER_WITHIN = dt.timedelta(hours=1)
# "We have your message" is said once in so long a time, the emergency numbers again after a few minutes.
RECEIPT_PAUSE = dt.timedelta(hours=12)
EMERGENCY_PAUSE = dt.timedelta(minutes=10)
# More than this and a person looks: whoever asks so often is a program, or does not find what he wants.
AUTOMATIC_AN_HOUR = 30
# How often one conversation may ask for the status of a code: nobody types more, a program would.
CODES_AN_HOUR = 20
# An echo of our own sending and the row it belongs to are never further apart.
ECHO_WITHIN = dt.timedelta(minutes=15)

IDLE = dt.timedelta(days=7)  # then Zalo's window is closed, and with it a conversation that waits
KEPT = dt.timedelta(days=90)  # after the last message; docs/privacy.md
