"""The docx file as a zip: opening one that may be hostile, writing one that is always the same.

Entries that do not change are kept deflated and copied raw.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from baiti_xl.ooxml.zips import TYPES, Entry, packed
from baiti_xl.press.engine.faults import TemplateErrors, TemplateFault
from baiti_xl.press.engine.wordxml import BadXml, Element, parse_xml

MB = 1024 * 1024
MOST_ENTRIES = 2000
BIGGEST_FILE = 50 * MB
BIGGEST_ENTRY = 50 * MB
BIGGEST_WHOLE = 200 * MB
STARTED = b"\xd0\xcf\x11\xe0"

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
FORBIDDEN_RELATIONS = {
    "vbaProject": ("含有宏", "另存为不带宏的 .docx"),
    "control": ("含有 ActiveX 控件", "删去控件"),
    "aFChunk": ("嵌入了外部文档", "把内容直接写进模板"),
    "origin": ("带有数字签名", "另存为不带签名的文件"),
}


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of a part: the last word of its type, and its target as a part name."""

    ident: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Package:
    """An opened template whose entries are all sound; `main` is the name of the document part."""

    entries: Mapping[str, Entry]
    roots: Mapping[str, Element]
    main: str

    def relations(self, part: str) -> tuple[Relation, ...]:
        """The internal relationships of a part."""
        root = self.roots.get(relations_name(part))
        return () if root is None else tuple(_relations(root, part))


def relations_name(part: str) -> str:
    """The entry that holds a part's relationships."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relations(root: Element, part: str) -> Iterable[Relation]:
    for relation in root:
        if relation.get("TargetMode") != "External":
            target = posixpath.join("/", posixpath.dirname(part), relation.get("Target", ""))
            kind = relation.get("Type", "").rpartition("/")[2]
            yield Relation(relation.get("Id", ""), kind, posixpath.normpath(target).lstrip("/"))


class _Opening:
    """Opens one file; whatever is wrong with it as a whole is one fault."""

    def __init__(self, data: bytes, name: str) -> None:
        self.source = data
        self.name = name

    def refuse(self, problem: str, remedy: str, where: str = "") -> NoReturn:
        raise TemplateErrors(self.name, [TemplateFault(where or f"模板「{self.name}」", problem, remedy)])

    def package(self) -> Package:
        entries = self.entries()
        roots = {name: self.root(entry) for name, entry in entries.items() if _is_xml(name)}
        if TYPES not in roots:
            self.refuse("不是 Word 文档（缺少内容类型清单）", "用 Word 另存为 .docx")
        package = Package(entries, roots, "")
        main = [one.target for one in package.relations("") if one.kind == "officeDocument"]
        if len(main) != 1 or main[0] not in roots:
            self.refuse("不是 Word 文档（找不到正文）", "用 Word 另存为 .docx")
        self.check_type(roots[TYPES], main[0])
        self.check_relations(roots)
        return Package(entries, roots, main[0])

    def entries(self) -> dict[str, Entry]:
        if self.source.startswith(STARTED):
            self.refuse("是加密的文件或旧版 .doc", "去掉密码，用 Word 另存为 .docx")
        if len(self.source) > BIGGEST_FILE:
            self.refuse("文件太大", "压缩其中的图片")
        try:
            with zipfile.ZipFile(io.BytesIO(self.source)) as archive:
                infos = self.sound(archive.infolist())
                return {info.filename: self.entry(archive, info) for info in infos}
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, OSError):
            self.refuse("不是 Word 文档，或文件已损坏", "用 Word 打开后另存为 .docx")

    def sound(self, infos: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
        files = [info for info in infos if not info.is_dir()]
        sizes = [info.file_size for info in files]
        if len(files) > MOST_ENTRIES or max(sizes, default=0) > BIGGEST_ENTRY or sum(sizes) > BIGGEST_WHOLE:
            self.refuse("解压后过大，可能是压缩炸弹", "换一份正常的模板")
        if len({info.filename.lower() for info in files}) != len(files):
            self.refuse("压缩包里有重名的部件", "用 Word 打开后另存为 .docx")
        if any(not _is_safe(info.filename) for info in files):
            self.refuse("压缩包里有不安全的路径", "换一份正常的模板")
        if any(info.flag_bits & 1 for info in files):
            self.refuse("压缩包加了密码", "去掉密码")
        return files

    def entry(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
        data = archive.read(info)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return packed(info.filename, data)
        offset = info.header_offset
        name_length, extra_length = struct.unpack_from("<2H", self.source, offset + 26)
        start = offset + 30 + name_length + extra_length
        raw = self.source[start : start + info.compress_size]
        return Entry(info.filename, info.compress_type, info.CRC, info.file_size, raw)

    def root(self, entry: Entry) -> Element:
        try:
            return parse_xml(entry.data())
        except BadXml as error:
            self.refuse(str(error), "用 Word 打开后另存为 .docx", f"部件 {entry.name}")

    def check_type(self, types: Element, main: str) -> None:
        found = content_type(types, main)
        if "macroEnabled" in found:
            self.refuse("含有宏", "另存为不带宏的 .docx")
        if "template" in found:
            self.refuse("是 .dotx 模板文件", "另存为 .docx")
        if found != MAIN_TYPE:
            self.refuse("不是 Word 文档", "用 Word 另存为 .docx")

    def check_relations(self, roots: Mapping[str, Element]) -> None:
        faults = [
            TemplateFault(f"部件 {name}", *complaint)
            for name, root in roots.items()
            if name.endswith(".rels")
            for relation in root
            if (complaint := _complaint(relation))
        ]
        if faults:
            raise TemplateErrors(self.name, faults)


def open_package(data: bytes, name: str) -> Package:
    """The template opened; raises TemplateErrors for anything but a sound, harmless .docx."""
    return _Opening(data, name).package()


def _complaint(relation: Element) -> tuple[str, str] | None:
    kind = relation.get("Type", "").rpartition("/")[2]
    if kind == "attachedTemplate":
        return "挂接了另一个模板文件", "在 Word 的文档模板设置里改为 Normal 后另存"
    if relation.get("TargetMode") == "External" and kind != "hyperlink":
        return f"引用了文件外的内容（{kind}：{relation.get('Target', '')[:60]}）", "把内容嵌入模板或删去引用"
    return FORBIDDEN_RELATIONS.get(kind)


def content_type(types: Element, part: str) -> str:
    """The content type of a part."""
    extension = part.rpartition(".")[2].lower()
    found = ""
    for one in types:
        if one.get("PartName", "").lower() == f"/{part}".lower():
            return one.get("ContentType", "")
        if one.get("Extension", "").lower() == extension:
            found = one.get("ContentType", "")
    return found


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    return "\\" not in name and ":" not in name and ".." not in parts and "" not in parts and len(name) < 250
