"""Forms gone wrong in many ways, the same for the same seed.

A form is broken in its fields, in how they are encoded, in its content type, in the bytes of its
body, in its address, or in the headers around it; often in several at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from urllib.parse import quote, quote_from_bytes

BOUNDARY = "----form"
URLENCODED = "application/x-www-form-urlencoded"
Pairs = tuple[tuple[str, str], ...]

VALUES = [
    "", " ", "\t", "\n", "\r\n", "\r", "\x00", "a\x00b", "\x01", "\x1b[31m", "\x7f", "\x85",
    "\u2028", "\u202e", "\ufeff", "\ufffd", "\uffff", "\ud800", "a\udfffb", "\U0010ffff", "😀",
    "e\u0301", "\u0301" * 300, "ﷺ" * 120, "ｏｗｎｅｒ", "本番環境", "İ", "ß", "ﬁ",
    "<script>alert(1)</script>", "'; drop table environment; --", "' or 1=1 --", "%", "%s%n",
    "%(label)s", "{{ 7 * 7 }}", "{% raw %}", "${7*7}", "../../../../etc/passwd", "null", "None",
    "true", "[]", "{}", '{"a":', "a" * 99, "a" * 100, "a" * 101, "名" * 100, "名" * 101,
    "a" * 1024, "a" * 1025, "a" * 70_000, "//example.com", "/\\example.com", "/a\nb", "https://",
    "0", "-0", "1", "-1", "+1", "1.5", "1e3", "1e999", "0x10", "1_000", "1,000", ",,,,1", ",",
    "00000000000010", "１２", "１，０００", "٣", "३", "𝟙", "①", "½", "²", "Ⅷ", "一", "〇", "1 0",
    "999999", "1000000", "1000000000", "1000000001", "2147483647", "2147483648", "999999999999",
    "9223372036854775807", "9223372036854775808", "9" * 40, "9" * 5000, "-9223372036854775809",
    "inf", "nan", "01980000-0000-7000-8000-000000000001", "{01980000-0000-7000-8000-000000000001}",
    "0198000000007000800000000000000 1", "urn:uuid:01980000-0000-7000-8000-000000000001",
]  # fmt: skip
NAMES = [
    "", "name", "sort_key", "revision", "group_company", "code", "password", "again", "next",
    "back",
    "agree", "language", "request", "draft", "other", "q-", "q-x", "seen-", "_method", "__proto__",
    "fragment", "a[b]", "step", "key", "table", "file", "company", "search", "emails", "role",
    "note", "notification", "reason", "addition", "wish-x", "seen-note", "product", "quantity",
    "products", "marked", "event_type", "person", "from", "to", "kept", "email", "current", "way",
    "名", "\x00", "\ud800", "a" * 9000,
]  # fmt: skip
CONTENT_TYPES = [
    "", "text/plain", "application/json", "text/html", "application/octet-stream", "*/*", "/", ";",
    "multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary="',
    "multipart/form-data; boundary=other", "multipart/mixed; boundary=" + BOUNDARY,
    f"multipart/form-data; boundary={BOUNDARY}; charset=utf-16",
    f"multipart/form-data; boundary={BOUNDARY}; charset=nonsense",
    "multipart/form-data; boundary=" + "b" * 300, "multipart/form-data; boundary=\xe4",
    f"{URLENCODED}; charset=utf-16", f"{URLENCODED}; charset=nonsense", URLENCODED.upper(),
    f"{URLENCODED};;;=;", f"{URLENCODED}, {URLENCODED}", "a" * 5000,
    "application/x-www-form-urlencoded; boundary*=utf-7''x", "\xff\xfe", "multipart/form-data; ="
]  # fmt: skip
QUERIES = [
    "draft", "next", "fragment", "done", "after", "before", "search", "order", "other", "q",
    "product", "unread", "until", "event_type", "person", "from", "to", "expired", "kept", "way",
    "agreed",
]  # fmt: skip
HEADERS = [
    ("hx-request", "true"), ("hx-request", "TRUE"), ("hx-current-url", "http://[::1"),
    ("hx-current-url", "//\\"), ("hx-current-url", "http://a:b@c:99999999/\xff"),
    ("hx-history-restore-request", "true"), ("hx-target", "\xff"),
    ("accept-language", ";q=;,*;q=x"),
    ("accept-language", "ja;q=1e400,en;q=nan"), ("accept-language", "x" * 4000),
    ("accept-encoding", "br;q=0"), ("accept", "\xff"), ("if-none-match", '"\xff'), ("range", "x"),
    ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "none"), ("sec-fetch-site", "\xff"),
    ("origin", "null"), ("origin", "http://[::1"), ("referer", "http://[::1"), ("referer", "\xff"),
    ("referer", "http://" + "a" * 3000), ("cookie", "a=\"\\400; ]=1; language=\xff"),
    ("cookie", "language=fr; device=\xff"), ("cookie", "=;=;=" * 100),
    ("x-forwarded-for", "\xff, 1.2.3.4, ::"), ("x-forwarded-proto", "gopher"),
    ("x-request-id", "{}"), ("user-agent", "\xff" * 900), ("content-encoding", "br"),
    ("x-http-method-override", "DELETE"), ("sec-purpose", "prefetch"),
]  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A form on its way: `pairs` are what was meant, `content_type` and `body` what goes out.

    `path` and `query` are percent-encoded. `upload` is the content of a file that was chosen in
    `file_field`.
    """

    path: str
    pairs: Pairs = ()
    upload: bytes | None = None
    method: str = "POST"
    query: str = ""
    content_type: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    file_field: str = "request"


