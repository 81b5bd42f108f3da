"""Brings an offered file to where it is used: into the model folder, or beside the metric that needs it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from engines.cancel import CancelToken
from engines.errors import ModelError
from engines.models.catalogue import Offer
from engines.models.collection import shelf
from engines.models.fetch import Progress, fetch
from engines.models.importing import import_model


def place_of(offer: Offer, models: Path, lpips: Path) -> Path | None:
    """Where it already lies, or None."""
    if offer.use == "lpips":
        path = lpips / offer.file
        return path if path.is_file() else None
    held = next((card for card in shelf(models).cards if card.name == offer.name), None)
    return models / held.file if held is not None else None


def obtain(
    offer: Offer,
    models: Path,
    lpips: Path,
    origin: str = "",
    progress: Progress = lambda _done, _all: None,
    cancel: CancelToken | None = None,
) -> Path:
    """Fetch it from `origin` ("" = its own address), check it, put it in its place; returns where that is.

    Raises ModelError (here already, not reachable, other content), RenderError and Cancelled.
    """
    held = place_of(offer, models, lpips)
    if held is not None:
        raise ModelError(f"{offer.name} is here already: {held}.", "Remove it first to fetch it again.")
    if offer.use == "lpips":
        return fetch(origin or offer.url, lpips / offer.file, offer.nbytes, offer.sha256, progress, cancel)
    waiting = fetch(origin or offer.url, models / "fetching" / offer.file, offer.nbytes, offer.sha256, progress, cancel)
    taken = import_model(
        models,
        waiting,
        offer.name,
        licence=offer.licence,
        kind="fetched",
        origin=offer.url,
        purpose=offer.purpose,
    )
    waiting.unlink()
    with contextlib.suppress(OSError):  # another download may wait there
        waiting.parent.rmdir()
    return models / taken.card.file
