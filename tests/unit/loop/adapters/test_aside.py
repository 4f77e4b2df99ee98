"""What several redraft set aside is seen by each, whatever the disk and the system do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from loop.adapters.aside import Aside
from loop.adapters.lock import take


def test_one_who_could_not_write_it_down_has_nothing_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    one, other = Aside(tmp_path), Aside(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            one.put(0.6)
    assert other.others() == 0.0
    one.clear()
    assert other.others() is None


def test_what_others_set_aside_is_read_where_a_try_at_a_lock_moves_on_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_on_windows(descriptor: int) -> bool:
        os.lseek(descriptor, 1 << 20, os.SEEK_SET)
        return take(descriptor)

    monkeypatch.setattr("loop.adapters.aside.take", as_on_windows)
    one, other = Aside(tmp_path), Aside(tmp_path)
    one.put(0.6)
    assert other.others() == pytest.approx(0.6)
