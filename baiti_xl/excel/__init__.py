"""Excel: what happens when staff click a button, through xlwings' public API only.

The VBA of each button says `import baiti_xl.excel; baiti_xl.excel.run('check')`. The functions for cells
stand here too, since Excel looks for them by the name of this module.
"""

from baiti_xl.excel.buttons import run
from baiti_xl.excel.functions import BT_KEY, BT_SCORE, BT_TASK, BT_TIER

__all__ = ["BT_KEY", "BT_SCORE", "BT_TASK", "BT_TIER", "run"]
