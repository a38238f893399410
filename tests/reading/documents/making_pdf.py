"""Writes small PDFs by hand: text in Helvetica at given places, so that a test says where each line stands."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Line = tuple[float, float, str]
"""Left edge and baseline in points from the lower left corner, and what is written there."""


def make_pdf(
    pages: Sequence[Sequence[Line]], title: str = "", *, size: float = 10, stream: bytes = b"", encrypted: bool = False
) -> bytes:
    """A PDF of A4 pages. ``stream`` is one more object, compressed; ``encrypted`` claims an unknown password."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", font]
    kids = []
    for page in pages:
        content = "".join(
            f"BT /F1 {size} Tf {left} {bottom} Td ({_escaped(text)}) Tj ET\n" for left, bottom, text in page
        ).encode("cp1252")
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {number + 1} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(_stream(content))
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    if stream:
        objects.append(_stream(stream))
    objects.append(f"<< /Title ({_escaped(title)}) >>".encode("cp1252"))
    trailer = f"/Root 1 0 R /Info {len(objects)} 0 R"
    if encrypted:
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"11" * 32 + b"> /U <" + b"22" * 32 + b"> >>")
        trailer += f" /Encrypt {len(objects)} 0 R /ID [<00> <00>]"
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size_line = f"trailer << /Size {len(objects) + 1} {trailer} >>\nstartxref\n{len(data)}\n%%EOF\n".encode()
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + size_line


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def column(left: float, top: float, lines: Sequence[str], leading: float = 12) -> list[Line]:
    """Lines below each other."""
    return [(left, top - number * leading, line) for number, line in enumerate(lines)]
