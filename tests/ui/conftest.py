"""The window's tests run without a screen; every test must leave no window, thread or timer behind."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
