"""kill -9 of the worker while it writes the mails of a notice.

    python -m benchmarks.notice_mails --recipients 2000 --kills 10

A notice is published for people of two contracts that both have the product. `portal worker` writes
their mails into the outbox and is killed in the midst of batches, then started again. Prints who
got none and who got two; exits with 1 where there is anybody.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app.cli.runtime import with_demo_secrets
from app.database import close_pool, fetch, fetch_value, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.demo.signing_keys import prepare_demo_signing_keys
from app.demo.world import make_world
from app.notices.services import compose_notice, publish_notice
from app.notices.values import NoticeValues
from app.settings import Settings, read_settings
from benchmarks.figures import none_of, show
from tests.mail.worker_process import Worker

WORDS = "点検のお知らせ", "Maintenance", "次の日曜日に点検します。", "Next Sunday."
# Nobody listens there: mails stay in the outbox, where they are counted.
NO_SERVER = 9


@dataclass(frozen=True)
class Tally:
    """What became of the recipients."""

    recipients: int
    kills: int
    lost: int
    twice: int
    seconds: float


async def _fill(recipients: int) -> None:
    """People who are members of two contracts that have the product."""
    await fetch(
        "with people as (insert into portal_user (id, code, name, email, language, password_hash,"
        " must_change_password, created_at) select gen_random_uuid(), 'user' || n,"
        " format('担当 %s', n), format('user%s@example.com', n), 'ja', '-', false, now()"
        " from generate_series(1, $1) n returning id)"
        ' insert into membership (id, "user", contract, role, notification, created_at)'
        " select gen_random_uuid(), p.id, c.id, 'member', true, now() from people p, contract c"
        " where c.number in ('D-1001', 'D-1002')",
        recipients,
    )
    await fetch(
        "update membership m set notification = u.code like 'user%' from portal_user u"
        ' where u.id = m."user"'
    )


async def _run(settings: Settings, runtime: str, owner: str, options: argparse.Namespace) -> Tally:
    await _fill(options.recipients)
    dice = random.Random(options.seed)
    product = await fetch_value("select id from product where code = 'WORKFLOW'")
    notice = await compose_notice(NoticeValues(*WORDS, [product]), actor=None)
    await publish_notice(notice, actor=None)
    begin, kills = time.perf_counter(), 0
    due = [options.recipients * n // (options.kills + 1) for n in range(1, options.kills + 1)]
    worker = Worker(settings, runtime, owner, NO_SERVER)
    while not await fetch_value("select mailed_at from notice where id = $1", notice):
        if due and await fetch_value("select count(*) from notice_mail") >= due[0]:
            due.pop(0)
            # Within the next batch, at another moment of it each time.
            await asyncio.sleep(dice.random() * 0.3)
            worker.kill()
            kills += 1
            await worker.replace_killed()
        await asyncio.sleep(0.02)
    seconds = time.perf_counter() - begin
    await worker.stop()
    rows = await fetch(
        "select count(m.id) as mails from portal_user u"
        " left join mail m on m.about = u.id and m.template = 'notice'"
        " where u.code like 'user%' group by u.id"
    )
    mails = [row["mails"] for row in rows]
    return Tally(len(mails), kills, mails.count(0), sum(n > 1 for n in mails), seconds)


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = _measure(Path(folder), options)
    print(f"{'recipients':<24}{tally.recipients:>8,}")
    print(f"{'kill -9 of the worker':<24}{tally.kills:>8,}")
    print(f"{'without a mail':<24}{tally.lost:>8,}")
    print(f"{'with two':<24}{tally.twice:>8,}")
    print(f"{'seconds':<24}{tally.seconds:>8,.0f}")
    show(
        none_of(
            "recipients of a notice without a mail, or with two, after kill -9 of the worker",
            tally.lost + tally.twice,
            tally.recipients,
            f"recipients, {tally.kills} kills, seed {options.seed}",
        )
    )
    return 1 if tally.lost or tally.twice else 0


def _measure(folder: Path, options: argparse.Namespace) -> Tally:
    settings = with_demo_secrets(read_settings({"PORTAL_DATA_DIR": str(folder)}, demo=True))

    async def run(owner: str, runtime: str) -> Tally:
        await migrate(owner, runtime)
        await open_pool(runtime)
        try:
            await prepare_demo_signing_keys(settings)
            await make_world(settings)
            return await _run(settings, runtime, owner, options)
        finally:
            await close_pool()

    with EmbeddedServer(folder) as addresses:
        return asyncio.run(run(addresses.owner, addresses.runtime))


if __name__ == "__main__":
    sys.exit(main())
