from portal.officers.models.assignments import RoleAssignment
from portal.officers.models.officers import Officer

__all__ = ["Officer", "RoleAssignment"]
