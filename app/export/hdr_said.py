"""What a master says of its colour and, where it is HDR, of itself: from its stages and what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from engines.graph import Graph
from engines.hdr.light_level import Light
from engines.hdr.mapping import HLG, PQ
from engines.media.assemble import Said
from engines.media.hdr_metadata import HdrMetadata, MasteringDisplay
from engines.media.presets import Preset, stored_colour
from engines.stages.base import Stage
from engines.stages.hdr import Hdr
from engines.stages.per_shot import PerShot


def said_of(graph: Graph, preset: Preset, light: Light | None) -> Said:
    """Of a master of `graph`'s pictures in `preset`; light: of all its frames, measured as they are stored.

    HLG carries no mastering display and no light levels: its light is its display's.
    """
    geometry = graph.geometry()
    colour = stored_colour(preset, geometry.format, geometry.colour, geometry.width, geometry.height)
    made = [stage for stage in _variants(graph.stages) if isinstance(stage, Hdr)]
    words = {stage.mapping.words() for stage in made}
    mapping = words.pop() if len(words) == 1 else ""
    if colour.transfer == HLG:
        return Said(colour, HdrMetadata(mapping=mapping))
    if colour.transfer != PQ:
        return Said(colour)
    mastering = max((stage.mastering for stage in made), key=lambda display: display.brightest, default=None)
    level = light.level() if light is not None else None
    return Said(colour, HdrMetadata(mastering or _source_display(graph), level, mapping))


def hdr_facts(said: Said) -> Mapping[str, Any]:
    """For manifest and result; empty for SDR."""
    hdr = said.hdr
    if said.colour.transfer not in (PQ, HLG):
        return {}
    return {
        "transfer": said.colour.transfer,
        "mastering_display": asdict(hdr.mastering) if hdr.mastering is not None else None,
        "max_cll": hdr.light.max_cll if hdr.light is not None else None,
        "max_fall": hdr.light.max_fall if hdr.light is not None else None,
        "mapping": hdr.mapping,
        "words": f"{'PQ' if said.colour.transfer == PQ else 'HLG'}; {hdr.words()}".rstrip("; "),
    }


def _variants(stages: tuple[Stage, ...]) -> Iterator[Stage]:
    """Every stage that treats some shot."""
    for stage in stages:
        if isinstance(stage, PerShot):
            yield from (variant for variant in stage.variants.values() if variant is not None)
        else:
            yield stage


def _source_display(graph: Graph) -> MasteringDisplay | None:
    """Of a source that was HDR already."""
    said = graph.source.info.hdr
    return said.mastering if said is not None else None
