"""Where the browser is, and how it is started."""

import shutil

# No sandbox, since tests may run as root; nothing that calls home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Chromium else starts a process for most navigations, and one more for the next.
    "--renderer-process-limit=1",
]


def find_chromium() -> str | None:
    """The system's Chromium, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")
