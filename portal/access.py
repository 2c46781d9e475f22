"""Who may open which URL. Every named URL stands here; tests/contracts/test_access.py compares both ways.

Audiences: `public` anybody; `code` whoever holds a code or uid of 50 random bits or more; `citizen` a
citizen's token or cookie; `officer` a logged-in officer with the right role; `machine` a provider with its
own token; `development` not in production.
"""

PUBLIC, CODE, CITIZEN, OFFICER, MACHINE, DEVELOPMENT = (
    "public",
    "code",
    "citizen",
    "officer",
    "machine",
    "development",
)

AUDIENCES = {
    "healthz": PUBLIC,
    "home:start": PUBLIC,
    "home:lookup": PUBLIC,
    "home:unit": PUBLIC,
    "reports:how_to_report": PUBLIC,
    "appointments:campaigns": PUBLIC,
    "appointments:choose": PUBLIC,
    "appointments:declare": PUBLIC,
    "appointments:confirm": CODE,
    "appointments:resend": CODE,
    "appointments:ticket": CODE,
    "appointments:calendar": CODE,
    "appointments:cancel": CODE,
    "citizens:waiting": CODE,
    "schema": PUBLIC,
    "api-docs": PUBLIC,
    "units_api:list": PUBLIC,
    "units_api:detail": PUBLIC,
    "appointments_api:campaigns": PUBLIC,
    "appointments_api:slots": PUBLIC,
    "appointments_api:hold": PUBLIC,
    "appointments_api:confirm": CODE,
    "appointments_api:resend": CODE,
    "appointments_api:status": CODE,
    "appointments_api:cancel": CODE,
    "citizens_api:tokens": PUBLIC,
    "citizens_api:token_confirm": CODE,
    "citizens_api:token": CITIZEN,
    "notifications:esms_receipt": MACHINE,
    "components": DEVELOPMENT,
}
# The officers' site names its own pages; all of them but these two ask for a log-in.
OFFICERS_NAMESPACE = "admin"
OFFICERS_OPEN = {"admin:login", "admin:jsi18n"}
