"""The step that makes a clip use a tuned model."""

from __future__ import annotations

from app.commands import add_stage, set_enabled, set_setting
from app.document import Document


def use_tuned(document: Document, clip_id: str, name: str) -> Document:
    """Detail with the weights `name`, switched on, in every shot. Raises KeyError for an unknown clip."""
    after = add_stage(document, clip_id, "detail")
    for index in range(len(after.clip(clip_id).shots)):
        after = set_setting(after, clip_id, index, "detail", "weights", name)
        after = set_enabled(after, clip_id, index, "detail", True)
    return after
