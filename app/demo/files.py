"""The demo's files: small, real, and the same at each start."""

import hashlib
import io
import zipfile

PLATFORM_BYTES = 5_300_000


def _noise(size: int, seed: bytes) -> bytes:
    """Bytes that look random, so that no compression hides an interrupted download."""
    return hashlib.shake_256(seed).digest(size)


def archive(name: str, text: str, *, size: int = 0) -> bytes:
    """A ZIP archive with a note and, if wanted, a data file of `size` bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
        note = zipfile.ZipInfo("README.txt", (2026, 1, 1, 0, 0, 0))
        file.writestr(note, text)
        if size:
            data = zipfile.ZipInfo(f"{name}.bin", (2026, 1, 1, 0, 0, 0))
            file.writestr(data, _noise(size, name.encode()))
    return buffer.getvalue()


def pdf(lines: list[str]) -> bytes:
    """A one-page PDF 1.4 with lines of ASCII text in Helvetica (ISO 32000-1)."""
    shown = " ".join(f"({line.replace('(', '[').replace(')', ']')}) Tj 0 -22 Td" for line in lines)
    stream = f"BT /F1 13 Tf 72 770 Td {shown} ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(body) + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(body))
    )
