"""What the program itself put into a working folder, so that a later version can tell it from what staff made of it.

The record `.出厂.json` in 归档 holds the SHA-256 of every file as written. Folders of version 0.1 have
none; what it wrote is known by its hash.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from baiti_xl.desk.outputs import write_file
from baiti_xl.desk.store import FOLDER

RECORD = f"{FOLDER}/.出厂.json"
# The Word templates of 0.1.0.
RELEASED = {
    "协办函.docx": "de95b9333a46d57d39fb5ba0dae24b31c2c88f4a226a8fd8f3376e36ccb09bbe",
    "曝光送审稿.docx": "4ed2f1cdb3fefbebb573888a37af7b388ed9b79785efec2d16b36442302fdd76",
    "考核总结.docx": "6cf3a48665217cb18234bd9c011a8465e91583551bc3ba5e9debac56ea27d6d2",
    "考核评价表.docx": "b109012aab85413cbcdb18806021853f93dacbd09512fd5362b6d708cad47f05",
    "补正通知.docx": "db172c6a6eeb56cefca1abb8f39f83cfbbb78c373c583bf71483312c8da7973f",
    "表彰通报.docx": "14a8a27d9e87929f2d5644e0f7d9d591c43f58fbad9bab41c700a2b647e5b3f9",
    "说明通知书.docx": "6373cedd421a514b15b44fe5e324a18a2882796e9c257f550bd4ac6dd5f99634",
    "调度会通知.docx": "ca852d41b7b274e160d8214539ee3663bdcc2def9510dcb968d42b0f2e8f5459",
    "转发通知.docx": "6823f414934cff30943b9ba53ee76e710acfd37b91de97cb05f891a4b342b2bf",
    "进展通报.docx": "2b9afe955cfe4276525f391abc9eeeaf0b4e941991b61b0e2911109855244dac",
}


def recorded(folder: Path) -> dict[str, str]:
    """Return the hashes of what was written into a folder, by path there; none if the record is gone or damaged."""
    try:
        held = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in held.items()} if isinstance(held, dict) else {}


def remember(folder: Path, files: Mapping[str, bytes]) -> None:
    """Record files as the program wrote them, by path in the folder. Raises OutputError."""
    known = recorded(folder) | {name: digest(data) for name, data in files.items()}
    text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True)
    place = folder / RECORD
    write_file(place.parent, place.name, text.encode(), replace=True)


def is_untouched(folder: Path, name: str, data: bytes) -> bool:
    """Whether a file is still as some version of the program wrote it."""
    return digest(data) in (recorded(folder).get(name), RELEASED.get(Path(name).name))


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()
