"""The permission list."""

import pytest

from app.staff.rules import LEAST_ROLE, Permission, StaffRole, permits


def test_every_permission_has_a_least_role() -> None:
    assert set(LEAST_ROLE) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_a_customer_has_no_permission(permission: Permission) -> None:
    assert not permits(None, permission)


@pytest.mark.parametrize("permission", Permission)
def test_a_higher_role_may_do_what_a_lower_one_may(permission: Permission) -> None:
    granted = [permits(role, permission) for role in StaffRole]
    assert granted == sorted(granted)
    assert granted[-1], "an administrator may do everything"


def test_a_viewer_changes_nothing() -> None:
    viewers = {each for each in Permission if permits("viewer", each)}
    assert all(each.endswith(":see") for each in viewers)
