"""oidc-provider, an OpenID-certified implementation, on a free port."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from tests.missing import NODE, node_tool
from tests.servers import free_port
from tests.single_sign_on.provider import CLIENT, SECRET

SCRIPT = Path(__file__).with_name("certified_provider.mjs")


@contextmanager
def certified(base: str, company: UUID) -> Iterator[str]:
    """Serve the provider for a portal at a base address; answers its issuer."""
    port = free_port()
    # Node looks for packages beside the script.
    script = shutil.copy(SCRIPT, node_tool("oidc-provider") / f"certified-provider-{port}.mjs")
    uris = (f"{base}/login/single-sign-on/{company}/callback", f"{base}/login")
    command = [str(NODE), str(script), str(port), *uris, CLIENT, SECRET]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        while "ready" not in (line := process.stdout.readline()):
            assert line, "the provider did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        Path(script).unlink()
