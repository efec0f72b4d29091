"""A mail as a draft: an .eml that Outlook, Foxmail and others open with its files attached, to be looked over and sent by a person."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from email.generator import BytesGenerator
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from pathlib import PurePath

OFFICE = "vnd.openxmlformats-officedocument"
TYPES = {
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet",
    ".xls": "vnd.ms-excel",
    ".pdf": "pdf",
}
MORNING = (time(9), timezone(timedelta(hours=8)))  # of every draft, so that the same draft is the same bytes
WIRE = compat32.clone(linesep="\r\n", max_line_length=120)  # so wide that no header begins with an empty line


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that comes with a mail."""

    name: str
    data: bytes


def draft(to: Sequence[str], subject: str, body: str, attached: Sequence[Attached], day: date) -> bytes:
    """Return a mail that opens as a draft (`X-Unsent`), in plain text, dated the morning of a day.

    Who sends it, and its Message-ID, are for the program that sends it. The same arguments give the same bytes.
    """
    mail = MIMEMultipart(boundary=boundary(to, subject, body, attached))
    mail["X-Unsent"] = "1"
    mail["Date"] = format_datetime(datetime.combine(day, *MORNING))
    if to:
        mail["To"] = ", ".join(to)
    mail["Subject"] = encoded(subject)
    mail.attach(MIMEText(body.replace("\n", "\r\n"), "plain", "utf-8"))
    for file in attached:
        mail.attach(part_of(file))
    target = io.BytesIO()
    BytesGenerator(target, mangle_from_=False, policy=WIRE).flatten(mail)
    return target.getvalue()


def part_of(file: Attached) -> MIMEApplication:
    """Return a file as a part of a mail, its name said twice: as RFC 2231 has it, and encoded as older readers know it."""
    kind = TYPES.get(PurePath(file.name).suffix.lower(), "octet-stream")
    part = MIMEApplication(file.data, kind, name=encoded(file.name))
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", file.name))
    return part


def encoded(text: str) -> str:
    """Return a text as encoded words, of no more than the 75 characters that RFC 2047 allows one."""
    return Header(text, "utf-8", maxlinelen=75, header_name="Subject").encode()


def boundary(to: Sequence[str], subject: str, body: str, attached: Sequence[Attached]) -> str:
    """Return what parts a mail: made of what is in it; `=_` stands in no line of base64."""
    digest = hashlib.sha256(repr((to, subject, body)).encode())
    for file in attached:
        digest.update(repr(file.name).encode() + hashlib.sha256(file.data).digest())
    return f"=_{digest.hexdigest()[:32]}"
