"""The permission list."""

from uuid import UUID

import pytest

from app.accounts.rules import Viewer
from app.staff.rules import LEAST_ROLE, NEVER_A_SCOPE, Permission, StaffRole, permits

NOBODY = UUID(int=0)


def _viewer(role: str | None, scopes: frozenset[str] | None = None) -> Viewer:
    return Viewer(NOBODY, NOBODY, "", "", "ja", role, True, False, scopes=scopes)


def test_every_permission_has_a_least_role() -> None:
    assert set(LEAST_ROLE) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_a_customer_has_no_permission(permission: Permission) -> None:
    assert not permits(_viewer(None), permission)


@pytest.mark.parametrize("permission", Permission)
def test_a_higher_role_may_do_what_a_lower_one_may(permission: Permission) -> None:
    granted = [permits(_viewer(role), permission) for role in StaffRole]
    assert granted == sorted(granted)
    assert granted[-1], "an administrator may do everything"


def test_a_viewer_changes_nothing() -> None:
    viewers = {each for each in Permission if permits(_viewer("viewer"), each)}
    assert all(each.endswith(":see") for each in viewers)


@pytest.mark.parametrize("permission", Permission)
def test_a_service_account_may_do_what_its_scopes_say_and_never_what_no_scope_can(
    permission: Permission,
) -> None:
    every = frozenset(Permission)
    assert permits(_viewer(None, every), permission) is (permission not in NEVER_A_SCOPE)
    assert not permits(_viewer(None, every - {permission}), permission)
    assert not permits(_viewer("administrator", frozenset()), permission), "no role counts"
