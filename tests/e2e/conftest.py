"""Fixtures for the tests that drive the program as its user would."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.screen import x_server


@pytest.fixture
def display() -> Iterator[str]:
    """A screen without a monitor; its name. Skips the test where there can be none."""
    with x_server() as name:
        yield name
