"""The addresses of the page ライセンス管理, one small answer each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from licensed_system import jws, page_choice, page_texts, page_views
from licensed_system.gate import Headers, cookie_values
from licensed_system.languages import Language, Words
from licensed_system.look import Look
from licensed_system.outcomes import Outcome, Refused
from licensed_system.page_choice import Choice
from licensed_system.page_server import PageServer
from licensed_system.system import Report
from licensed_system.uploads import Body, received

LARGEST_DRAIN = 256 * 1024 * 1024
LONGEST_LENGTH = 12  # digits of a Content-Length
LANGUAGE_COOKIE = "licensed-system-language"
_REQUEST = re.compile(r"/requests/([A-Za-z0-9_-]+)")
_FILE = re.compile(r"/activations/([A-Za-z0-9_-]+)")
_CONFIRMATION = re.compile(r"/activations/([A-Za-z0-9_-]+)/confirmation")


class PageHandler(BaseHTTPRequestHandler):
    """One request. Every answer closes the connection: the page is small and has one reader."""

    server: PageServer
    timeout = 30
    server_version = "licensed-system"
    sys_version = ""

    def do_GET(self) -> None:
        self._guarded(self._read)

    def do_HEAD(self) -> None:
        self._guarded(self._read)

    def do_POST(self) -> None:
        self._guarded(self._change)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the first address holds the token."""

    @property
    def _plain_headers(self) -> Headers:
        cookies = "; ".join(self.headers.get_all("cookie", []))
        return {name.lower(): value for name, value in self.headers.items()} | {"cookie": cookies}

    @property
    def _language(self) -> Language:
        for chosen in cookie_values(self._plain_headers, LANGUAGE_COOKIE):
            if chosen == "en":
                return "en"
            if chosen == "ja":
                return "ja"
        return self.server.served.language

    @property
    def _look(self) -> Look:
        return self.server.served.look

    def _guarded(self, act: Callable[[str], None]) -> None:
        gate, headers, language = self.server.gate, self._plain_headers, self._language
        path = urlsplit(self.path).path
        try:
            if not gate.knows_host(headers):
                self._closed(HTTPStatus.MISDIRECTED_REQUEST, page_texts.WRONG_HOST)
            elif self.command == "POST" and gate.refuses_as_cross_site(headers):
                self._closed(HTTPStatus.FORBIDDEN, page_texts.CROSS_SITE)
            elif gate.is_open_for(headers):
                act(path)
            elif not self._opened():
                self._closed(HTTPStatus.FORBIDDEN, page_texts.CLOSED_TEXT)
        except Refused as refused:
            page = page_views.plain(
                page_texts.FAULT, refused.line(language), language, self._look, with_link=True
            )
            self._send(HTTPStatus.CONFLICT, page)

    def _opened(self) -> bool:
        """Let the one in who shows the token, and take it out of the address bar."""
        token = self._query("token")
        session = self.server.gate.redeem(token) if self.command == "GET" and token else None
        if session is None:
            return False
        cookie = f"{self.server.gate.cookie_name}={session}; Path=/; HttpOnly; SameSite=Strict"
        self._redirect("/", cookie)
        return True

    def _read(self, path: str) -> None:
        if path == "/":
            self._home()
        elif found := _REQUEST.fullmatch(path):
            self._request_file(found[1])
        elif found := _FILE.fullmatch(path):
            self._confirm_page(found[1])
        else:
            self._not_found()

    def _change(self, path: str) -> None:
        if path == "/requests":
            self._make_request()
        elif path == "/activations":
            self._choose_file()
        elif found := _CONFIRMATION.fullmatch(path):
            self._apply(found[1])
        else:
            self._not_found()

    def _home(self) -> None:
        if self._query("token"):  # opened again by someone who is in already
            self._redirect("/")
            return
        if (chosen := self._query("language")) in ("ja", "en"):
            self._redirect("/", f"{LANGUAGE_COOKIE}={chosen}; Path=/; SameSite=Strict; HttpOnly")
            return
        report, language = self._report(), self._language
        message, applied, made = "", self._query("applied"), None
        data = self.server.held.find(applied)
        if data is not None and self.server.held.is_applied(applied):
            code = jws.check_code(data)
            message = page_views.message(page_texts.APPLIED, language, code=code)
        elif self._query("held") == "no":
            message = page_views.message(page_texts.CHOOSE_AGAIN, language)
        elif wanted := self._query("made"):
            made = next((entry for entry in report.state.requests if entry.jti == wanted), None)
            message = page_views.request_made(made, language) if made else ""
        self._send(
            HTTPStatus.OK, page_views.home(report, language, self._look, message=message, made=made)
        )

    def _make_request(self) -> None:
        made = self.server.served.make_request()
        self._redirect(f"/?made={made.jti}")

    def _request_file(self, jti: str) -> None:
        requests = self.server.served.store.state().requests
        found = next((entry for entry in requests if entry.jti == jti), None)
        if found is None:
            self._not_found()
            return
        name = 'attachment; filename="activation-request.jwt"'
        extra = {"Content-Type": "application/jwt", "Content-Disposition": name}
        self._send(HTTPStatus.OK, found.file + "\n", extra)

    def _choose_file(self) -> None:
        language, choice = self._language, Choice()
        try:
            with self._body() as body:
                choice = page_choice.read(self.headers.get("Content-Type", ""), body)
            if choice.is_empty:
                self._choose_error(page_views.missing_file(language))
                return
            data = choice.file()
            self.server.served.check(data)
        except Refused as refused:
            error = page_views.refusal(refused, language, choice.place)
            self._choose_error(error, choice.typed)
            return
        self._redirect(f"/activations/{self.server.held.hold(data)}")

    def _choose_error(self, error: str, typed: str = "") -> None:
        page = page_views.home(self._report(), self._language, self._look, error=error, typed=typed)
        self._send(HTTPStatus.UNPROCESSABLE_ENTITY, page)

    def _confirm_page(self, file_id: str) -> None:
        server = self.server
        data = server.held.find(file_id)
        if data is None or server.held.is_applied(file_id):
            self._redirect("/?held=no" if data is None else f"/?applied={file_id}")
            return
        try:
            activation = server.served.check(data)
        except Refused as refused:  # such as one that the command has applied by now
            self._choose_error(page_views.refusal(refused, self._language))
            return
        page = page_views.confirm(
            file_id, data, activation, self._report(), self._language, self._look
        )
        self._send(HTTPStatus.OK, page)

    def _apply(self, file_id: str) -> None:
        server = self.server
        data = server.held.find(file_id)
        if data is None:
            self._redirect("/?held=no")
            return
        held = data
        try:
            server.held.confirm_once(file_id, lambda: server.served.apply(held))
        except Refused as refused:
            self._choose_error(page_views.refusal(refused, self._language))
            return
        self._redirect(f"/?applied={file_id}")

    def _report(self) -> Report:
        return self.server.served.report()

    def _query(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]

    @contextmanager
    def _body(self) -> Iterator[Body]:
        """The form. One that is too large is read and dropped, so that the answer is seen."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or len(length) > LONGEST_LENGTH:
            yield b""
            return
        size = int(length)
        if size <= page_choice.LARGEST_FORM:
            with received(self.rfile.read, size) as body:
                yield body
            return
        left = min(size, LARGEST_DRAIN)
        while left > 0 and (read := len(self.rfile.read(min(left, 1 << 16)))):
            left -= read
        raise Refused(Outcome.TOO_LARGE, {}, page_texts.FORM_TOO_LARGE)

    def _not_found(self) -> None:
        title, language = page_texts.NOT_FOUND, self._language
        self._send(
            HTTPStatus.NOT_FOUND, page_views.plain(title, "", language, self._look, with_link=True)
        )

    def _closed(self, status: HTTPStatus, reason: Words) -> None:
        language = self._language
        page = page_views.plain(page_texts.CLOSED, reason.say(language), language, self._look)
        self._send(status, page)

    def _redirect(self, place: str, cookie: str | None = None) -> None:
        extra = {"Location": place} | ({"Set-Cookie": cookie} if cookie else {})
        self._send(HTTPStatus.SEE_OTHER, "", extra)

    def _send(self, status: HTTPStatus, text: str, extra: Headers | None = None) -> None:
        body = text.encode()
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": self._look.policy,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            **(extra or {}),
        }
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
