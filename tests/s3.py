"""An S3 API on loopback: moto's server, a process of its own, reached over HTTP."""

import subprocess
import sys
import urllib.request
from types import TracebackType
from urllib.error import URLError

from tests.database.portals import until
from tests.servers import free_port

BUCKET = "portal"
KEY = "test"


class S3Server:
    """The server with an empty bucket; a context manager.

    Attributes:
        url: where it answers.
        environ: what makes obstore talk to it.
    """

    def __init__(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", "moto.server", "--port", str(port)]
        self.environ = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_REGION": "us-east-1",
        }

    def ask(self, path: str, method: str = "GET") -> str:
        """What the server answers; moto does not look at signatures."""
        request = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.read().decode())

    def unfinished_uploads(self) -> int:
        """Uploads in parts that were neither completed nor aborted."""
        return self.ask(f"/{BUCKET}?uploads").count("<Upload>")

    def _answers(self) -> bool:
        try:
            self.ask("/moto-api/")
        except (URLError, OSError):
            return False
        return True

    def __enter__(self) -> "S3Server":
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._answers, 60)
        self.ask(f"/{BUCKET}", "PUT")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(30)
