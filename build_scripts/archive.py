"""A folder as one zip file: the same files and day give the same bytes."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping

FIRST_DAY = 315_532_800
"""1980-01-01 in seconds; a zip file knows no earlier day."""


def zipped(files: Mapping[str, bytes], seconds: int | None, folder: str) -> bytes:
    """The files under one folder as a zip file, every one dated to the same second."""
    day = time.gmtime(max(seconds or 0, FIRST_DAY))[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{path}", day)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # else the system that packs it would show
            packed.writestr(entry, content)
    return out.getvalue()
