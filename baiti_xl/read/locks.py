"""Files that Excel opens without asking though they are encrypted, with its default password: 保护工作簿 and 只读 leave such.

msoffcrypto-tool decrypts; what would keep it busy for long is left locked.
"""

import io
import re

DEFAULT = "VelvetSweatshop"
# Excel turns the password a hundred thousand times, which takes a tenth of a second.
MAX_SPINS = 100_000
MAX_DESCRIPTION = 16 << 10
# An old workbook is decrypted byte by byte.
MAX_OLD = 8 << 20
SPINS = re.compile(rb"""spinCount\s*=\s*["'](\d+)["']""")


def unlocked(data: bytes, description: bytes | None) -> bytes | None:
    """Return a file that the default password opens, decrypted; None if it needs another.

    `description` is the stream EncryptionInfo of a new workbook, None for an old one. The container has been looked at.
    """
    if description is None:
        return decrypted(data, is_old=True) if len(data) <= MAX_OLD else None
    counts = [int(found) for found in SPINS.findall(description)]
    if len(description) > MAX_DESCRIPTION or b"<!" in description or max(counts, default=0) > MAX_SPINS:
        return None
    found = decrypted(data, is_old=False)
    return found if found is not None and found.startswith(b"PK") else None


def decrypted(data: bytes, is_old: bool) -> bytes | None:
    """Return the decrypted file, None if the password does not fit or the file is odd."""
    from msoffcrypto.format.ooxml import OOXMLFile
    from msoffcrypto.format.xls97 import Xls97File

    target = io.BytesIO()
    try:
        if is_old:
            file = Xls97File(io.BytesIO(data))
            file.load_key(DEFAULT)  # which verifies it
        else:
            file = OOXMLFile(io.BytesIO(data))
            file.load_key(DEFAULT, verify_password=True)
        file.decrypt(target)
    except Exception:  # msoffcrypto trips over odd files in many ways
        return None
    return target.getvalue()
