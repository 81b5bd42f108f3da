"""How the C2PA SDK is set up: nothing is fetched, nothing is trusted that nobody named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NO_NETWORK: Mapping[str, Any] = {"remote_manifest_fetch": False, "ocsp_fetch": False}

SIGNING: dict[str, Any] = {
    "verify": {**_NO_NETWORK, "verify_after_sign": False},
    "builder": {"thumbnail": {"enabled": False}},
}
"""What is signed is read back from the disk instead, by `read_credential`."""


def reading(anchors: str) -> dict[str, Any]:
    """anchors: PEM certificates of the authorities that are trusted; empty for none."""
    settings: dict[str, Any] = {"verify": dict(_NO_NETWORK)}
    if anchors:
        settings["trust"] = {"user_anchors": anchors}
    return settings
