"""What the registry of Windows says of Excel, Python and the guards of Office.

Only read, never written. Places: `Excel.Application` and its server (COM), PEP 514 (Pythons), Microsoft's
administrative templates of Office 2016 and later, and of Defender's attack surface reduction, whose rules
come by policy, by device management or by hand. Not seen on Windows.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

PROGRAM = "Excel.Application"
OFFICE = r"Software\Microsoft\Office\16.0\Excel"
POLICY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
DEFENDER = r"SOFTWARE\{}Microsoft\Windows Defender"
GUARD = r"Windows Defender Exploit Guard\ASR\Rules"
PYTHONS = (r"HKCU\Software\Python", r"HKLM\Software\Python")


class Registry(Protocol):
    """A registry to read; keys are written HKCU\\…, a key that is not there or not allowed is empty."""

    def values(self, key: str) -> Mapping[str, Any]:
        """Return the values of a key by name; "" is the key's own."""
        ...

    def keys(self, key: str) -> tuple[str, ...]:
        """Return the names of the keys below a key."""
        ...


@dataclass(frozen=True, slots=True)
class Registered:
    """What the registry says: the program behind Excel.Application, Defender's rules by id with their action, the
    Pythons, the add-ins that Excel is told to open, the texts of those it has disabled, the policy for macros.
    """

    server: str = ""
    rules: Mapping[str, str] = field(default_factory=dict)
    pythons: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    macros: int = 0


def registered(registry: Registry) -> Registered:
    """Read all that `doctor` asks."""
    opened = registry.values(rf"HKCU\{OFFICE}\Options")
    disabled = registry.values(rf"HKCU\{OFFICE}\Resiliency\DisabledItems")
    return Registered(
        server(registry),
        dict(rules(registry)),
        tuple(dict.fromkeys(pythons(registry))),
        tuple(str(value) for name, value in opened.items() if name.upper().startswith("OPEN")),
        tuple(v.decode("utf-16-le", "replace") for v in disabled.values() if isinstance(v, bytes)),
        number(registry.values(rf"HKCU\{POLICY}").get("VBAWarnings")),
    )


def server(registry: Registry) -> str:
    """Return the command that Windows runs when a program asks for Excel, "" if there is none."""
    named = registry.values(rf"HKCR\{PROGRAM}\CLSID").get("")
    for branch in ("CLSID", r"WOW6432Node\CLSID"):
        command = registry.values(rf"HKCR\{branch}\{named}\LocalServer32").get("") if named else None
        if command:
            return str(command)
    return ""


def rules(registry: Registry) -> Iterator[tuple[str, str]]:
    """Yield Defender's rules for Office, id in small letters and action; what is set by policy comes last and holds."""
    for branch in ("", "Policies\\"):
        for name, action in registry.values(rf"HKLM\{DEFENDER.format(branch)}\{GUARD}").items():
            yield name.casefold(), str(action)
    managed = registry.values(rf"HKLM\{DEFENDER.format('Policies' + chr(92))}\Policy Manager").get("ASRRules")
    for pair in str(managed or "").split("|"):
        name, _, action = pair.partition("=")
        if action:
            yield name.strip("{} ").casefold(), action.strip()


def pythons(registry: Registry) -> Iterator[str]:
    """Yield the programs of the Pythons that are installed."""
    for root in PYTHONS:
        for company in registry.keys(root):
            for tag in registry.keys(rf"{root}\{company}"):
                found = registry.values(rf"{root}\{company}\{tag}\InstallPath")
                folder = str(found.get("") or "").rstrip("\\")
                program = found.get("ExecutablePath") or (folder and rf"{folder}\python.exe")
                if program:
                    yield str(program)


def number(value: Any) -> int:
    """Return a number of the registry, 0 if there is none."""
    return value if isinstance(value, int) else 0


class OfWindows:
    """The registry of the Windows we run on; elsewhere it is empty."""

    def values(self, key: str) -> Mapping[str, Any]:
        """Return the values of a key by name."""
        return dict(self._listed(key, values=True))

    def keys(self, key: str) -> tuple[str, ...]:
        """Return the names of the keys below a key."""
        return tuple(name for name, _ in self._listed(key, values=False))

    def _listed(self, key: str, *, values: bool) -> Iterator[tuple[str, Any]]:
        if sys.platform != "win32":
            return
        import winreg

        roots = {
            "HKCR": winreg.HKEY_CLASSES_ROOT,
            "HKCU": winreg.HKEY_CURRENT_USER,
            "HKLM": winreg.HKEY_LOCAL_MACHINE,
        }
        root, _, path = key.partition("\\")
        with suppress(OSError), winreg.OpenKey(roots[root], path) as opened:
            for at in count():
                yield winreg.EnumValue(opened, at)[:2] if values else (winreg.EnumKey(opened, at), None)
