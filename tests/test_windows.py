"""What of Windows can be tried without it: nothing here was seen on Windows itself."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("baiti_xl", "doc_templates", "docs", "tests", "tools", "workbook")
# Every module of the program and of the tests is imported where what Unix alone has is not to be found.
WITHOUT = """
import os, signal, sys
for name in "fcntl grp pty pwd resource syslog termios tty".split():
    sys.modules[name] = None
for module, names in (
    (os, "fork forkpty getuid geteuid getpgid killpg setsid wait4 WIFSIGNALED WTERMSIG WEXITSTATUS"),
    (signal, "SIGALRM SIGHUP SIGKILL SIGPROF alarm setitimer"),
):
    for name in names.split():
        delattr(module, name)
import pytest
sys.exit(pytest.main(["--collect-only", "--assert=plain", "-p", "no:cacheprovider", "-o", "python_files=*.py", "baiti_xl", "tests"]))
"""
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]|[ .]$|(?i:^(con|prn|aux|nul|com\d|lpt\d)(\.|$))')


def test_all_is_imported_without_what_unix_alone_has() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-3000:]


def test_every_file_has_a_name_that_windows_can_hold() -> None:
    files = [
        path.relative_to(ROOT)
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if "__pycache__" not in path.parts
    ]
    assert [str(path) for path in files if FORBIDDEN.search(path.name)] == []
    spelt = Counter(path.as_posix().casefold() for path in files)
    assert [name for name, times in spelt.items() if times > 1] == []
