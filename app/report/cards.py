"""What the model cards of the shipped weights say of their training."""

from __future__ import annotations

import re

from engines.models.registry import weights_folder

_NAME = re.compile(r"[a-z0-9_]+")
_PARAGRAPH = re.compile(r"^\*\*Train(?:ed on|ing\.)\*\*.*?(?=\n\s*\n|\Z)", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def trained_on(name: str, sha256: str) -> str:
    """The card's paragraph on training as plain text; empty where there is none, or the card is of other weights."""
    card = weights_folder() / f"{name}.md"
    if not _NAME.fullmatch(name) or not card.is_file():
        return ""
    text = card.read_text(encoding="utf-8")
    found = _PARAGRAPH.search(text) if sha256 and sha256 in text else None
    if found is None:
        return ""
    plain = _LINK.sub(r"\1", found[0]).replace("**", "").replace("`", "")
    # A list that followed is left out.
    return " ".join(plain.split()).removesuffix(":").rstrip(".") + "."
