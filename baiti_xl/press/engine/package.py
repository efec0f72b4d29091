"""Opening a .docx that may be hostile: whatever is wrong with it as a whole is one fault."""

from typing import NoReturn

from baiti_xl.ooxml.markup import BadXml, Element, parse
from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import TYPES, BadZip, Entry, entries_of
from baiti_xl.press.engine.faults import TemplateErrors, TemplateFault

MB = 1024 * 1024
MOST_ENTRIES = 2000
BIGGEST_FILE = 50 * MB
BIGGEST_ENTRY = 50 * MB
BIGGEST_WHOLE = 200 * MB
ENCRYPTED = b"\xd0\xcf\x11\xe0"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SAVE_AS = "用 Word 另存为 .docx"
REOPEN = "用 Word 打开后另存为 .docx"
ANOTHER = "换一份正常的模板"
FORBIDDEN_RELATIONS = {
    "attachedTemplate": ("挂接了另一个模板文件", "在 Word 的文档模板设置里改为 Normal 后另存"),
    "vbaProject": ("含有宏", "另存为不带宏的 .docx"),
    "control": ("含有 ActiveX 控件", "删去控件"),
    "oleObject": ("嵌入了对象", "删去对象，改用文字或图片"),
    "aFChunk": ("嵌入了外部文档", "把内容直接写进模板"),
    "origin": ("带有数字签名", "另存为不带签名的文件"),
}


class Template(Package):
    """An opened template whose entries are all sound; `main` is the name of the document part.

    Its trees are all its XML parts, without comments and instructions.
    """

    main: str


def open_package(data: bytes, name: str) -> Template:
    """The template opened; raises TemplateErrors for anything but a sound, harmless .docx."""
    return _Opening(name).template(data)


class _Opening:
    """Opens the file that messages call by this name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def refuse(self, problem: str, remedy: str, where: str = "") -> NoReturn:
        raise TemplateErrors(self.name, [TemplateFault(where or f"模板「{self.name}」", problem, remedy)])

    def template(self, data: bytes) -> Template:
        template = Template(self.entries(data))
        for name, entry in template.entries.items():
            if name.lower().endswith((".xml", ".rels")):
                template.trees[name] = self.root(entry)
        if TYPES not in template.trees:
            self.refuse("不是 Word 文档（缺少内容类型清单）", SAVE_AS)
        main = template.related("", "officeDocument")
        if len(main) != 1 or main[0] not in template.trees:
            self.refuse("不是 Word 文档（找不到正文）", SAVE_AS)
        template.main = main[0]
        self.check_type(template.content_type(template.main))
        faults = [
            TemplateFault(f"部件 {name}", *complaint)
            for name, root in template.trees.items()
            for relation in (root if name.endswith(".rels") else ())
            if (complaint := _complaint(relation))
        ]
        if faults:
            raise TemplateErrors(self.name, faults)
        return template

    def entries(self, data: bytes) -> list[Entry]:
        """The entries of the file, each unpacked once to see that it is whole."""
        if data.startswith(ENCRYPTED):
            self.refuse("是加密的文件或旧版 .doc", "去掉密码，用 Word 另存为 .docx")
        if len(data) > BIGGEST_FILE:
            self.refuse("文件太大", "压缩其中的图片")
        try:
            entries = entries_of(data)
            self.check_entries(entries)
            for entry in entries:
                entry.data()
        except BadZip:
            self.refuse("不是 Word 文档，或文件已损坏", REOPEN)
        return entries

    def check_entries(self, entries: list[Entry]) -> None:
        sizes = [entry.size for entry in entries]
        if len(entries) > MOST_ENTRIES or max(sizes, default=0) > BIGGEST_ENTRY or sum(sizes) > BIGGEST_WHOLE:
            self.refuse("解压后过大，可能是压缩炸弹", ANOTHER)
        if len({entry.name.lower() for entry in entries}) != len(entries):
            self.refuse("压缩包里有重名的部件", REOPEN)
        if not all(_is_safe(entry.name) for entry in entries):
            self.refuse("压缩包里有不安全的路径", ANOTHER)
        if any(entry.locked for entry in entries):
            self.refuse("压缩包加了密码", "去掉密码")

    def root(self, entry: Entry) -> Element:
        try:
            return parse(entry.data(), bare=True)
        except BadXml as error:
            self.refuse(str(error), REOPEN, f"部件 {entry.name}")

    def check_type(self, found: str) -> None:
        if "macroEnabled" in found:
            self.refuse("含有宏", "另存为不带宏的 .docx")
        if "template" in found:
            self.refuse("是 .dotx 模板文件", "另存为 .docx")
        if found != MAIN_TYPE:
            self.refuse("不是 Word 文档", SAVE_AS)


def _complaint(relation: Element) -> tuple[str, str] | None:
    kind = relation.get("Type", "").rpartition("/")[2]
    if kind != "attachedTemplate" and relation.get("TargetMode") == "External" and kind != "hyperlink":
        return f"引用了文件外的内容（{kind}：{relation.get('Target', '')[:60]}）", "把内容嵌入模板或删去引用"
    return FORBIDDEN_RELATIONS.get(kind)


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    return "\\" not in name and ":" not in name and ".." not in parts and "" not in parts and len(name) < 250
