"""Numbers of the house rules, each in one place."""

from portal.settings.environment import IS_PRODUCTION, env

HOLD_SECONDS = 10 * 60
CODE_SECONDS = 5 * 60
CODE_TRIES = 5
CODES_PER_PHONE_PER_HOUR = 10  # a family of eight registers on one phone in one evening
# Above this many codes an hour from one address prefix, a proof of work or a short queue comes first.
CODES_PER_PREFIX_PER_HOUR = env.int("CODES_PER_PREFIX_PER_HOUR", default=30)
WORK_BITS = env.int("WORK_BITS", default=14)
QUEUE_SECONDS = env.int("QUEUE_SECONDS", default=20)
CITIZEN_SESSION_DAYS = 90
# Kept after the day of a visit: what was filled in, and who came. Law 91/2025/QH15 says "no longer than the
# purpose needs" and names no days; these are this project's proposal (docs/privacy.md), a unit's data
# protection officer decides. A visit complained about within a month can still be looked up with its papers.
DECLARATION_DAYS = env.int("DECLARATION_DAYS", default=30)
APPOINTMENT_DAYS = env.int("APPOINTMENT_DAYS", default=90)
# A visit is booked up to two months ahead and kept for 90 days: until then it can be said how and when
# somebody was told of it. The same time a phone stays that nothing refers to any more.
MESSAGE_DAYS = env.int("MESSAGE_DAYS", default=180)
CONTACT_DAYS = env.int("CONTACT_DAYS", default=180)
IDEMPOTENCY_LEASE_SECONDS = 60
IDEMPOTENCY_DAYS = 1
# How long a worker may hold a message; above the slowest call to a provider.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", default=60)
OUTBOX_SWEEP_SECONDS = env.int("OUTBOX_SWEEP_SECONDS", default=30)

# Files: who looks for viruses (tcp://host:3310 or unix:///path; empty: nobody), and what must stay free on
# the disk.
CLAMAV_ADDRESS = env.str("CLAMAV_ADDRESS", default="")
FILES_FREE_MB = env.int("FILES_FREE_MB", default=500)

# Phones that no operator has (075…): only demo, tests and the local provider may use them.
TEST_PHONES_ALLOWED = env.bool("TEST_PHONES_ALLOWED", default=not IS_PRODUCTION)

# Notices one person gets within 24 hours. Codes, and answers to what he has just done, are never counted.
NOTICES_PER_DAY = {
    "transactional": env.int("NOTICES_PER_DAY", default=10),
    "bulk": env.int("BULK_NOTICES_PER_DAY", default=2),
}
# Mass messages: how many a minute unless the officer says otherwise, and above how many people somebody else
# than the writer lets them go.
MASS_PER_MINUTE = env.int("MASS_PER_MINUTE", default=600)
MASS_SECOND_PERSON_ABOVE = env.int("MASS_SECOND_PERSON_ABOVE", default=500)
