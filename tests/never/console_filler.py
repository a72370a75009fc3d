"""Sends every form of the vendor's console, as its pages have it, mutated."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from tests.never.form_filler import FormFiller
from tests.never.mutations import Sent
from tests.pages import elements

NAMED = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[DQ]-[0-9A-Z-]+")
# New terms would be asked of the staff, too, and accounts are those of who sends the forms.
ENDING = ("POST /staff/terms", "POST /staff/users")
# What somebody might type into a field that is empty.
TYPED = {
    "words": "D-1001", "reason": "お客様の依頼", "quantity": "3", "starts_on": "2027/01/01",
    "ends_on": "2030/12/31", "owner_email": "first@example.com", "number": "D-9001",
    "name": "検索基盤", "reading": "ケンサク", "sales_name": "営業", "sales_email": "s@example.org",
    "sales_phone": "03-0000-0000", "code": "NEWCODE", "email": "n@example.org", "version": "1.0",
    "title_ja": "件名", "title_en": "Title", "body_ja": "本文", "body_en": "Body",
    "name_ja": "検索", "name_en": "Search", "message": "回答", "unit": "users",
}  # fmt: skip


def shape(path: str) -> str:
    """An address without what it names: one page of each kind is enough."""
    return NAMED.sub("*", path)


def forms_of(html: str, page: str) -> Iterator[Sent]:
    """The forms of a page, each with what it holds before anybody types."""
    form: tuple[str, str] | None = None
    pairs: list[tuple[str, str]] = []
    upload, file_field = None, ""
    for tag, attributes in [*elements(html), ("form", {})]:
        name, value = attributes.get("name") or "", attributes.get("value") or ""
        if tag == "form":
            if form is not None:
                method, path = form
                yield Sent(path, tuple(pairs), upload, method, file_field=file_field)
            method = (attributes.get("method") or "get").upper()
            form = (method, urlsplit(attributes.get("action") or page).path)
            pairs, upload, file_field = [], None, ""
        elif attributes.get("type") == "file":
            upload, file_field = b"a,b\n1,2\n", name
        elif tag == "select":
            pairs.append((name, ""))
        elif tag == "option" and value and pairs and not pairs[-1][1]:
            pairs[-1] = (pairs[-1][0], value)
        elif tag in {"input", "textarea", "button"} and name not in {"", "preview"}:
            pairs.append((name, value or TYPED.get(name, "")))


class ConsoleFiller(FormFiller):
    """Finds the console's forms by following its links, and fills them in as an administrator.

    Args:
        people: `staff`, signed in.
    """

    def sender(self, name: str) -> httpx.AsyncClient:
        """Always the administrator."""
        return self.people["staff"]

    def ends(self, name: str) -> bool:
        """Whether it would shut the administrator out."""
        return name.startswith(ENDING)

    async def look_around(self) -> None:
        """Open one page of each kind, and keep each kind of form."""
        seen, waiting = {"/staff"}, ["/staff"]
        while waiting:
            page = waiting.pop()
            answer = await self.people["staff"].get(page)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            for form in forms_of(answer.text, page):
                if form.path.startswith("/staff"):
                    self.forms.setdefault(f"{form.method} {shape(form.path)}", form)
            for tag, attributes in elements(answer.text):
                path = urlsplit(attributes.get("href") or "").path
                if tag == "a" and path.startswith("/staff") and shape(path) not in seen:
                    seen.add(shape(path))
                    waiting.append(path)
        self.weights = dict.fromkeys(self.forms, 1)
        self.weights["confirmation"] = len(self.forms)
        self.forms["confirmation"] = Sent("/confirmations/01980000-0000-7000-8000-000000000001")
