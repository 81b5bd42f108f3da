"""The reason why a file is kept whole."""

from __future__ import annotations


class Unknown(Exception):  # noqa: N818 - no failure: the file is kept whole then
    """Its text is a clause for the user: why samples alone would not give the file back."""
