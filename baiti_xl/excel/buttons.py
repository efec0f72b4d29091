"""The buttons: each runs a handler under the status bar, and says in a sentence what came of it."""

import atexit
import logging
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import xlwings as xw

from baiti_xl.desk.machine import ADDIN, MAC, Machine
from baiti_xl.errors import UserError
from baiti_xl.excel import office, unit
from baiti_xl.excel.click import TITLE, Cancelled, Click, reason

Handler = Callable[[Click], str]
# What is true of the book when a click broke off, by button; of the others, that a part may be done.
UNCHANGED = "工作簿没有改动。"
HALF_MARKED = "填报的内容没有改动；标记可能只做了一部分，请点“清除标记”。"
HALF_DONE = "可能只做了一部分，请排除原因后再点一次。"
LEFT = dict.fromkeys(("figures", "preview", "results", "rules", "folder", "help"), UNCHANGED)
LEFT |= dict.fromkeys(("check", "clear"), HALF_MARKED)


def handlers() -> dict[str, tuple[str, Handler]]:
    """Return what each button does by its name: what the status bar says, and the handler."""
    return {
        "check": ("正在校验", unit.check),
        "clear": ("正在清除标记", unit.clear),
        "figures": ("正在计算指标", unit.figures),
        "preview": ("正在预览汇总", unit.preview),
        "issue": ("正在生成报送表", office.issue),
        "consolidate": ("正在汇总", office.consolidate),
        "results": ("正在打开结果", office.results),
        "review": ("正在会审", office.review),
        "documents": ("正在生成文书", office.documents),
        "verify": ("正在核对文书", office.verify),
        "send": ("正在做发件", office.send),
        "upgrade": ("正在升级", office.upgrade),
        "return": ("正在生成退回件", office.send_back),
        "rules": ("正在检查规则", office.rules),
        "folder": ("正在打开文件夹", office.folder),
        "help": ("正在打开说明", office.handbook),
    }


def run(name: str) -> None:
    """Carry out the click on a button. Whatever happens, staff see a sentence and never a traceback."""
    spare_other_excels()
    try:
        book = xw.Book.caller()
        app = book.app
    except Exception:
        log().exception("no caller: %s", name)
        sys.exit("Excel 没有回应。")
    try:
        text, mode = carry_out(name, Click(app, book))
    finally:
        lock_again(app)
    if text:
        tell(app, text, mode)


def tell(app: xw.App, text: str, mode: Any) -> None:
    """Show a message. If Excel is gone, nobody is there to read it: it goes where a failed Python's last words go."""
    try:
        app.alert(text, title=TITLE, mode=mode)
    except Exception:
        log().exception("no message")
        sys.exit(text)


def carry_out(name: str, click: Click) -> tuple[str, Any]:
    """Return what to tell staff, and how grave it is."""
    try:
        doing, handler = handlers()[name]
        with click.app.properties(status_bar=f"{TITLE}：{doing}……", screen_updating=False):
            return handler(click), "info"
    except Cancelled:
        return "", None
    except Exception as error:
        log().exception("%s", name)
        return explain(error, name), "critical"


def explain(error: Exception, name: str) -> str:
    """Return what to tell staff about an error of a button: why, what was changed, what to do."""
    if isinstance(error, UserError) and error.faults:
        shown = [f"· {fault}" for fault in error.faults[:15]]
        rest = [f"……共 {len(error.faults)} 处"] if len(error.faults) > 15 else []
        return "\n".join(["没有完成，请先改正以下各处再试：", *shown, *rest])
    if isinstance(error, UserError):
        return f"没有完成。{error}"
    left = LEFT.get(name, HALF_DONE)
    if why := reason(error):
        return f"没有完成。{why}\n{left}"
    return (
        f"没有完成：程序遇到了没有料到的情况。{left}\n请把这个文件发给维护人员：{data_folder() / 'excel.log'}"
    )


def data_folder() -> Path:
    """Return the folder of the user's own settings and logs."""
    return Machine.this().data


def log() -> logging.Logger:
    """Return the log of errors, kept small; without a place to write, it keeps silent."""
    logger = logging.getLogger("baiti_xl.excel")
    if not logger.handlers:
        logger.propagate = False
        logger.addHandler(log_handler())
    return logger


def log_handler() -> logging.Handler:
    """Return where the log goes."""
    try:
        data_folder().mkdir(parents=True, exist_ok=True)
        kept = RotatingFileHandler(
            data_folder() / "excel.log", maxBytes=1 << 20, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        return logging.NullHandler()
    kept.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    return kept


def spare_other_excels() -> None:
    """On Windows, keep xlwings from ending, when Python ends, each Excel that it cannot see (xlwings #2456)."""
    engine = sys.modules.get("xlwings._xlwindows")
    if engine is not None:
        atexit.unregister(engine.cleanup)


def lock_again(app: xw.App) -> None:
    """On a Mac, have the add-in protect the sheets again, since its VBA does not wait for Python."""
    if sys.platform != MAC:
        return
    try:
        app.macro(f"'{ADDIN}'!BtLock")()
    except Exception:
        log().exception("BtLock")
