"""A stand-in for SMS providers: development, tests and training without a contract or a real phone.

Only the standard library, so that it starts anywhere and shares no code with what it checks. It imitates
eSMS as its developer documentation describes it (developers.esms.vn, 2026-04).
"""
