"""Figures of exports as people say them: durations, sizes, what a format keeps."""

from __future__ import annotations

from app.jobs.preset_facts import Made, PresetFacts
from app.jobs.values import Cost, Estimate, Span
from engines.types import PixelFormat
from ui.i18n import tr

_UNITS = ((172_800.0, 86_400.0, "d"), (5400.0, 3600.0, "h"), (90.0, 60.0, "min"), (0.0, 1.0, "s"))
_BYTES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def duration(seconds: float) -> str:
    """One duration: "43 s", "12 min", "3.1 h"."""
    _, unit, name = next(entry for entry in _UNITS if seconds >= entry[0])
    return f"{_figure(seconds / unit, name in ('h', 'd'))} {name}"


def duration_span(span: Span) -> str:
    """A range in one unit: "12 to 16 min"."""
    _, unit, name = next(entry for entry in _UNITS if span.high >= entry[0])
    return _range(span.low / unit, span.high / unit, name, name in ("h", "d"))


def size(count: float) -> str:
    """One size in decimal units, as disks are sold: "3.4 GB"."""
    unit, name = _byte_unit(count)
    return f"{_figure(count / unit, True)} {name}"


def size_span(span: Span) -> str:
    """A range in one unit: "3.1 to 3.4 GB"."""
    unit, name = _byte_unit(span.high)
    return _range(span.low / unit, span.high / unit, name, True)


def estimate_line(estimate: Estimate, free: int | None) -> str:
    """ "12 to 16 min, 3.1 to 3.4 GB; 120 GB free"."""
    line = f"{duration_span(estimate.seconds)}, {size_span(estimate.size)}"
    return line if free is None else tr("Export", "{0}; {1} free").format(line, size(free))


def money_line(cost: Cost, currency: str) -> str:
    """Empty where no rate is stated in the preferences."""
    if cost.money is None:
        return ""
    if cost.money.high < 0.01:
        return tr("Export", "under 0.01 {0}").format(currency)
    return _range(cost.money.low, cost.money.high, currency, True, places=2)


def energy_line(cost: Cost) -> str:
    """Empty where no wattage is stated in the preferences."""
    if cost.energy is None:
        return ""
    factor, unit = (1.0, "kWh") if cost.energy.high >= 1 else (1000.0, "Wh")
    return _range(cost.energy.low * factor, cost.energy.high * factor, unit, True)


def keeps(facts: PresetFacts) -> str:
    """One line: what the format keeps and loses of this clip."""
    if facts.stored is None:
        return refused(facts)
    held = _layout(facts.stored)
    if facts.exact:
        if facts.stored == facts.source:
            return tr("Export", "Keeps every sample exactly: {0}.").format(held)
        return tr("Export", "Lossless: stored as {0}, from {1}.").format(held, _layout(facts.source))
    losses = []
    if facts.fewer_bits:
        losses.append(tr("Export", "fewer bits"))
    if facts.less_chroma:
        losses.append(tr("Export", "less colour resolution"))
    lost = f" ({', '.join(losses)})" if losses else ""
    if facts.preset.intra:
        return tr("Export", "For editing, not exact: {0} from {1}{2}.").format(held, _layout(facts.source), lost)
    return tr("Export", "For viewing, small, not exact: {0} from {1}{2}.").format(held, _layout(facts.source), lost)


def refused(facts: PresetFacts) -> str:
    """Why the format cannot be had, and what to do; empty where it can."""
    ways = {
        "pq": tr("Export", "Add the stage HDR to the clip: it makes PQ of SDR."),
        "hlg": tr("Export", "Add the stage HDR to the clip and set its transfer to hlg."),
        "sdr": tr("Export", "Choose an HDR format, ProRes 4444 or FFV1, or add the stage SDR to the clip."),
    }
    return f"{facts.refusal} {ways[facts.wants]}" if facts.wants else facts.refusal


def light_line(made: Made) -> str:
    """What an HDR master says of itself; empty for SDR."""
    if made.light == "hlg":
        return tr("Export", "HLG, BT.2020: its light is its display's, no light levels are written.")
    if made.light != "pq":
        return ""
    display = made.mastering.words().replace("cd/m2", "cd/m²") if made.mastering is not None else ""
    told = tr("Export", "mastering display {0}").format(display) if display else tr("Export", "no mastering display")
    return tr(
        "Export", "PQ, BT.2020: {0}; MaxCLL and MaxFALL are measured over the exported frames and read back."
    ).format(told)


def _layout(layout: PixelFormat) -> str:
    if layout.floating:
        depth = tr("Export", "{0}-bit float").format(layout.depth)
    else:
        depth = tr("Export", "{0} bits").format(layout.depth)
    kinds = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (4, 1): "4:1:1"}
    if layout.family == "gray":
        return f"{depth} {tr('Export', 'grey')}"
    return f"{depth} {kinds.get((layout.chroma_x, layout.chroma_y), '')}" if layout.family == "yuv" else f"{depth} RGB"


def _byte_unit(count: float) -> tuple[float, str]:
    return next((entry for entry in _BYTES if count >= entry[0]), (1.0, "bytes"))


def _range(low: float, high: float, unit: str, fine: bool, places: int = 1) -> str:
    first, last = _figure(low, fine, places), _figure(high, fine, places)
    if first == last:
        return tr("Export", "about {0} {1}").format(last, unit)
    return tr("Export", "{0} to {1} {2}").format(first, last, unit)


def _figure(value: float, fine: bool, places: int = 1) -> str:
    return f"{value:.{places}f}" if fine and value < 100 else f"{value:.0f}"
