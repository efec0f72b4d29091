"""What can go wrong with a distributed run, as one sentence for the operator."""

from importlib import import_module
from typing import Any

from baiti_xl.errors import UserError


class ClusterError(UserError):
    """The cluster or an address cannot be used; the message says why and what to do."""


def library(name: str) -> Any:
    """Return a library of the extra `cluster`, imported only now; raises ClusterError if it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        part = name.partition(".")[0]
        raise ClusterError(
            f"没有安装组件 {part}（集群、网络地址和超过 Excel 行数的总表要用）。请运行 pip install 'baiti-xl[cluster]' 后再试。"
        ) from error
