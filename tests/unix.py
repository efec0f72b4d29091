"""What Unix alone has: a test that needs it is skipped elsewhere and says why."""

import os

import pytest

needs_fork = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="forks, kills or measures a process as Unix alone can"
)
