"""Access codes given out: a mail draft a unit, and a list to print and cut; each code is written this once and kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk import CONSOLE_NAMES, ActionError, load_rules
from baiti_xl.desk.mail import draft
from baiti_xl.desk.outputs import write_file
from baiti_xl.desk.sending import as_notepad
from baiti_xl.desk.store import Store
from baiti_xl.serve.accounts import Role, accounts, made, role_of, set_codes

FOLDER, LIST = "访问码", "访问码清单.txt"
BODY = """{unit}：

{contest}的报送表可以在网上交送。地址由办公室另行通知。

    账号　　{name}
    访问码　{code}

访问码只发这一次，请交给填报人妥善保管；登录后可以在“改访问码”里换成自己的。忘了的，请办公室重发。

{office}
"""


@dataclass(frozen=True, slots=True)
class Given:
    """Codes that were given out: for how many, and the folder of the drafts and the list."""

    count: int
    folder: Path


def give_out(out: Path, names: Sequence[str] = (), *, console: Path | None = None, who: str) -> Given:
    """Make new codes for some accounts (default: for every unit that has none), and write them out.

    They are entered first, so that no slip is out that opens no door. Raises ActionError, OutputError or StoreError.
    """
    console = console or next((p for n in CONSOLE_NAMES if (p := Path.cwd() / n).is_file()), None)
    if console is None:
        raise ActionError("这里没有操作台。请在工作文件夹里运行，或用 --console 给出操作台。")
    book, store, now = load_rules(console), Store(console.parent), datetime.now()
    store.create()
    held = accounts(store, book)
    wanted = names or [u.code for u in book.units if not u.is_merged(now.date()) and u.code not in held]
    fresh = [(name, made()) for name in wanted]
    set_codes(store, book, fresh, who, now)
    folder = out / FOLDER
    for name, code in fresh:
        if role_of(name, book) is Role.UNIT:
            write_mail(folder, name, code, book, now)
    if fresh:
        slips = "\n".join(slip(name, code, book) for name, code in fresh)
        write_file(folder, f"{now:%Y%m%d%H%M%S}_{LIST}", as_notepad(slips))
    return Given(len(fresh), folder)


def title(name: str, book: Rulebook) -> str:
    """Return whose account it is."""
    unit = book.unit(name)
    return unit.name if unit else name


def write_mail(folder: Path, name: str, code: str, book: Rulebook, now: datetime) -> None:
    """Write the draft of the mail that brings a unit its code; an earlier one stays beside it."""
    unit = book.unit(name)
    to = unit.mail if unit else ()
    body = BODY.format(unit=title(name, book), contest=book.contest, name=name, code=code, office=book.office)
    data = draft(to, f"{book.contest}网上交送的访问码", body, (), now.date())
    write_file(folder, f"{name}_{title(name, book)}_访问码.eml", data)


def slip(name: str, code: str, book: Rulebook) -> str:
    """Return one slip of the list."""
    return f"{'-' * 48}\n{title(name, book)}\n账号　{name}　　访问码　{code}\n登录后请换成自己的；忘了的，请办公室重发。\n"
