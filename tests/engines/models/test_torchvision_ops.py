"""torchvision imports after the missing operators are declared."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

_PROGRAM = """
import warnings
warnings.simplefilter("error")
from engines.models.torchvision_ops import declare_missing_operators
first = declare_missing_operators()
assert declare_missing_operators() == first
import torchvision
assert torchvision.models.squeezenet1_1().features
import torch
assert hasattr(torch.ops.torchvision, "nms")
"""


@pytest.mark.skipif(importlib.util.find_spec("torchvision") is None, reason="needs the optional package torchvision")
def test_torchvision_imports_in_a_fresh_interpreter(pytestconfig: pytest.Config) -> None:
    # A fresh interpreter: the order of imports is the very thing under test.
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=pytestconfig.rootpath, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
