"""Requests that a browser makes ahead of the person: they are refused before anything happens."""

from app.web.http.asgi import App, Receive, Scope, Send, send_plain

# What browsers call it: the standard, Chrome and Safari before it, Firefox before it.
ANNOUNCED_IN = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")
AHEAD = ("prefetch", "prerender", "preview")


def is_speculative(scope: Scope) -> bool:
    """Whether the browser fetches ahead, and may throw the answer away unseen."""
    said = (value.lower() for name, value in scope["headers"] if name in ANNOUNCED_IN)
    return any(word.encode() in text for text in said for word in AHEAD)


def _is_harmless(scope: Scope) -> bool:
    """Forms are never sent ahead, and files of static/ are the same for everyone."""
    return scope["method"] not in {"GET", "HEAD"} or scope["path"].startswith("/static/")


class RefuseSpeculation:
    """Answers 503 to what is fetched ahead; the browser asks again once the person wants it.

    It stands outside of log and metrics: nothing has failed, and no person was here.

    Pages record who saw what, mark things as read, and show some secrets a single time. None of
    that may happen for an answer that no person wants, or be skipped for one that is used later.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_speculative(scope) and not _is_harmless(scope):
            vary = b", ".join(ANNOUNCED_IN)
            await send_plain(send, 503, b"503 Not fetched ahead\n", [(b"vary", vary)])
            return
        await self.app(scope, receive, send)