def mutate(form: Sent, random: Random) -> Sent:
    """The form, broken in one to four places; now and then as good as new."""
    layers = [_field, _field, _field, _address, _header, _nothing]
    for _ in range(random.choice((1, 1, 2, 3))):
        form = random.choice(layers)(form, random)
    form = _encoded(form, random)
    if random.random() < 0.25:
        form = replace(form, content_type=random.choice(CONTENT_TYPES))
    if random.random() < 0.25:
        form = replace(form, body=_broken_bytes(form.body, random))
    if form.method == "GET" or random.random() < 0.05:
        query = form.body[:4000].decode("latin-1")
        form = replace(form, method="GET", query=quote(query, safe="&=%+"), body=b"")
    return form


def _nothing(form: Sent, _: Random) -> Sent:
    return form


def _field(form: Sent, random: Random) -> Sent:
    pairs = list(form.pairs)
    at = random.randrange(len(pairs)) if pairs else 0
    name, value = pairs[at] if pairs else (random.choice(NAMES), "")
    changes: list[Callable[[], list[tuple[str, str]]]] = [
        lambda: [*pairs[:at], (name, random.choice(VALUES)), *pairs[at + 1 :]],
        lambda: [*pairs[:at], (name, random.choice(VALUES)), *pairs[at + 1 :]],
        lambda: [*pairs[:at], (name, value + random.choice(VALUES)), *pairs[at + 1 :]],
        lambda: [*pairs[:at], *pairs[at + 1 :]],
        lambda: [*pairs, (name, random.choice(VALUES))],
        lambda: [(name, random.choice(VALUES)), *pairs],
        lambda: [*pairs[:at], (random.choice(NAMES), value), *pairs[at + 1 :]],
        lambda: [*pairs, (random.choice(NAMES), random.choice(VALUES))],
        lambda: [*pairs, *((f"n{n}", "") for n in range(random.choice((100, 4100))))],
        lambda: pairs * random.choice((2, 50)),
        lambda: list(zip((n for n, _ in pairs), random.sample([v for _, v in pairs], len(pairs)),
                         strict=True)),
        list,
    ]  # fmt: skip
    return replace(form, pairs=tuple(random.choice(changes)()))


