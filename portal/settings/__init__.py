"""Settings by concern; each file says what it decides. Nothing imports this package but Django."""

from portal.settings.applications import *  # noqa: F403
from portal.settings.broker import *  # noqa: F403
from portal.settings.channels import *  # noqa: F403
from portal.settings.database import *  # noqa: F403
from portal.settings.environment import IS_PRODUCTION, PORTAL_MODE, ROOT, VAR  # noqa: F401
from portal.settings.guard import refuse_unsafe
from portal.settings.limits import *  # noqa: F403
from portal.settings.logs import *  # noqa: F403
from portal.settings.officers_desk import *  # noqa: F403
from portal.settings.rest import *  # noqa: F403
from portal.settings.secrets import CODE_KEY, FIELD_KEYS, LOOKUP_KEY, SECRET_KEY, TEST_KEYS_IN_USE  # noqa: F401
from portal.settings.security import *  # noqa: F403

refuse_unsafe(globals())
