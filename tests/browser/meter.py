"""What a page costs on the line, counted by Chromium itself."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import CDPSession, Page


@dataclass(frozen=True)
class Cost:
    """Bytes received, headers included, and the number of requests."""

    size: int
    requests: int
    foreign: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.size + other.size,
            self.requests + other.requests,
            self.foreign + other.foreign,
        )


@dataclass
class Meter:
    """Counts what a browser page loads; `encodedDataLength` is what came over the line."""

    session: CDPSession
    own: str
    _sizes: list[int] = field(default_factory=list)
    _open: set[str] = field(default_factory=set)
    _foreign: int = 0

    @classmethod
    async def on(cls, page: Page, own: str) -> "Meter":
        """Count what `page` loads.

        Args:
            own: the portal's address; requests to others are foreign.
        """
        meter = cls(await page.context.new_cdp_session(page), own)
        meter.session.on("Network.requestWillBeSent", meter._sent)
        meter.session.on("Network.loadingFinished", meter._finished)
        meter.session.on("Network.requestServedFromCache", meter._cached)
        await meter.session.send("Network.enable")
        return meter

    async def take(self) -> Cost:
        """What was loaded since the last time; waits for what is on its way."""
        page_is_quiet = 0
        while page_is_quiet < 3:
            await self.session.send("Runtime.evaluate", {"expression": "1"})
            page_is_quiet = 0 if self._open else page_is_quiet + 1
        cost = Cost(sum(self._sizes), len([size for size in self._sizes if size]), self._foreign)
        self._sizes.clear()
        self._foreign = 0
        return cost

    def _sent(self, event: dict[str, Any]) -> None:
        address: str = event["request"]["url"]
        if address.startswith(("data:", "blob:")):
            return
        if event.get("redirectResponse"):
            # A redirect has no end of its own; its answer comes with the next request.
            self._sizes.append(int(event["redirectResponse"]["encodedDataLength"]))
        if not address.startswith(self.own):
            self._foreign += 1
        self._open.add(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._open:
            self._open.discard(event["requestId"])
            self._sizes.append(int(event["encodedDataLength"]))

    def _cached(self, event: dict[str, Any]) -> None:
        self._open.discard(event["requestId"])
