"""What the database forbids, it forbids on the oldest supported server, too."""

from tests.never.test_allocations import (
    test_200_raw_inserts_of_1_into_50_grant_exactly_50,
    test_allocating_retiring_renaming_and_amending_at_once_keep_every_rule,
    test_raw_writes_from_20_connections_never_exceed_the_entitlement,
    test_two_environments_and_two_products_in_opposite_order_never_deadlock,
    test_whoever_looked_before_the_others_wrote_is_still_counted_anew,
    test_whoever_retires_an_environment_counts_its_allocations_anew,
)

__all__ = [
    "test_200_raw_inserts_of_1_into_50_grant_exactly_50",
    "test_allocating_retiring_renaming_and_amending_at_once_keep_every_rule",
    "test_raw_writes_from_20_connections_never_exceed_the_entitlement",
    "test_two_environments_and_two_products_in_opposite_order_never_deadlock",
    "test_whoever_looked_before_the_others_wrote_is_still_counted_anew",
    "test_whoever_retires_an_environment_counts_its_allocations_anew",
]
