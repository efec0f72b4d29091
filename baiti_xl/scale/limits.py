"""What a process that reads the files of others may take: memory and time, held by the system itself.

On Unix the standard library's `resource`; on Windows a job object through pywin32, which xlwings brings along there.
The Windows half was not tried on Windows. macOS does not tell how many addresses a process has taken, so that memory is not
bounded there, only time.
"""

import math
import sys
import time

SECONDS = 5  # of computing for one file, however busy the machine is
MEMORY = (
    1 << 30
)  # of addresses, beyond those of a process that has read nothing; what is allowed fills half of them
RETIRE = 256 << 20  # a process that ever held so much more is not used again
OVER_MEMORY = f"要用的内存超过 {MEMORY >> 20} MB"
OVERDRAWN = 1816  # how Windows ends a process that has had its time (ERROR_NOT_ENOUGH_QUOTA)

if sys.platform == "win32":
    from typing import Any

    import win32api
    import win32job
    import win32process

    class Limits:
        """The bounds of this process."""

        def __init__(self) -> None:
            self.job = win32job.CreateJobObject(None, "")
            self.start = self.peak()
            self.renew()
            win32job.AssignProcessToJobObject(self.job, win32api.GetCurrentProcess())

        def renew(self) -> None:
            """Allow the time for one more file."""
            kind = win32job.JobObjectExtendedLimitInformation
            told: dict[str, Any] = win32job.QueryInformationJobObject(self.job, kind)
            basic = told["BasicLimitInformation"]
            basic["LimitFlags"] = (
                win32job.JOB_OBJECT_LIMIT_PROCESS_MEMORY | win32job.JOB_OBJECT_LIMIT_PROCESS_TIME
            )
            basic["PerProcessUserTimeLimit"] = int((time.process_time() + SECONDS) * 10_000_000)
            told["ProcessMemoryLimit"] = self.start + MEMORY
            win32job.SetInformationJobObject(self.job, kind, told)

        def peak(self) -> int:
            """Return the most bytes that this process ever held."""
            told = win32process.GetProcessMemoryInfo(win32api.GetCurrentProcess())
            return int(told["PeakPagefileUsage"])

        @property
        def is_spent(self) -> bool:
            """Whether so much was held once that the next file should have a fresh process."""
            return self.peak() > self.start + RETIRE

else:
    PEAK_UNIT = 1 if sys.platform == "darwin" else 1024

    class Limits:
        """The bounds of this process."""

        def __init__(self) -> None:
            import resource

            self.start = self.peak()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if held := address_space():
                self.bound(resource.RLIMIT_AS, held + MEMORY)

        def bound(self, kind: int, most: int) -> None:
            """Bound one thing; a bound that is narrower already stays."""
            import resource

            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))

        def renew(self) -> None:
            """Allow the time for one more file."""
            import resource

            self.bound(resource.RLIMIT_CPU, math.ceil(time.process_time()) + SECONDS)

        def peak(self) -> int:
            """Return the most bytes that this process ever held."""
            import resource

            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PEAK_UNIT

        @property
        def is_spent(self) -> bool:
            """Whether so much was held once that the next file should have a fresh process."""
            return self.peak() > self.start + RETIRE


def address_space() -> int:
    """Return how many bytes of addresses this process has taken, 0 where the system does not tell."""
    import resource

    try:
        with open("/proc/self/statm", encoding="ascii") as told:  # noqa: PTH123 - a file of the system's
            pages = int(told.read().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def is_overdue(status: int) -> bool:
    """Whether a process that ended so had used up its time."""
    if sys.platform == "win32":
        return status == OVERDRAWN
    import signal

    return status == -signal.SIGXCPU
