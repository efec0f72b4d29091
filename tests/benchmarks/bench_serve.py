"""Units hand in through the reporting desk within a minute while the office consolidates: answers, memory, and nothing lost."""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
from serving import form, hidden_of, token_of

from baiti_xl import desk
from baiti_xl.desk.receipts import handed_in
from baiti_xl.desk.store import Store
from baiti_xl.serve.accounts import made, set_codes
from baiti_xl.serve.place import Place

START = "from baiti_xl.cli import main; main()"


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start the server as a program of its own; give its address."""
    command = [sys.executable, "-c", START, "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stderr or ():
                if found := re.search(r"http://[\d.:]+", line):
                    yield found[0], process
                    break
        finally:
            process.terminate()


def peak(process: subprocess.Popen[str]) -> int:
    """Return the most memory that a process held, in MB."""
    told = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", told)
    return int(found[1]) >> 10 if found else 0


class Unit(threading.Thread):
    """One unit's clerk: signs in, drops a form and hands it in, at its moment."""

    def __init__(self, address: str, code: str, access: str, wait: float) -> None:
        super().__init__()
        self.address, self.code, self.access, self.wait = address, code, access, wait
        self.data = form(code, batch=2)
        self.answers: list[float] = []
        self.receipt: tuple[int, str] | None = None  # its number and hash, as the page showed it

    def timed(self, client: httpx.Client, method: str, path: str, **more: object) -> httpx.Response:
        """Send a request and note how long the answer took."""
        started = time.perf_counter()
        answer = client.request(method, path, **more)  # type: ignore[arg-type]
        self.answers.append(time.perf_counter() - started)
        return answer

    def run(self) -> None:
        """Do it."""
        time.sleep(self.wait)
        with httpx.Client(base_url=self.address, follow_redirects=True, timeout=120) as client:
            page = self.timed(client, "POST", "/login", data={"name": self.code, "code": self.access})
            token = token_of(page.text, "/unit/check")
            files = {"form": (f"{self.code}.xlsx", self.data)}
            page = self.timed(client, "POST", "/unit/check", data={"token": token}, files=files)
            page = self.timed(client, "POST", "/unit/hand-in", data=hidden_of(page.text, "/unit/hand-in"))
            number, found = re.search(r"-(\d{5})</strong>", page.text), re.search(r"SHA-256 (\w+)", page.text)
            self.receipt = (int(number[1]), found[1]) if number and found else None


def consolidating(address: str, access: str, until: threading.Event, runs: list[int]) -> None:
    """Consolidate again and again, as an office that cannot wait."""
    with httpx.Client(base_url=address, follow_redirects=True, timeout=120) as client:
        client.post("/login", data={"name": "办公室", "code": access})
        while not until.is_set():
            page = client.get("/office/actions")
            if 'role="status">读取' not in page.text:
                token = token_of(page.text, "/office/act")
                client.post("/office/act", data={"token": token, "action": "consolidate"})
                runs[0] += 1
            client.get("/office")
            time.sleep(1)


def main() -> None:
    """Run it and print a line of figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=55)
    asked = parser.parse_args()
    root = Path(tempfile.mkdtemp())
    folder = root / "竞赛"
    desk.init(folder)
    place = Place(folder)
    units = [unit.code for unit in place.book.units[: asked.units]]
    codes = {name: made() for name in (*units, "办公室", "领导")}
    set_codes(place.store, place.book, codes.items(), "样例甲", place.now())
    place.close()
    (folder / "报送" / "先到.xlsx").write_bytes(form(units[0], batch=1, tables={}))
    with served(folder) as (address, process):
        done, runs = threading.Event(), [0]
        office = threading.Thread(target=consolidating, args=(address, codes["办公室"], done, runs))
        clerks = [
            Unit(address, code, codes[code], asked.seconds * at / len(units)) for at, code in enumerate(units)
        ]
        office.start()
        started = time.perf_counter()
        for clerk in clerks:
            clerk.start()
        for clerk in clerks:
            clerk.join()
        took, held = time.perf_counter() - started, peak(process)
        done.set()
        office.join()
    register = [(receipt.number, receipt.hash, receipt.unit) for receipt in handed_in(Store(folder))]
    told = [(*(clerk.receipt or (0, "")), clerk.code) for clerk in clerks]
    lost = [code for number, digest, code in told if (number, digest, code) not in register]
    untold = len(register) - len({number for number, _, _ in told if number})
    answers = sorted(seconds for clerk in clerks for seconds in clerk.answers)
    checks = [clerk.answers[1] for clerk in clerks]
    import resource

    kept = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    sys.stdout.write(
        f"{len(units)} units in {took:.0f} s, {runs[0]} consolidations beside; lost {lost or 'none'}, "
        f"{len(register)} receipts in the register, {untold} that nobody was shown; "
        f"answers: median {statistics.median(answers):.2f} s, 95 % {answers[int(len(answers) * 0.95)]:.2f} s, "
        f"slowest {answers[-1]:.2f} s; a form read and checked: median {statistics.median(checks):.2f} s; "
        f"server at most {held} MB, any process {kept} MB; register sound: {not Store(folder).faults()}\n"
    )
    shutil.rmtree(root)


if __name__ == "__main__":
    main()
