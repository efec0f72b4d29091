"""The one error of an action that could not be carried out, and what an error of the system means to whoever reads it."""

import errno
import os
from pathlib import Path

from baiti_xl.errors import UserError

SHARING = (32, 33)  # of Windows: another program holds the file
REASONS = {  # by the system's number: why, and what to do
    errno.ENOSPC: ("磁盘已满", "请清理磁盘，或换一个盘"),
    errno.EDQUOT: ("本用户的磁盘限额已用完", "请清理文件，或请管理员放宽限额"),
    errno.EFBIG: ("文件超过这个磁盘允许的大小", "请换一个盘"),
    errno.EACCES: ("没有写入权限", "请关闭已打开的同名文件，或换一个输出文件夹"),
    errno.EPERM: ("没有写入权限", "请关闭已打开的同名文件，或换一个输出文件夹"),
    errno.EROFS: ("这个磁盘是只读的", "请换一个盘，或解除写保护"),
    errno.EBUSY: ("正被别的程序打开", "请关闭后再试"),
    errno.ETXTBSY: ("正被别的程序打开", "请关闭后再试"),
    errno.EAGAIN: ("正被别的程序打开", "请关闭后再试"),
    errno.ENAMETOOLONG: ("文件名或路径太长", "请换一个浅一些的文件夹，或把名称改短"),
    errno.ENOTDIR: ("路径中有一段不是文件夹", "请检查路径"),
    errno.EISDIR: ("同名的是文件夹", "请改名或移走它"),
    errno.EEXIST: ("已有同名文件", "请改名或移走它"),
    errno.ENOTEMPTY: ("同名文件夹里有文件", "请改名或移走它"),
    errno.ENOENT: ("文件夹不在了", "请检查路径"),
    errno.EINVAL: ("名称里有这个磁盘不能用的字符", "请改名或换一个盘"),
    errno.ELOOP: ("链接绕成了圈", "请检查路径"),
    errno.EMFILE: ("同时打开的文件太多", "请关闭别的程序后再试"),
    errno.ENFILE: ("同时打开的文件太多", "请关闭别的程序后再试"),
    errno.EIO: ("磁盘或网络读写出错", "请检查磁盘和网络后再试"),
    errno.ENODEV: ("磁盘或网络断开了", "请接好后再试"),
    errno.ESTALE: ("网络文件夹断开了", "请重新连接后再试"),
    errno.ENETDOWN: ("网络断开了", "请重新连接后再试"),
    errno.ETIMEDOUT: ("网络没有回应", "请稍后再试"),
    errno.EXDEV: ("跨了磁盘", "请换一个输出文件夹"),
}
NO_ENTRIES = ("磁盘上的文件个数已到上限", "请删去不用的小文件，或换一个盘")
IN_USE = ("正被别的程序打开", "请关闭后再试")


class ActionError(UserError):
    """The action could not be carried out; the message is one clear sentence for the operator."""


def cannot_write(place: object, error: OSError) -> str:
    """Return the sentence for a file or folder that could not be written: what, why, what to do."""
    reason, remedy = reason_of(error, Path(str(place)))
    return f"无法写入 {place}（{reason}）。{remedy}。"


def reason_of(error: OSError, place: Path) -> tuple[str, str]:
    """Return why the system refused, and what to do; an error of an unknown number in the system's own words."""
    if getattr(error, "winerror", None) in SHARING:
        return IN_USE
    if error.errno == errno.ENOSPC and is_out_of_entries(place):
        return NO_ENTRIES
    return REASONS.get(error.errno or 0, (error.strerror or str(error), "请检查磁盘空间和路径"))


def is_out_of_entries(place: Path) -> bool:
    """Whether a disk has room for bytes but for no more files, which the system tells with the same number."""
    near = next((p for p in (place, *place.absolute().parents) if p.is_dir()), None)
    if near is None or not hasattr(os, "statvfs"):
        return False
    held = os.statvfs(near)
    return held.f_files > 0 and held.f_favail == 0 and held.f_bavail > 0
