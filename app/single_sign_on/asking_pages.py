"""What stands around every page: a session that a provider vouched for ends when it says no."""

import contextlib

from app import clock
from app.accounts.access import OVER_SESSION
from app.accounts.rules import Ending, OverSession, Viewer
from app.settings import Settings
from app.single_sign_on.asking_services import may_stay
from app.single_sign_on.rules import ASKED_EVERY
from app.web.errors import unavailable_errors
from app.web.http.asgi import App, Receive, Scope, Send


class ProviderChecks:
    """Asks the provider of the person who looks, every 15 minutes at most."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        viewer: Viewer | None = scope.get("user")
        if viewer is not None and viewer.provider_checked_at is not None:
            now = clock.now()
            if now - viewer.provider_checked_at >= ASKED_EVERY:
                # A database that takes no changes still shows pages.
                with contextlib.suppress(*unavailable_errors):
                    if not await may_stay(self.settings, viewer.session):
                        over = OverSession(viewer.session, viewer.id, Ending.PROVIDER, now)
                        OVER_SESSION.set(scope, over)
                        scope["user"] = None
        await self.app(scope, receive, send)
