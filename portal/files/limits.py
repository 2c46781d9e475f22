"""Numbers of this room."""

import datetime as dt

# What one PATCH may carry: a record of the sealed file, so not tiny; what a request may hold in memory, so
# not big.
CHUNK_LEAST = 64 * 1024
CHUNK_MOST = 1024 * 1024
# An upload that nobody goes on with is thrown away; a line of 64 kbit/s needs 7 hours for 200 MB.
UPLOAD_LIFE = dt.timedelta(hours=24)
APPEND_LEASE = dt.timedelta(seconds=60)
CHECK_LEASE = dt.timedelta(seconds=180)  # above the hard time limit of a task
CHECK_ATTEMPTS = 3
RECHECK_AFTER = dt.timedelta(minutes=10)
REFUSED_LIFE = dt.timedelta(days=7)  # so that somebody who comes back still reads why
QUARANTINE_LIFE = dt.timedelta(days=30)
ORPHAN_AGE = dt.timedelta(hours=3)
CLEANING_SECONDS = 60
SCAN_SECONDS = 60
SWEEP_BATCH = 200

FILES_PER_PERSON_PER_HOUR = 60
FILES_PER_ADDRESS_PER_HOUR = 300  # a whole village behind one mobile gateway
FILES_PER_UNIT_PER_HOUR = 5000
HOUR = 3600
