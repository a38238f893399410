"""Damaged and hostile archives: each fault is one line, what is sound is read, and nothing is unpacked that is huge."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import random
import tarfile
import time
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path

import pyarrow
import pytest

from onrecord.reading import ArticleReader, find_inputs
from onrecord.reading.archives import Archive, find_members, is_archive
from onrecord.reading.compression import _Bounded
from tests.reading.making import write_archive

BLOCK = 512


def article(number: int) -> bytes:
    return f"Mayor Ada Brandt said that bridge {number} would stay open all summer.\n".encode()


def tar_of(*members: tuple[str | bytes, bytes], header: bytes = b"") -> bytes:
    """A tar of files, as old as can be: a header each, and the data; ``header`` comes first."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1") as tar:
        for name, data in members:
            info = tarfile.TarInfo(name if isinstance(name, str) else name.decode("latin-1"))
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return header + stream.getvalue()


def special(kind: bytes, size: int, data: bytes = b"") -> bytes:
    """A header that says something of the next member, of any size, with its data."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT) + data + bytes(-len(data) % BLOCK)


def found_in(path: Path, data: bytes | None = None) -> tuple[dict[str, bytes], list[str]]:
    """The bytes of the members that can be read, and the faults of the others."""
    if data is not None:
        path.write_bytes(data if path.suffix == ".zip" else gzip.compress(data))
    texts: dict[str, bytes] = {}
    faults: list[str] = []
    archive = None
    for name, member, fault in find_members(path, path.name):
        if member is None:
            faults.append(fault or "")
            continue
        archive = archive or Archive(path)
        with archive.open(member) as stream:
            texts[name] = stream.read()
    if archive is not None:
        archive.close()
    assert all("\n" not in fault and fault.startswith(path.name) for fault in faults)
    return texts, faults


TEN = [(f"{number}.txt", article(number)) for number in range(10)]


def test_a_damaged_header_costs_its_member_and_no_other(tmp_path: Path) -> None:
    data = bytearray(tar_of(*TEN))
    data[4 * BLOCK + 3] ^= 1  # each member is two blocks: a header and a text
    texts, faults = found_in(tmp_path / "a.tgz", bytes(data))
    assert texts == {name: text for name, text in TEN if name != "2.txt"}
    (fault,) = faults
    assert fault == "a.tgz: damaged at byte 2,048, and members may be lost there; pack it again"


def test_several_damaged_headers_are_a_fault_each(tmp_path: Path) -> None:
    data = bytearray(tar_of(*TEN))
    for number in (2, 3, 7):
        data[2 * BLOCK * number + 3] ^= 1
    texts, faults = found_in(tmp_path / "a.tgz", bytes(data))
    assert list(texts) == [f"{number}.txt" for number in (0, 1, 4, 5, 6, 8, 9)]
    assert len(faults) == 2  # the second stretch begins where the first has not ended


def test_a_text_that_is_altered_in_storage_is_told(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(tar_of(*TEN), compresslevel=0))
    packed[packed.index(b"bridge 4")] ^= 1
    path = tmp_path / "a.tgz"
    path.write_bytes(packed)
    texts, faults = found_in(path)
    assert len(texts) == 10
    (fault,) = faults
    assert fault.startswith(
        "a.tgz: damaged after 10 members, so more may be lost, or letters in these may be wrong (CRC"
    )


@pytest.mark.parametrize("cut", [700, 1500, 5000, 9000])
def test_a_tar_that_ends_early_says_so(tmp_path: Path, cut: int) -> None:
    texts, faults = found_in(tmp_path / "a.tgz", tar_of(*TEN)[:cut])
    sound = [number for number in range(10) if BLOCK * (2 * number + 1) + len(article(number)) <= cut]
    assert list(texts) == [f"{number}.txt" for number in sound]
    assert 1 <= len(faults) <= 2


def test_a_gzip_stream_that_ends_early_says_so(tmp_path: Path) -> None:
    members = [(f"{number}.txt", os.urandom(3000).hex().encode()) for number in range(10)]
    packed = gzip.compress(tar_of(*members))
    path = tmp_path / "a.tgz"
    path.write_bytes(packed[: len(packed) // 2])
    texts, faults = found_in(path)
    assert texts.items() <= dict(members).items()
    assert 3 <= len(texts) <= 5
    assert any("damaged after" in fault for fault in faults)


def test_two_tars_in_one_file_are_both_read(tmp_path: Path) -> None:
    texts, faults = found_in(tmp_path / "a.tgz", tar_of(*TEN[:3]) + tar_of(*TEN[3:]))
    assert (list(texts), faults) == ([name for name, _ in TEN], [])


def test_names_that_are_not_utf8_are_written_as_escapes(tmp_path: Path) -> None:
    texts, faults = found_in(tmp_path / "a.tgz", tar_of((b"caf\xe9.txt", article(1)), ("b.txt", article(2))))
    assert (list(texts), faults) == (["caf\\xe9.txt", "b.txt"], [])
    record = b"path=caf\xe9.txt\n"
    header = b"%d " % (len(record) + 3) + record
    extended = special(tarfile.XHDTYPE, len(header), header)
    texts, faults = found_in(tmp_path / "b.tgz", tar_of(("b.txt", article(2)), header=extended))
    assert (list(texts), faults) == (["caf\\xe9.txt"], [])


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_are_read(tmp_path: Path, form: int) -> None:
    name = f"{'folder é/' * 40}a.txt"
    path = tmp_path / "a.tgz"
    with tarfile.open(path, "w:gz", format=form, pax_headers={"comment": "x" * 900}) as tar:
        info = tarfile.TarInfo(name)
        info.size = len(article(1))
        tar.addfile(info, io.BytesIO(article(1)))
    assert found_in(path) == ({name: article(1)}, [])


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_a_header_of_any_size_takes_no_memory(tmp_path: Path, kind: bytes) -> None:
    size = 40_000_000
    path = tmp_path / "a.tgz"
    with gzip.open(path, "wb", compresslevel=1) as packed:
        packed.write(special(kind, size))
        for _ in range(size // 1_000_000):
            packed.write(bytes(1_000_000))
        packed.write(tar_of(*TEN))
    tracemalloc.start()
    texts, faults = found_in(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
    assert not texts  # 40 MB of a file of some kilobytes
    assert len(faults) == 1 or faults[0].startswith("a.tgz")


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_a_name_that_is_too_long_is_its_members_fault(tmp_path: Path, kind: bytes) -> None:
    data = b"n" * 2_000_000
    header = special(kind, len(data), data)
    texts, faults = found_in(tmp_path / "a.tgz", tar_of(*TEN, header=header))
    assert list(texts) == [name for name, _ in TEN[1:]]
    (fault,) = faults
    assert "says that it has 2.0 MB" in fault


def test_a_header_that_claims_more_than_there_is_ends_the_archive(tmp_path: Path) -> None:
    texts, faults = found_in(tmp_path / "a.tgz", tar_of(*TEN, header=special(tarfile.GNUTYPE_LONGNAME, 3_000_000_000)))
    assert not texts
    assert len(faults) == 1


@pytest.mark.parametrize("records", [b"12 path=a", b"x path=a\n", b"99999 path=a.txt\n", b"-4 path=a\n", b"9 size=x\n"])
def test_a_damaged_extended_header_is_its_members_fault(tmp_path: Path, records: bytes) -> None:
    header = special(tarfile.XHDTYPE, len(records), records)
    texts, faults = found_in(tmp_path / "a.tgz", tar_of(*TEN, header=header))
    assert list(texts) == [name for name, _ in TEN[1:]]
    assert ["its extended header is damaged" in fault for fault in faults] == [True]


def test_links_and_devices_are_counted_and_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE)):
            info = tarfile.TarInfo(f"{number}.txt")
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
        info = tarfile.TarInfo("a.txt")
        info.size = len(article(1))
        tar.addfile(info, io.BytesIO(article(1)))
    counted: Counter[str] = Counter()
    assert [(name, fault) for name, _, fault in find_members(path, "a.tgz", counted)] == [("a.txt", None)]
    assert counted == {"link or device": 4}


def test_members_of_a_zip_that_share_their_bytes_are_one_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", article(1))
        packed.writestr("b.txt", article(2) * 1000)
        packed.writestr("c.txt", article(3))
        shared = packed.infolist()[1]
        for number in range(50):
            copy = zipfile.ZipInfo(f"{number}.txt")
            for field in ("compress_type", "compress_size", "file_size", "CRC", "header_offset", "flag_bits"):
                setattr(copy, field, getattr(shared, field))
            packed.filelist.append(copy)
    texts, faults = found_in_zip(path)
    assert {"a.txt", "c.txt"} <= set(texts)
    assert len(texts) <= 3
    assert faults == ["a.zip: 50 members share their bytes, as they only do in a zip bomb; not read; pack it again"]


@pytest.mark.parametrize("before", [b"", b"#!/bin/sh of an archive that unpacks itself"])
@pytest.mark.parametrize("comment", [b"", b"PK packed by hand"])
def test_a_name_in_a_zip_that_is_not_the_utf_8_it_is_said_to_be_costs_no_other_member(
    tmp_path: Path, before: bytes, comment: bytes
) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in (("é1.txt", article(1)), ("caf€.txt", article(2)), ("ü3.txt", article(3) * 20_000)):
            packed.writestr(name, text)
        packed.comment = comment
    for wrong in (b"caf\x82--", b"caf\xff\xfe\xfd"):  # in a code page of DOS, and in none
        data = before + stream.getvalue().replace("caf€".encode(), wrong)
        texts, faults = found_in(tmp_path / "a.zip", data)
        assert faults == []
        assert list(texts) == ["é1.txt", f"{wrong.decode('cp437')}.txt", "ü3.txt"]
        assert list(texts.values()) == [article(1), article(2), article(3) * 20_000]


def test_a_wrong_name_in_a_zip_with_the_end_of_a_large_one_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name in ("a.txt", "caf€.txt", "b.txt"):
            packed.writestr(name, article(1))
    assert b"PK\x06\x06" in stream.getvalue()
    texts, faults = found_in(tmp_path / "a.zip", stream.getvalue().replace("€".encode(), b"\xff\xfe\xfd"))
    assert (len(texts), set(texts.values()), faults) == (3, {article(1)}, [])


def test_a_wrong_name_in_a_zip_of_many_members_is_read_in_time(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for number in range(3_000):
            packed.writestr(f"€{number}.txt", b"x")
    started = time.process_time()
    texts, faults = found_in(tmp_path / "a.zip", stream.getvalue().replace("€".encode(), b"\xff\xfe\xfd"))
    assert (len(texts), faults) == (3_000, [])
    assert time.process_time() - started < 5  # seconds


def found_in_zip(path: Path) -> tuple[list[str], list[str]]:
    found = list(find_members(path, path.name))
    return [name for name, member, _ in found if member], [fault for _, _, fault in found if fault]


def test_any_flipped_bytes_give_texts_or_faults_and_never_lose_a_member_silently(tmp_path: Path) -> None:
    whole = tar_of(*TEN)
    flips = random.Random(5)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(flips.randint(1, 4)):
            data[flips.randrange(len(TEN) * 2 * BLOCK)] = flips.randrange(256)
        texts, faults = found_in(tmp_path / "a.tgz", bytes(data))
        assert len(texts) == 10 or faults


@pytest.mark.parametrize(
    "name", ["a.tar", "a.tar.gz", "a.TGZ", "a.tar.bz2", "a.tbz2", "a.tar.xz", "a.txz", "a.tar.zst"]
)
def test_tars_are_read_however_they_are_compressed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    codec = {".tar": None, ".gz": "gzip", ".tgz": "gzip", ".bz2": "bz2", ".tbz2": "bz2", ".zst": "zstd"}
    kind = codec.get(path.suffix.lower(), "lzma")
    data = tar_of(*TEN)
    if kind == "lzma":
        path.write_bytes(lzma.compress(data))
    else:
        path.write_bytes(data)
        if kind is not None:
            with pyarrow.output_stream(path, compression=kind) as stream:
                stream.write(data)
    assert is_archive(name)
    assert found_in(path) == (dict(TEN), [])
    archive = Archive(path)
    members = [member for _, member, _ in find_members(path, name) if member]
    assert [archive.open(member).read() for member in reversed(members)] == [text for _, text in reversed(TEN)]
    archive.close()


def test_a_sparse_file_is_a_fault_and_the_next_member_is_read(tmp_path: Path) -> None:
    info = tarfile.TarInfo("s.txt")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 600
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    block[482] = 1
    block[148:156] = b"%06o\0 " % (sum(block) - sum(block[148:156]) + 8 * ord(" "))
    maps = bytes(504) + b"\1" + bytes(7) + bytes(512)
    texts, faults = found_in(tmp_path / "a.tgz", bytes(block) + maps + bytes(1024) + tar_of(*TEN))
    assert list(texts) == [name for name, _ in TEN]
    assert ["a sparse file" in fault for fault in faults] == [True]


@pytest.mark.parametrize("ending", ["zip", "tar.gz"])
def test_files_of_rows_in_an_archive_do_not_make_it_be_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    names = [f"{number:03}.json" for number in range(60)]
    path = write_archive(tmp_path / f"a.{ending}", {name: json.dumps({"text": "Yes. " * 5000}) for name in names})
    opened, unpacked = [], 0
    open_archive, read = Archive.__init__, _Bounded.readinto

    def opening(self: Archive, path: Path) -> None:
        opened.append(path)
        open_archive(self, path)

    def reading(self: _Bounded, buffer: object) -> int:
        nonlocal unpacked
        unpacked += (count := read(self, buffer))
        return count

    monkeypatch.setattr(Archive, "__init__", opening)
    monkeypatch.setattr(_Bounded, "readinto", reading)
    inputs = find_inputs([path])
    with ArticleReader(detect_language=False) as reader:
        assert [reader.read(item).doc for item in inputs] == [f"a.{ending}!/{name}#1" for name in names]
    assert len(opened) == 2, "to choose what is read, and to read it"
    assert unpacked < 4 * 60 * 26_000


def test_rows_go_on_after_another_archive_was_read(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": f"Yes {number}."}) + "\n" for number in range(2))
    (tmp_path / "a.tar").write_bytes(tar_of(("r.jsonl", lines.encode())))
    (tmp_path / "b.tar").write_bytes(tar_of(("x.txt", b"No.")))
    rows, other = find_inputs([tmp_path / "a.tar"]), find_inputs([tmp_path / "b.tar"])
    with ArticleReader(detect_language=False) as reader:
        read = [reader.read(item).text for item in (rows[0], other[0], rows[1])]
    assert read == ["Yes 0.", "No.", "Yes 1."]
