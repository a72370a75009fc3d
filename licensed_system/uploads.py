"""The chosen file out of a form's ``multipart/form-data`` (RFC 7578)."""

from __future__ import annotations

from email.message import Message

LONGEST_BOUNDARY = 70  # RFC 2046


def read_upload(content_type: str, body: bytes, field: str) -> bytes | None:
    """Bytes of the file in ``field``; ``None`` where the form has no such file or it is empty."""
    boundary = _parameter("content-type", content_type, "boundary")
    if not boundary or len(boundary) > LONGEST_BOUNDARY or not boundary.isascii():
        return None
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii"))[1:]:
        head, found, content = part.partition(b"\r\n\r\n")
        if found and _field_name(head) == field:
            return content or None
    return None


def read_choice(content_type: str, body: bytes) -> tuple[bytes | None, str]:
    """The chosen file; where there is none, ``None`` and what was typed instead."""
    data = read_upload(content_type, body, "file")
    typed = b"" if data is not None else read_upload(content_type, body, "text") or b""
    return data, typed.decode("utf-8", "replace")


def _field_name(head: bytes) -> str | None:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            return _parameter(name, value.strip(), "name")
    return None


def _parameter(header: str, value: str, parameter: str) -> str | None:
    message = Message()
    message[header] = value.replace("\r", " ").replace("\n", " ")
    found = message.get_param(parameter, header=header)
    return found if isinstance(found, str) else None
