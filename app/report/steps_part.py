"""The part of a report that lists the steps: what each does, how it was set, and what computed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.export.manifest import Manifest, StageRecord
from app.report.cards import trained_on
from app.report.logbook import Logbook, Weights
from app.report.steps import STEPS, StepText
from app.report.text import clean, cleaned, counted, value_text
from engines.provenance import Origin
from engines.stages.catalogue import STAGES
from engines.stages.settings import Described, described

_SHOT = "from frame "
_MOST_SHOTS = 40
_CALLED = {"hallucination": "hallucination (how likely an error would be visible, pixel by pixel)"}
_UNKNOWN = StepText("", "A step that this version of the program does not know.", "", (), (), "")


def steps_part(manifest: Manifest, log: Logbook) -> list[dict[str, Any]]:
    """One entry per step, in order; what a person painted first."""
    steps = [_deinterlaced()] if manifest.deinterlaced else []
    steps += [_step(record, log.weights.get(place, ())) for place, record in enumerate(manifest.stages)]
    if manifest.forensic:
        # In general a step may; here it could not.
        for step in steps:
            step["labels"] = [label for label in step["labels"] if label != Origin.SYNTHESISED.name]
    return [{"number": number, **step} for number, step in enumerate(steps, 1)]


def _deinterlaced() -> dict[str, Any]:
    return _said("deinterlace", "") | {"settings": [], "shots": [], "computed": [], "weights": [], "applied": 0}


def _step(record: StageRecord, weights: tuple[Weights, ...]) -> dict[str, Any]:
    shots = {at: held for at, held in record.settings.items() if at.startswith(_SHOT)}
    first = next((held for held in shots.values() if held), {}) if shots else record.settings
    return _said(record.name, record.key) | {
        "settings": _settings(record.name, first or {}),
        "shots": _by_shot(shots, first or {}),
        "computed": [row for row in _computed(record.computed) if not weights or row[0] != "weights"],
        "weights": [_weights(one) for one in weights],
        "applied": len(record.applied),
    }


def _said(name: str, key: str) -> dict[str, Any]:
    text = STEPS.get(name, _UNKNOWN)
    return {
        "name": clean(name),
        "title": text.title or clean(name),
        "plain": text.plain,
        "how": text.how,
        "labels": text.labels,
        "follows": text.follows,
        "key": clean(key),
    }


def _settings(name: str, held: Mapping[str, Any]) -> list[dict[str, str]]:
    about: Mapping[str, Described] = described(STAGES[name].settings_type) if name in STAGES else {}
    return [
        {
            "key": clean(key),
            "label": about[key].label if key in about else clean(key),
            "help": about[key].help if key in about else "",
            "value": _with_unit(value, about[key].unit if key in about else ""),
        }
        for key, value in held.items()
    ]


def _with_unit(value: Any, unit: str) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value_text(value)} {unit}" if number and unit and unit != "share" else value_text(value)


def _by_shot(shots: Mapping[str, Any], first: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What differs, shot by shot, from the settings shown; alike neighbours share a line."""
    lines: list[tuple[str, str]] = []
    for at, held in shots.items():
        said = _differs(held, first)
        if not lines or lines[-1][1] != said:
            lines.append((clean(at), said))
    if len(lines) == 1 and lines[0][1] == _AS_ABOVE:
        return []
    more = len(lines) - _MOST_SHOTS
    if more > 0:
        lines[_MOST_SHOTS:] = [("And", f"{counted(more, 'more change', 'more changes')}: see the manifest.")]
    return lines


_AS_ABOVE = "as above"


def _differs(held: Any, first: Mapping[str, Any]) -> str:
    if not isinstance(held, Mapping):
        return "off"
    parts = [f"{clean(key)} {value_text(value)}" for key, value in held.items() if first.get(key) != value]
    return ", ".join(parts) or _AS_ABOVE


def _computed(held: Mapping[str, Any]) -> list[tuple[str, str]]:
    """By shot only where shots differ."""
    by_shot = {at: facts for at, facts in held.items() if isinstance(facts, Mapping)}
    if not by_shot:
        return [(clean(name), value_text(text)) for name, text in held.items()]
    if all(facts == next(iter(by_shot.values())) for facts in by_shot.values()):
        return _computed(next(iter(by_shot.values())))
    return [(clean(at), value_text(facts)) for at, facts in list(by_shot.items())[:_MOST_SHOTS]]


def _weights(one: Weights) -> dict[str, Any]:
    said = {name: text for name, text in one.statement.items() if not name.startswith("config.")}
    return {
        "name": _CALLED.get(one.name, clean(one.name)),
        "sha256": one.sha256,
        "licence": clean(one.licence),
        "statement": cleaned(said),
        "trained_on": trained_on(one.name, one.sha256),
    }
