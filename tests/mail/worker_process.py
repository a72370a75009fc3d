"""`portal worker` as a real process, to be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from app.database import fetch
from app.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]


class Worker:
    """A worker process on a test's database, which hands mails to an SMTP server.

    Attributes:
        process: the process that runs at the moment.
    """

    def __init__(
        self, settings: Settings, runtime_dsn: str, owner_dsn: str, port: int, **environ: str
    ) -> None:
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
            **environ,
            "PORTAL_DATA_DIR": str(settings.data_dir),
            "PORTAL_SECRET_FILE": str(settings.secret_file),
            "PORTAL_DATABASE_URL": runtime_dsn,
            "PORTAL_MIGRATE_URL": owner_dsn,
            "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{port}",
        }
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "worker"],
            cwd=PROJECT,
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def replace_killed(self) -> None:
        """Reap the killed process, let its leases run out, and start the next one."""
        await asyncio.to_thread(self.process.wait)
        await fetch("update mail set due_at = now() where state = 'queued'")
        await fetch("update webhook_endpoint set rests_until = now()")
        self.process = self._start()

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.process.pid, signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; its exit code."""
        self.process.terminate()
        return await asyncio.to_thread(self.process.wait)
