"""A file or a folder that comes whole or not at all, whatever ends the process: a mistake, a full disk, a kill."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Writes a file; where that fails, what was there before stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_bytes(content)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        # A full disk does not say which file it refused.
        raise OSError(error.errno, error.strerror, str(path)) from None


def beside(there: Path, part: str = "") -> Path:
    """Where this process makes a folder that is to stand in another's place."""
    return there.with_name(f".{there.name}-{os.getpid()}{part}")


def put(new: Path, there: Path) -> None:
    """Puts a folder in another's place, in one step where the system can; what stood there is then where the new one was."""
    if not there.exists():
        new.rename(there)
    elif not _exchanged(new, there):
        old = beside(there, "-old")
        there.rename(old)
        try:
            new.rename(there)
        except OSError:
            old.rename(there)
            raise
        old.rename(new)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the system can put two folders in each other's place in one step, and did."""
    if sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "renameat2"):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return ctypes.CDLL(None).renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def clear(there: Path) -> None:
    """Takes away what killed processes have left beside a folder, and puts back what one of them had moved aside."""
    for left in sorted(there.parent.glob(f".{there.name}-*")):
        number = left.name.removeprefix(f".{there.name}-").partition("-")[0]
        if not number.isdigit() or _runs(int(number)):
            continue
        if left.name.endswith("-old") and not there.exists():
            left.rename(there)
        shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass
    return True
