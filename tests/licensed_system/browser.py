"""A very small browser for the page ライセンス管理: http.client, one cookie jar, no script."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from urllib.parse import urlsplit

BOUNDARY = "----form-boundary-7f3e"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Browser:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, method: str = "GET", **headers: str | None) -> Answer:
        return self._send(method, path, b"", headers)

    def post(self, path: str, body: bytes = b"", kind: str = "", **headers: str | None) -> Answer:
        own: dict[str, str | None] = {"Sec_Fetch_Site": "same-origin"}
        if kind:
            own["Content_Type"] = kind
        return self._send("POST", path, body, own | headers)

    def choose(self, file: bytes | None, **headers: str | None) -> Answer:
        """Choose a file in Step 3 and press アクティベート."""
        part = b""
        if file is not None:
            name = 'Content-Disposition: form-data; name="file"; filename="activation.jwt"'
            head = f"--{BOUNDARY}\r\n{name}\r\nContent-Type: application/octet-stream\r\n\r\n"
            part = head.encode() + file + b"\r\n"
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        body = part + f"--{BOUNDARY}--\r\n".encode()
        return self.post("/activations", body, kind, **headers)

    def follow(self, answer: Answer) -> Answer:
        """The page a redirect leads to."""
        assert answer.status == 303, answer.text
        return self.get(answer.headers["location"])

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str | None]) -> Answer:
        parts = urlsplit(path)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies and "Cookie" not in sent:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.putrequest(method, target, skip_host="Host" in sent)
        if "Content-Length" not in sent:
            connection.putheader("Content-Length", str(len(body)))
        for name, value in sent.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body)
        with connection.getresponse() as response:
            content = response.read()
            found = {name.lower(): value for name, value in response.getheaders()}
        connection.close()
        if cookie := found.get("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, found, content)
