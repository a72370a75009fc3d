"""Large files out of forms, as they come."""

from collections.abc import AsyncIterator

import pytest
from litestar.exceptions import ClientException

from app.web.file_names import LONGEST_NAME, clean_file_name
from app.web.uploads import StreamedFile, stream_file

TYPE = "multipart/form-data; boundary=x"
FIELD = b'--x\r\nContent-Disposition: form-data; name="version"\r\n\r\n1.0\r\n'
HEAD = (
    '--x\r\nContent-Disposition: form-data; name="file"; filename="手引き.pdf"\r\n'
    "Content-Type: application/pdf\r\n\r\n"
).encode()
END = b"\r\n--x--\r\n"


async def body(*parts: bytes, size: int = 0) -> AsyncIterator[bytes]:
    """A body as it comes, in pieces of a size."""
    whole = b"".join(parts)
    for start in range(0, len(whole), size or len(whole) or 1):
        yield whole[start : start + (size or len(whole))]


async def read(file: StreamedFile | None) -> bytes:
    """All of a file."""
    assert file is not None
    return b"".join([chunk async for chunk in file.chunks])


@pytest.mark.parametrize("size", [0, 1, 7, 64])
async def test_a_file_comes_whole_however_its_bytes_arrive(size: int) -> None:
    content = b"\r\n--y\r\n--" + bytes(range(256)) * 3
    file = await stream_file(body(FIELD, HEAD, content, END, size=size), TYPE)
    assert file is not None
    assert (file.name, file.media_type) == ("手引き.pdf", "application/pdf")
    assert await read(file) == content


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Text/CSV; charset=Shift_JIS", "text/csv"),
        ("application/vnd.ms-excel", "application/vnd.ms-excel"),
        ("文書/テキスト", "application/octet-stream"),
        ("text", "application/octet-stream"),
        (f"text/{'a' * 100}", "application/octet-stream"),
    ],
)
async def test_a_type_is_kept_where_a_header_can_say_it(said: str, kept: str) -> None:
    head = HEAD.replace(b"application/pdf", said.encode())
    file = await stream_file(body(head, b"content", END), TYPE)
    assert file is not None and file.media_type == kept


async def test_only_what_has_come_is_read() -> None:
    """The first bytes are there while the last ones are still on their way."""
    sent: list[int] = []

    async def slowly() -> AsyncIterator[bytes]:
        for number, part in enumerate((HEAD, b"a" * 1000, b"b" * 1000, END)):
            sent.append(number)
            yield part

    file = await stream_file(slowly(), TYPE)
    assert file is not None and sent == [0]
    assert (await anext(file.chunks))[:1] == b"a"
    assert sent[-1] < 3


@pytest.mark.parametrize(
    "parts", [(FIELD, END[2:]), (HEAD.replace("手引き.pdf".encode(), b""), END)]
)
async def test_a_form_without_a_file_has_none(parts: tuple[bytes, ...]) -> None:
    assert await stream_file(body(*parts), TYPE) is None


@pytest.mark.parametrize("sent", [HEAD + b"half", HEAD])
async def test_a_file_that_breaks_off_is_never_taken_for_whole(sent: bytes) -> None:
    with pytest.raises(ClientException):
        await read(await stream_file(body(sent), TYPE))


@pytest.mark.parametrize(
    ("sent", "content_type"),
    [
        (HEAD + END, "application/x-www-form-urlencoded"),
        (HEAD + END, ""),
        (HEAD + END, "multipart/form-data"),
        (HEAD + END, "multipart/form-data; boundary=y"),
        (b"", TYPE),
        (b"nonsense", TYPE),
        (b'--x\r\nContent-Disposition: form-data; name="\xff\xff"; filename="a"\r\n\r\n', TYPE),
        (FIELD * 50, TYPE),
    ],
)
async def test_what_is_no_form_with_a_file_is_refused(sent: bytes, content_type: str) -> None:
    with pytest.raises(ClientException):
        await read(await stream_file(body(sent), content_type))


@pytest.mark.parametrize(
    ("given", "kept_name"),
    [
        ("手引き.pdf", "手引き.pdf"),
        (r"C:\Users\佐藤\手引き.pdf", "手引き.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\0.zip", "ab.zip"),
        ("fdp.\u202exe.pdf", "fdp.xe.pdf"),
        ("\ud800.zip", "zip"),
        ("...", "file"),
        ("", "file"),
        ("Ａ１.zip", "Ａ１.zip"),
        ("長" * 300 + ".zip", "長" * (LONGEST_NAME - 4) + ".zip"),
        ("x" * 300, "x" * LONGEST_NAME),
    ],
)
def test_a_file_keeps_its_name_without_folders_and_tricks(given: str, kept_name: str) -> None:
    assert clean_file_name(given) == kept_name
