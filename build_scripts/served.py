"""The folder that a live preview serves, kept over a rebuild: what is there already is not written again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_ASIDE = ".aside"
"""A hidden name, which whoever empties the folder leaves alone."""


@dataclass
class Folder:
    """What the last build left at which path; None for what is made anew in every build."""

    left: dict[str, bytes | None] = field(default_factory=dict)
    now: dict[str, bytes | None] = field(default_factory=dict)
    whole: bool = False
    """Whether the last build came to its end; of another nothing is believed."""

    def put_aside(self, folder: Path) -> None:
        """Hides what the folder holds from the cleaning before a build."""
        aside = folder / _ASIDE
        if aside.exists():
            shutil.rmtree(aside)
        self.left, self.now, self.whole = self.now if self.whole else {}, {}, False
        if self.left:
            aside.mkdir()
            for path in folder.iterdir():
                if not path.name.startswith("."):
                    path.rename(aside / path.name)

    def put_back(self, folder: Path) -> None:
        """Brings it back after the cleaning."""
        aside = folder / _ASIDE
        if aside.exists():
            for path in aside.iterdir():
                path.rename(folder / path.name)
            aside.rmdir()

    def holds(self, path: str, content: bytes | None) -> bool:
        """Whether a path has this content already; it will have it in any case."""
        self.now[path] = content
        return content is not None and self.left.get(path) == content

    def finish(self) -> None:
        """Removes what the last build left and this one did not."""
        for path in self.left.keys() - self.now.keys():
            Path(path).unlink(missing_ok=True)
        self.left, self.whole = {}, True


class Compiled(BytecodeCache):
    """Templates as they were compiled before, by their names and texts."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None, "only what was compiled is kept"
        self.codes[bucket.key, bucket.checksum] = bucket.code
