"""A stand-in for SMS providers and Zalo: development, tests, training, without a contract or a real phone.

Only the standard library, so that it starts anywhere and shares no code with what it checks. It imitates
eSMS as its developer documentation describes it (developers.esms.vn, 2026-04), and Zalo's OAuth, OA and ZBS
endpoints with webhooks; Zalo has no sandbox, so each file says how sure each behaviour is: [2] seen in two
independent sources, [1] in one, [x] sources disagree, "assumed" where none says (docs/adr/0033).
"""
