"""Files and folders that replace others: whole or not at all, and nothing is left beside them."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest

from onrecord.files import atomic
from onrecord.files.atomic import fresh_path, put_in_place, replacing, replacing_folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as file:
        file.write("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.csv"]
    with replacing(path) as file:
        file.write("new\n")
    assert path.read_bytes() == b"new\n"
    assert names(tmp_path) == ["a.csv"]


@pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "a.csv", tmp_path / "link.csv"
    path.write_text("old")
    path.chmod(0o600)
    link.symlink_to(path)
    with replacing(link) as file:
        file.write("new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_a_link_to_another_folder_stays_whoever_made_the_file(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    (here / "a.db").symlink_to(there / "real.db")
    for content in ("first", "second"):
        fresh = fresh_path(here / "a.db")
        assert fresh.parent == there  # on another disk, it could not be renamed
        fresh.write_text(content)
        put_in_place(fresh, here / "a.db")
        assert (here / "a.db").is_symlink()
        assert (there / "real.db").read_text() == content
        assert (names(here), names(there)) == (["a.db"], ["real.db"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is full")
def test_a_device_is_written_and_not_replaced(tmp_path: Path) -> None:
    with replacing(Path("/dev/null")) as file:
        file.write("gone")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(OSError, match="No space left") as caught, replacing(Path("/dev/full")) as file:
        file.write("too much")
    assert caught.value.filename == "/dev/full"


def test_an_error_without_a_name_gets_that_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as caught, replacing(tmp_path / "a.csv"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == str(tmp_path / "a.csv")


def test_a_file_made_elsewhere_is_put_in_place_only_when_it_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path, fresh = tmp_path / "a.db", tmp_path / "fresh"
    path.write_text("old")
    fresh.write_text("new")
    with monkeypatch.context() as patch:
        patch.setattr(atomic.os, "fsync", full)
        with pytest.raises(OSError, match="No space left") as caught:
            put_in_place(fresh, path)
        assert caught.value.filename == str(path)
        assert path.read_text() == "old"
    put_in_place(fresh, path)
    assert path.read_text() == "new"


@pytest.mark.parametrize("swap", [True, False])
def test_a_folder_is_replaced_with_all_that_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swap: bool
) -> None:
    if not swap:
        monkeypatch.setattr(atomic.ctypes, "CDLL", lambda name: object())  # a system without an exchange
    path = tmp_path / "report"
    for text in ("old", "new"):
        with replacing_folder(path) as folder:
            (folder / text).write_text(text)
        assert names(path) == [text]
    with pytest.raises(ValueError, match="no"), replacing_folder(path) as folder:
        (folder / "third").write_text("half")
        raise ValueError("no")
    assert names(path) == ["new"]
    assert names(tmp_path) == ["report"]


def test_the_current_folder_is_filled_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old").write_text("old")
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    with replacing_folder(Path()) as folder:
        (folder / "new").write_text("new")
    assert (names(tmp_path), tmp_path.stat().st_ino) == (["new"], before)


def test_an_old_folder_that_a_kill_left_aside_comes_back(tmp_path: Path) -> None:
    aside = tmp_path / ".report.onrecord-new.old"
    aside.mkdir()
    (aside / "page").write_text("old")
    with pytest.raises(ValueError, match="no"), replacing_folder(tmp_path / "report"):
        raise ValueError("no")
    assert names(tmp_path / "report") == ["page"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_kill_leaves_the_old_file_and_the_next_run_clears_up(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    pid = os.fork()
    if not pid:
        with replacing(path) as file:
            file.write("half" * 100_000)
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    assert path.read_text() == "old"
    with replacing(path) as file:
        file.write("new")
    assert names(tmp_path) == ["a.csv"]
