"""Submissions and parts at any fsspec address: s3://…, sftp://…, file://…, a shared folder."""

import re
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from baiti_xl.read.bounds import MAX_FILE
from baiti_xl.scale.errors import ClusterError, library

LOCAL = "file://"


def is_address(place: object) -> bool:
    """Whether a place is an fsspec address and no folder of this machine."""
    return isinstance(place, str) and "://" in place


def as_place(text: str) -> Path | str:
    """Return what was typed as a folder, or as the address it is; `file://` is a folder."""
    if text.startswith(LOCAL):
        return Path(re.sub(r"^/(?=[A-Za-z]:)", "", text.removeprefix(LOCAL)))
    return text if is_address(text) else Path(text)


@dataclass(frozen=True, slots=True)
class Stat:
    """What is known of a remote file: its size in bytes, and that it is a plain one, under the names a Path's answer has."""

    st_size: int
    st_mode: int = stat.S_IFREG


@dataclass(frozen=True, slots=True)
class Address:
    """One remote file and its size in bytes; stands where a Path does if all that is asked of it is its bytes."""

    url: str
    size: int = 0

    def __str__(self) -> str:
        return self.url

    def stat(self) -> "Stat":
        """Return what is known of the file without reading it."""
        return Stat(self.size)

    def read_bytes(self) -> bytes:
        """Return the file's bytes, no more than one beyond what is read; any other answer is an OSError."""
        try:
            with filesystems().open(self.url, "rb") as file:
                return bytes(file.read(MAX_FILE + 1))
        except OSError:
            raise
        except Exception as error:
            raise OSError(0, f"{type(error).__name__}：{error}", self.url) from error


def listing(address: str) -> list[tuple[str, Address]]:
    """Return (name below the address, file) of every file there, in order of name. Raises ClusterError."""
    try:
        files, root = filesystems().core.url_to_fs(address)
        found = [
            (PurePosixPath(path).relative_to(root), path, about.get("size") or 0)
            for path, about in files.find(root, detail=True).items()
        ]
    except ClusterError:
        raise
    except Exception as error:
        raise ClusterError(
            f"无法列出 {address}（{type(error).__name__}：{error}）。请核对地址和权限。"
        ) from error
    head, chain, tail = address.partition("::")
    return [
        (name.as_posix(), Address(f"{head.rstrip('/')}/{name.as_posix()}{chain}{tail}", size))
        for name, _, size in sorted(found)
    ]


def filesystems() -> Any:
    """Return fsspec."""
    return library("fsspec")
