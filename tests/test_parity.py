"""Every button has a handler and a command of its own; the two shells offer the same."""

import re
import shlex

import click
import pytest

from baiti_xl.books import macros
from baiti_xl.books.macros import CONSOLE_BUTTONS, RIBBON_BUTTONS, Button
from baiti_xl.cli import main
from baiti_xl.excel.buttons import handlers

BUTTONS = (*CONSOLE_BUTTONS, *RIBBON_BUTTONS)


def command_of(words: list[str]) -> click.Command | None:
    """Return the command that some words begin with."""
    found: click.Command | None = main
    for word in words:
        if not isinstance(found, click.Group) or word.startswith("-"):
            break
        found = found.commands.get(word)
    return found


@pytest.mark.parametrize("button", BUTTONS, ids=lambda b: b.label)
def test_every_button_has_a_command_with_these_options(button: Button) -> None:
    assert button.commands
    for line in button.commands:
        program, *words = shlex.split(line)
        command = command_of(words)
        assert program == "baiti-xl" and command is not None, (
            f"there is no command for {button.label}: {line}"
        )
        known = {option for p in command.params for option in p.opts}
        assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("button", BUTTONS, ids=lambda b: b.label)
def test_every_button_has_a_handler(button: Button) -> None:
    doing, handler = handlers()[button.name]
    assert doing.startswith("正在")
    assert handler.__doc__


def test_every_handler_has_a_button() -> None:
    assert set(handlers()) == {button.name for button in BUTTONS}


def test_every_macro_asks_for_its_own_handler() -> None:
    for button, module in [
        *((b, "Buttons") for b in CONSOLE_BUTTONS),
        *((b, "Ribbon") for b in RIBBON_BUTTONS),
    ]:
        body = re.search(rf"Public Sub {button.macro}\((.*?)End Sub", macros.source(module), re.DOTALL)
        assert body, button.macro
        assert f"baiti_xl.excel.run('{button.name}')" in body[1]


def test_the_labels_are_those_written_here() -> None:
    console = (
        "下发模板 打开文件夹 规则检查 退回补正 汇总报送 打开结果 会审 生成文书… 核对文书 发送 升级 使用说明"
    )
    assert [b.label for b in CONSOLE_BUTTONS] == console.split()
    assert [b.label for b in RIBBON_BUTTONS][:4] == "校验本表 清除标记 指标与档次 预览汇总".split()
