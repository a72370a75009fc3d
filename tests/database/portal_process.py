"""A process that keeps an embedded server, as the portal does, to be killed by tests.

Run as `python -m tests.database.portal_process DATA_DIR serve|write`. It prints the addresses as
one line of JSON; then it waits for the end of standard input, or commits numbers from 1 on for
ever and prints each one once its COMMIT is acknowledged.
"""

import asyncio
import itertools
import json
import sys
from dataclasses import asdict
from pathlib import Path

import asyncpg

from app.database.embedded import EmbeddedServer, EmbeddedServerError


async def write_for_ever(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("create table if not exists acknowledged (number bigint)")
    first = await connection.fetchval("select coalesce(max(number), 0) + 1 from acknowledged")
    for number in itertools.count(first):
        await connection.execute("insert into acknowledged values ($1)", number)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def main() -> None:
    try:
        with EmbeddedServer(Path(sys.argv[1])) as addresses:
            sys.stdout.write(json.dumps(asdict(addresses)) + "\n")
            sys.stdout.flush()
            if sys.argv[2] == "write":
                asyncio.run(write_for_ever(addresses.owner))
            sys.stdin.read()
    except EmbeddedServerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
