"""Vendors. Without credentials the console channel writes that a message would have gone."""

from portal.settings.environment import IS_PRODUCTION, env, read_text

ESMS_BASE_URL = env.str("ESMS_BASE_URL", default="")
ESMS_API_KEY = read_text("ESMS_API_KEY", default="")
ESMS_SECRET_KEY = read_text("ESMS_SECRET_KEY", default="")
ESMS_BRANDNAME = env.str("ESMS_BRANDNAME", default="")
SMS_CHANNEL = env.str(
    "SMS_CHANNEL", default="esms" if ESMS_BASE_URL else ("" if IS_PRODUCTION else "console")
)
LOCAL_PROVIDER_URL = env.str("LOCAL_PROVIDER_URL", default="")
