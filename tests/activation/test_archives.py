"""Archives of request files: what is taken out of them, and what is refused as a whole."""

import io
import stat
import zipfile
from collections.abc import Callable
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activation.batches.archive_rules import (
    MOST_BYTES,
    MOST_ENTRIES,
    MOST_FILES,
    ArchiveFault,
    ArchiveRefused,
    UploadedRequest,
    read_uploads,
    write_archive,
)


def archive(
    *files: tuple[str, bytes], change: Callable[[zipfile.ZipInfo], None] | None = None
) -> bytes:
    """A ZIP archive with these entries."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if change:
                change(entry)
            out.writestr(entry, content)
    return kept.getvalue()


def read(*contents: bytes) -> list[UploadedRequest]:
    return read_uploads(
        [UploadedRequest(f"upload-{n}.zip", content) for n, content in enumerate(contents)]
    )


def refusal(*contents: bytes) -> tuple[ArchiveFault, str]:
    with pytest.raises(ArchiveRefused) as refused:
        read(*contents)
    return refused.value.fault, refused.value.name


def test_files_and_archives_come_in_one_list_in_their_order() -> None:
    found = read(b"first", archive(("a/x.jwt", b"second"), ("y.jwt", b"third")), b"fourth")
    assert [each.content for each in found] == [b"first", b"second", b"third", b"fourth"]
    assert [each.name for each in found[1:3]] == ["a/x.jwt", "y.jwt"]


@given(
    st.lists(
        st.tuples(st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True), st.binary(max_size=200)),
        min_size=1,
        max_size=20,
        unique_by=lambda pair: pair[0],
    )
)
def test_what_is_written_is_read_again(files: list[tuple[str, bytes]]) -> None:
    kept = [UploadedRequest(name, b"." + content) for name, content in files]
    assert read_uploads([UploadedRequest("all.zip", write_archive(kept))]) == kept
    assert write_archive(kept) == write_archive(kept)


def test_folders_and_leftovers_of_operating_systems_are_no_files() -> None:
    found = read(
        archive(
            ("line1/", b""),
            ("line1/request.jwt", b"x"),
            ("__MACOSX/line1/._request.jwt", b"y"),
            ("line1/.DS_Store", b"z"),
            ("Thumbs.db", b"z"),
        )
    )
    assert [each.name for each in found] == ["line1/request.jwt"]


def test_japanese_names_of_windows_are_read() -> None:
    data = archive(("AAAAAA.jwt", b"x")).replace(b"AAAAAA", "ライン".encode("cp932"))
    assert [each.name for each in read(data)] == ["ライン.jwt"]


@pytest.mark.parametrize(
    "name",
    [
        "../x.jwt",
        "a/../../x.jwt",
        "/etc/x.jwt",
        "..\\x.jwt",
        "C:/x.jwt",
        "a//x.jwt",
        "a\u202ex.jwt",
        "./x",
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert refusal(archive((name, b"x"))) == (ArchiveFault.UNSAFE_NAME, "")


def test_links_are_refused() -> None:
    def link(entry: zipfile.ZipInfo) -> None:
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert refusal(archive(("x.jwt", b"/etc/passwd"), change=link))[0] is ArchiveFault.UNSAFE_NAME


def test_an_archive_within_an_archive_is_refused() -> None:
    inner = archive(("x.jwt", b"x"))
    assert refusal(archive(("inner.dat", inner))) == (ArchiveFault.NESTED, "inner.dat")


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(archive(("x.jwt", b"x")))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data)) == (ArchiveFault.ENCRYPTED, "x.jwt")


@pytest.mark.parametrize("second", ["x.jwt", "X.JWT"])
def test_two_files_of_one_name_are_refused(second: str) -> None:
    with pytest.warns(UserWarning) if second == "x.jwt" else nullcontext():
        data = archive(("x.jwt", b"1"), (second, b"2"))
    assert refusal(data) == (ArchiveFault.SAME_NAME, second)


def test_too_many_files_are_refused() -> None:
    names = [(f"{n}.jwt", b"x") for n in range(MOST_FILES)]
    assert len(read(archive(*names))) == MOST_FILES
    assert refusal(archive(*names), b"one more") == (ArchiveFault.TOO_MANY, "")


def test_a_directory_with_too_many_entries_is_refused_before_any_is_read() -> None:
    many = archive(*((f"{n}/", b"") for n in range(MOST_ENTRIES + 1)))
    assert refusal(many) == (ArchiveFault.TOO_MANY, "")


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_unpacks_to() -> None:
    bomb = archive(("x.jwt", bytes(MOST_BYTES + 1)))
    assert refusal(bomb) == (ArchiveFault.TOO_LARGE, "x.jwt")
    size = (MOST_BYTES + 1).to_bytes(4, "little")
    assert refusal(bomb.replace(size, (10).to_bytes(4, "little")))[0] in {
        ArchiveFault.TOO_LARGE,
        ArchiveFault.BROKEN,
    }
    halves = archive(("x.jwt", bytes(MOST_BYTES // 2)), ("y.jwt", bytes(MOST_BYTES // 2 + 2)))
    assert refusal(halves) == (ArchiveFault.TOO_LARGE, "")


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x05\x06", b"PK\x03\x04" + bytes(100)])
def test_a_broken_archive_is_refused(data: bytes) -> None:
    assert refusal(data) == (ArchiveFault.BROKEN, "upload-0.zip")


@given(st.binary(max_size=300), st.integers(0, 200))
def test_no_archive_raises_anything_else(noise: bytes, at: int) -> None:
    data = archive(("x.jwt", b"content"), ("y.jwt", b"more"))
    try:
        read(data[:at] + noise + data[at + len(noise) :])
    except ArchiveRefused as refused:
        assert refused.fault in ArchiveFault


def test_an_archive_that_takes_much_memory_to_unpack_is_refused() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_LZMA) as out:
        out.writestr("x.jwt", b"x")
    assert refusal(kept.getvalue()) == (ArchiveFault.BROKEN, "x.jwt")


def test_nothing_is_no_upload() -> None:
    assert refusal() == (ArchiveFault.NO_FILE, "")
    assert refusal(archive(("empty/", b""))) == (ArchiveFault.NO_FILE, "")