def _address(form: Sent, random: Random) -> Sent:
    value = quote(random.choice(VALUES)[:2000].encode("utf-8", "surrogatepass"), safe="")
    if random.random() < 0.5:
        return replace(form, query=f"{random.choice(QUERIES)}={value}")
    parts = form.path.split("/")
    at = random.randrange(1, len(parts))
    parts[at] = random.choice((value, value, parts[at] + value, parts[at].upper(), "%00", "%ff"))
    return replace(form, path="/".join(parts))


def _header(form: Sent, random: Random) -> Sent:
    return replace(form, headers=(*form.headers, random.choice(HEADERS)))


def _encoded(form: Sent, random: Random) -> Sent:
    if form.upload is not None or random.random() < 0.3:
        body = _multipart(form, random)
        return replace(form, body=body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
    coding = random.choice(("utf-8",) * 8 + ("shift_jis", "euc-jp", "utf-16", "latin-1"))
    pieces = [
        b"=".join(quote_from_bytes(_bytes(part, coding), safe="").encode() for part in pair)
        for pair in form.pairs
    ]
    body = random.choice((b"&", b"&", b"&", b"&", b";", b"&&")).join(pieces)
    return replace(form, body=body, content_type=URLENCODED)


def _bytes(text: str, coding: str) -> bytes:
    """Lone surrogates go out as the three bytes that no UTF-8 reader takes."""
    return text.encode(coding, "surrogatepass" if coding.startswith("utf") else "replace")


def _multipart(form: Sent, random: Random) -> bytes:
    parts = [
        _part(f'form-data; name="{_quoted(name)}"', _bytes(value, "utf-8"), random)
        for name, value in form.pairs
    ]
    if form.upload is not None:
        file = random.choice(("request.jwt", "名.jwt", "", "a\x00b", "..\\..\\x", '"', "\ud800"))
        parts.append(
            _part(
                f'form-data; name="{form.file_field}"; filename="{_quoted(file)}"',
                form.upload,
                random,
            )
        )
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _part(disposition: str, content: bytes, random: Random) -> bytes:
    broken = random.random() < 0.15
    line = random.choice((
        "form-data", "attachment", 'form-data; name="a"; name="b"', "form-data; name=", "",
        "form-data; name*=utf-8''%ff", "form-data; name*=nonsense'x'y", 'form-data; name="\\',
    )) if broken else disposition  # fmt: skip
    extra = random.choice((
        "", "", "", "", "Content-Type: text/plain; charset=nonsense\r\n",
        "Content-Type: text/plain; charset=utf-16\r\n", "Content-Transfer-Encoding: base64\r\n",
        "Content-Length: 99999999\r\n", "X: " + "y" * 9000 + "\r\n", ":\r\n", "no colon\r\n",
    ))  # fmt: skip
    head = f"--{BOUNDARY}\r\nContent-Disposition: {line}\r\n{extra}\r\n"
    return head.encode("utf-8", "surrogatepass") + content + b"\r\n"


def _broken_bytes(body: bytes, random: Random) -> bytes:
    at = random.randrange(len(body) + 1)
    junk = random.choice((
        b"%", b"%zz", b"%0", b"%00", b"%ff", b"%ed%a0%80", b"%c0%80", b"%f4%90%80%80", b"%u0041",
        b"\x00", b"\xff", b"\xed\xa0\x80", b"\xc0\x80", "é".encode("latin-1"), b"\r\n", b"&", b"=",
        b"+", b"--" + BOUNDARY.encode(), b"--" + BOUNDARY.encode() + b"--", b"\r\n\r\n",
        random.randbytes(20), b"A" * 600_000,
    ))  # fmt: skip
    return random.choice((
        body[:at], body[at:], body[:at] + junk + body[at:], body[:at] + junk + body[at + 1 :],
        body.replace(b"\r\n", b"\n"), body[::-1], body * 2, random.randbytes(random.randrange(300)),
        body.decode("latin-1").encode("utf-16"), body.removesuffix(b"--\r\n"),
    ))  # fmt: skip
