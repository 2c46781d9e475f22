"""Vendors. Without credentials the console channel writes that a message would have gone."""

from portal.settings.environment import IS_PRODUCTION, env, read_text

ESMS_BASE_URL = env.str("ESMS_BASE_URL", default="")
ESMS_API_KEY = read_text("ESMS_API_KEY", default="")
ESMS_SECRET_KEY = read_text("ESMS_SECRET_KEY", default="")
ESMS_BRANDNAME = env.str("ESMS_BRANDNAME", default="")
ESMS_PER_SECOND = env.float("ESMS_PER_SECOND", default=100.0)
SPEEDSMS_BASE_URL = env.str("SPEEDSMS_BASE_URL", default="")
SPEEDSMS_TOKEN = read_text("SPEEDSMS_TOKEN", default="")
SPEEDSMS_SENDER = env.str("SPEEDSMS_SENDER", default="")
SPEEDSMS_PER_SECOND = env.float("SPEEDSMS_PER_SECOND", default=1.0)  # the vendor allows 60 a minute
# đồng; for previews and budgets until the provider reports what it charged.
SMS_PART_PRICE = env.int("SMS_PART_PRICE", default=250)
# One vendor, or several with the preferred one first: the others take over when it fails.
SMS_CHANNEL = env.str("SMS_CHANNEL", default="") or (
    "esms" if ESMS_BASE_URL else ("" if IS_PRODUCTION else "console")
)
# Where Zalo is. Outside production nothing is assumed: a test must never reach the real one by accident.
ZALO_OAUTH_URL = env.str("ZALO_OAUTH_URL", default="https://oauth.zaloapp.com" if IS_PRODUCTION else "")
ZALO_OA_URL = env.str("ZALO_OA_URL", default="https://openapi.zalo.me" if IS_PRODUCTION else "")
ZALO_ZBS_URL = env.str("ZALO_ZBS_URL", default="https://business.openapi.zalo.me" if IS_PRODUCTION else "")
# đồng, until Zalo names a template's price; a consultation message costs only after 48 hours.
ZALO_OA_PRICE = env.int("ZALO_OA_PRICE", default=55)
ZALO_USER_PRICE = env.int("ZALO_USER_PRICE", default=165)
ZALO_PHONE_PRICE = env.int("ZALO_PHONE_PRICE", default=300)
ZALO_PER_SECOND = env.float("ZALO_PER_SECOND", default=10.0)  # of one app; sources name 5 to 66
LOCAL_PROVIDER_URL = env.str("LOCAL_PROVIDER_URL", default="")
# Calls a second an account may make; codes are never held back.
PROVIDER_RATES = {
    "esms": ESMS_PER_SECOND,
    "speedsms": SPEEDSMS_PER_SECOND,
    "zalo_oa": ZALO_PER_SECOND,
    "zalo_zbs": ZALO_PER_SECOND,
}
