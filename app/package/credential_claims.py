"""What a content credential says of a master: where it comes from, what was done to it, and how much of it is whose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.export.manifest import Manifest, StageRecord
from app.package.source_type import source_type
from engines.provenance import Origin

LABELS = "org.tratteggio.labels"
"""Our assertion: the share of the pixels under each label, and digests that lead to everything else."""
STEPS = "org.tratteggio.steps"
"""Our assertion: every stage with its settings in full, those included that only look for damage."""
SOURCE = "org.tratteggio.source"
"""Our assertion: sizes and digests of the source's files."""

_INGREDIENT = "source"
_FINDERS = frozenset({"defects", "dirt", "scratch"})
# What a stage does in the words of C2PA's actions, and the highest label that it can give by itself.
_ACTIONS: Mapping[str, tuple[str, Origin]] = {
    "stabilise": ("c2pa.enhanced", Origin.ADJUSTED),
    "deflicker": ("c2pa.adjustedColor", Origin.ADJUSTED),
    "inpaint": ("c2pa.edited", Origin.SYNTHESISED),
    "grain": ("c2pa.filtered", Origin.SYNTHESISED),
    "detail": ("c2pa.enhanced", Origin.SYNTHESISED),
    "fade": ("c2pa.adjustedColor", Origin.ADJUSTED),
    "grade": ("c2pa.adjustedColor", Origin.ADJUSTED),
    "lut": ("c2pa.adjustedColor", Origin.ADJUSTED),
    "hdr": ("c2pa.adjustedColor", Origin.ADJUSTED),
    "sdr": ("c2pa.adjustedColor", Origin.ADJUSTED),
    "convert": ("c2pa.converted", Origin.ADJUSTED),
}
_DESCRIPTIONS: Mapping[str, str] = {
    "stabilise": "Gate weave and warping were taken out; the camera's own movement stays.",
    "deflicker": "Brightness that flickers was evened out over time.",
    "inpaint": "Marked damage was repaired, with real content of other frames first.",
    "grain": "Grain was measured, and given back where repair had taken it.",
    "detail": "Detail was estimated by a learned model; what exceeds the estimate is flagged pixel by pixel.",
    "fade": "Faded dyes were undone in density.",
    "grade": "Colour and light were set by a person.",
    "lut": "Colours were mapped by a table.",
    "hdr": "Standard range was mapped to high dynamic range (ITU-R BT.2446).",
    "sdr": "High dynamic range was mapped back to standard range (ITU-R BT.2446).",
    "convert": "Pictures were converted to another way of coding them.",
    "model": "A model of others changed the picture.",
}


def claims(manifest: Manifest, title: str, mime: str) -> dict[str, Any]:
    """The definition that the C2PA SDK signs. title: the file's name; mime: its media type.

    Names of a case and of persons stay out of it: credentials travel with copies that anybody reads.
    """
    return {
        "title": title,
        "format": mime,
        "claim_generator_info": [{"name": "Tratteggio", "version": manifest.tool}],
        "ingredients": [_ingredient(manifest)],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": _actions(manifest), "allActionsIncluded": True}},
            {"label": LABELS, "data": _labels(manifest)},
            {"label": STEPS, "data": {"steps": [_step(stage) for stage in manifest.stages]}},
            {"label": SOURCE, "data": _plain(dict(manifest.identity))},
        ],
    }


def _ingredient(manifest: Manifest) -> dict[str, Any]:
    digest = str(manifest.identity.get("sha256", ""))
    said = f"The source as it was scanned or recorded; SHA-256 {digest}." if digest else "The source."
    return {
        "title": _name(manifest.source),
        "format": "application/octet-stream",
        "relationship": "parentOf",
        "label": _INGREDIENT,
        "description": said,
    }


def _actions(manifest: Manifest) -> list[dict[str, Any]]:
    opened = {
        "action": "c2pa.opened",
        "softwareAgent": _agent(manifest),
        "parameters": {"ingredientIds": [_INGREDIENT]},
        "description": f"Frames {manifest.first} to {manifest.last} of the source, counted from 0.",
    }
    edits = [_action(manifest, stage) for stage in manifest.stages if stage.name not in _FINDERS]
    coding = "losslessly" if manifest.lossless else "not losslessly"
    stored = {
        "action": "c2pa.transcoded",
        "softwareAgent": _agent(manifest),
        "description": f"Stored as {manifest.preset} ({manifest.stored_format}), {coding}.",
    }
    return [opened, *edits, stored]


def _action(manifest: Manifest, stage: StageRecord) -> dict[str, Any]:
    name, most = _ACTIONS.get(stage.name, ("c2pa.edited", Origin.SYNTHESISED))
    said = {
        "action": name,
        "softwareAgent": _agent(manifest),
        "description": _DESCRIPTIONS.get(stage.name, f"Stage {stage.name}."),
        "parameters": {"name": stage.name, "org.tratteggio.settings": _plain(stage.settings)},
    }
    kind = source_type(manifest.shares, most)
    return {**said, "digitalSourceType": kind.uri} if kind.term else said


def _labels(manifest: Manifest) -> dict[str, Any]:
    kind = source_type(manifest.shares)
    return {
        "shares": {origin.name: float(manifest.shares.get(origin.name, 0.0)) for origin in Origin},
        "digitalSourceType": kind.uri or None,
        "because": kind.because,
        "frames": manifest.last - manifest.first + 1,
        "framesWithInventedPixels": sum(share > 0 for share in manifest.flagged),
        "forensic": manifest.forensic,
        "auditHead": manifest.audit.get("head"),
        "provenance": manifest.provenance,
        "framemd5": manifest.framemd5,
    }


def _step(stage: StageRecord) -> dict[str, Any]:
    return {"name": stage.name, "settings": _plain(stage.settings), "computed": _plain(stage.computed)}


def _agent(manifest: Manifest) -> dict[str, str]:
    return {"name": "Tratteggio", "version": manifest.tool}


def _name(path: str) -> str:
    """The last part, whichever system the path is of."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path


def _plain(held: object) -> Any:
    """As JSON keeps it: settings may hold tuples and paths."""
    return json.loads(json.dumps(held, default=str))
