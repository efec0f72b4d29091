"""The buttons: each runs a handler under the status bar, and says in a sentence what came of it."""

import logging
import os
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import xlwings as xw

from baiti_xl.errors import UserError
from baiti_xl.excel import office, unit
from baiti_xl.excel.click import TITLE, Cancelled, Click

ADDIN = "百日竞赛.xlam"
Handler = Callable[[Click], str]


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
        app.alert(text, title=TITLE, mode=mode)


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
        return explain(error), "critical"


def explain(error: Exception) -> str:
    """Return what to tell staff about an error."""
    if isinstance(error, UserError) and error.faults:
        shown = [f"· {fault}" for fault in error.faults[:15]]
        rest = [f"……共 {len(error.faults)} 处"] if len(error.faults) > 15 else []
        return "\n".join(["没有完成，请先改正以下各处再试：", *shown, *rest])
    if isinstance(error, UserError):
        return f"没有完成。{error}"
    return (
        "没有完成：程序遇到了没有料到的情况，工作簿没有改动。\n"
        f"请把这个文件发给维护人员：{data_folder() / 'excel.log'}"
    )


def data_folder() -> Path:
    """Return the folder of the user's own settings and logs."""
    home = os.environ.get("USERPROFILE") if sys.platform == "win32" else None
    return Path(home or Path.home(), ".baiti")


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


def lock_again(app: xw.App) -> None:
    """On a Mac, have the add-in protect the sheets again, since its VBA does not wait for Python."""
    if sys.platform != "darwin":
        return
    try:
        app.macro(f"'{ADDIN}'!BtLock")()
    except Exception:
        log().exception("BtLock")
