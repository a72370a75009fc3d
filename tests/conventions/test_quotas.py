"""Every table has a bound: a quota that a trigger enforces, or a reason why it needs none."""

from collections import Counter

from app import domains
from app.audit.limits import A_DAY, FEWER_A_DAY, ONE_BY_ONE
from app.database import fetch
from app.database.quotas import Quota, WhenFull
from app.piccolo_app import APP_CONFIG
from tests.conventions.sources import PROJECT

TRIGGERS = """
    select t.tgname as name, c.relname as table,
           string_to_array(encode(t.tgargs, 'escape'), '\\000') as arguments
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
    where p.proname = 'keep_quota' and t.tgtype & 4 > 0
"""


def test_every_table_has_a_quota_or_says_what_bounds_it() -> None:
    bounded = Counter(bound.table for bound in domains.bounds())
    bounded.update({quota.table for quota in domains.quotas()})
    assert bounded == Counter(table._meta.tablename for table in APP_CONFIG.table_classes)
    assert all(bound.reason for bound in domains.bounds())


async def test_every_quota_is_a_trigger_of_the_database_and_the_other_way_round(
    database: str,
) -> None:
    triggers = {row["name"]: (row["table"], row["arguments"][:-1]) for row in await fetch(TRIGGERS)}
    assert triggers == {quota.name: (quota.table, quota.arguments) for quota in domains.quotas()}


def test_what_is_refused_says_what_to_do() -> None:
    for quota in domains.quotas():
        assert (quota.when_full == "refuse") == bool(quota.advice), quota.name


def _line(quota: Quota) -> str:
    rows = f"{quota.rows:,}" + (" in 24 hours" if quota.within else "")
    size = f"{quota.most_bytes // 1_000_000} MB" if quota.most_bytes else "–"
    beyond = "the oldest go" if quota.when_full is WhenFull.SWEEP else "refused"
    return f"| `{quota.table}` | {' and '.join(quota.whom)} | {rows} | {size} | {beyond} |"


def test_the_page_about_security_states_every_quota_and_every_limit_of_the_log() -> None:
    page = (PROJECT / "docs" / "security.md").read_text("utf-8")
    table = page.partition("<!-- quotas: begin -->\n")[2].partition("\n<!-- quotas: end -->")[0]
    lines = sorted(_line(quota) for quota in domains.quotas())
    assert table.splitlines()[2:] == lines, "\n".join(lines)
    for number in (ONE_BY_ONE, A_DAY, *FEWER_A_DAY.values()):
        assert f"{number:,} " in page
