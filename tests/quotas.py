"""What the domains declare of how much their tables keep."""

from importlib import import_module

from app.database.quotas import Bound, Quota
from tests.conventions.sources import modules

_ROOMS = [
    import_module(module.name)
    for module in modules("app")
    if module.name.endswith((".tables", "_tables"))
]
QUOTAS: list[Quota] = [quota for room in _ROOMS for quota in getattr(room, "QUOTAS", ())]
BOUNDS: list[Bound] = [bound for room in _ROOMS for bound in getattr(room, "BOUNDS", ())]
