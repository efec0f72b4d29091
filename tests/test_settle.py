"""What hangs on the final text is put into place once the text is there."""

import re
import zipfile
from io import BytesIO

import pytest

from baiti_xl.press.layout import PageStyle, build_template
from baiti_xl.press.layout_check import check_layout
from baiti_xl.press.settle import settle

SOURCE = """版式: {form}
发文机关标志: {{{{ 发文机关 }}}}
文号: 台政办〔2011〕9号
标题: 通报
署名: {{{{ 发文机关 }}}}
成文日期: 2011年5月13日

正文。
"""


def filled(form: str, signer: str, *, seal: bool = False) -> bytes:
    """A template with its one tag replaced, as the engine does."""
    template = build_template(SOURCE.format(form=form), style=PageStyle(seal=seal))
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(template)) as before, zipfile.ZipFile(stream, "w") as after:
        for entry in before.infolist():
            after.writestr(entry, before.read(entry).replace("{{ 发文机关 }}".encode(), signer.encode()))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("signer", "seal", "before"),
    [
        ("台前县人民政府办公室", False, set()),
        ("台前县招商引资百日竞赛活动领导小组", False, {"sign-place"}),
        ("县商务局", False, {"sign-place"}),
        ("县商务局", True, set()),
        ("台前县招商引资百日竞赛活动领导小组办公室", True, {"seal-place"}),
    ],
)
def test_the_signature_goes_where_its_length_asks_for(signer: str, seal: bool, before: set[str]) -> None:
    """7.3.5.1 and 7.3.5.2."""
    content = filled("公文", signer, seal=seal)
    assert {fault.rule for fault in check_layout(content)} == before
    assert check_layout(settle(content)) == ()


@pytest.mark.parametrize(("form", "part"), [("公文", "document"), ("信函", "header1")])
def test_a_long_name_is_made_to_fit(form: str, part: str) -> None:
    """7.2.4: on one line of 156 mm."""
    content = settle(filled(form, "台前县招商引资百日竞赛活动领导小组办公室"))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        xml = archive.read(f"word/{part}.xml").decode()
    size = re.search(r'标志"/>.*?<w:sz w:val="(\d+)"', xml)
    assert size is not None and int(size.group(1)) / 2 * 20 <= 156 / 25.4 * 72


def test_nothing_else_changes_and_settling_twice_is_settling_once() -> None:
    once = settle(filled("公文", "县商务局"))
    assert settle(once) == once
    plain = build_template("标题: 通报\n\n正文。")
    with zipfile.ZipFile(BytesIO(plain)) as before, zipfile.ZipFile(BytesIO(settle(plain))) as after:
        assert {name: before.read(name) for name in before.namelist()} == {
            name: after.read(name) for name in after.namelist()
        }
