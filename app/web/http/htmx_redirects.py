"""htmx's forms, answered with the page that the redirect after them names."""

from urllib.parse import unquote, urlsplit

from app.web.http.asgi import App, Message, Receive, Scope, Send, header_value
from app.web.requests import is_fragment
from app.web.templates import fragment_url


class FollowHtmxRedirects:
    """Answers htmx's form with the page that the redirect after it names.

    Handlers redirect after every change, as plain forms need it. For htmx the next page is made
    in the same request, which saves a slow line one round trip.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not is_fragment(scope):
            await self.app(scope, receive, send)
            return
        location, cookies = "", False
        # The application writes into the scope as it goes; the second run begins with a clean one.
        clean = {**scope, "state": dict(scope.get("state") or {})}

        async def catching_send(message: Message) -> None:
            nonlocal location, cookies
            if message["type"] == "http.response.start" and message["status"] == 303:
                location = header_value(message["headers"], b"location").decode("latin-1")
                cookies = bool(header_value(message["headers"], b"set-cookie"))
                if cookies:
                    # The next page needs the new cookie, so the browser must ask for it itself.
                    headers = [h for h in message["headers"] if h[0].lower() != b"location"]
                    headers.append((b"hx-redirect", location.encode("latin-1")))
                    await send({**message, "status": 200, "headers": headers})
            elif not location or cookies:
                await send(message)

        await self.app(scope, receive, catching_send)
        if location and not cookies:
            await self.app(_get_scope(clean, location), _empty_receive, send)


def _get_scope(scope: Scope, location: str) -> Scope:
    target = urlsplit(fragment_url(location))
    return {
        **scope,
        "method": "GET",
        "path": unquote(target.path),
        "raw_path": target.path.encode("latin-1"),
        "query_string": target.query.encode("latin-1"),
        "headers": [
            h
            for h in scope["headers"]
            if h[0] not in {b"content-type", b"content-length", b"if-none-match"}
        ],
    }


async def _empty_receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
