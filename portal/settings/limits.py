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
IDEMPOTENCY_LEASE_SECONDS = 60
IDEMPOTENCY_DAYS = 1
OUTBOX_LEASE_SECONDS = 60
OUTBOX_SWEEP_SECONDS = env.int("OUTBOX_SWEEP_SECONDS", default=30)

# Phones that no operator has (075…): only demo, tests and the local provider may use them.
TEST_PHONES_ALLOWED = env.bool("TEST_PHONES_ALLOWED", default=not IS_PRODUCTION)
