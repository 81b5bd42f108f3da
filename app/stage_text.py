"""One line on what a stage did to a shot, and one on how the whole shot stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QCoreApplication

from app.document import ClipWork, ShotWork, StageUse
from app.pictures import CacheState
from engines.stages.catalogue import STAGES
from engines.stages.computed import Computed
from engines.stages.settings import Described, described, lacking
from engines.types import FrameNo

FINDERS = frozenset({"defects", "dirt", "scratch"})
"""Stages that hand pixels through and mark what is damaged."""

_SPELT = frozenset({"hdr", "lut", "sdr"})
"""Names that are spelt letter by letter."""

Tone = Literal["", "ready", "approximate", "failed"]
"""How good the news is; shown by a shape and a colour."""


@dataclass(frozen=True)
class StateLine:
    """A line for a row or card. more: what a tooltip adds to it, in lines of its own."""

    text: str
    tone: Tone = ""
    more: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("StageText", text)


def shot_title(clip: ClipWork, index: int) -> str:
    return clip.shots[index].name or _tr("Shot {number}").format(number=index + 1)


def stage_title(name: str) -> str:
    return name.upper() if name in _SPELT else name.replace("_", " ").capitalize()


def percent(share: float) -> str:
    """ "0 %", "<0.1 %", "1.4 %", "38 %"."""
    value = share * 100
    if value == 0 or value >= 9.95:
        return f"{value:.0f} %"
    return f"{value:.1f} %" if value >= 0.05 else "<0.1 %"


def frames_text(count: int) -> str:
    return _tr("1 frame") if count == 1 else _tr("{count} frames").format(count=count)


def painted(frames: Mapping[FrameNo, object], span: tuple[FrameNo, FrameNo]) -> int:
    """How many frames of `span` (both ends included) are in `frames`."""
    return sum(span[0] <= number <= span[1] for number in frames)


def stage_line(
    clip: ClipWork,
    index: int,
    use: StageUse,
    flagged: Mapping[FrameNo, float],
    computed: Computed | None = None,
    found: str = "",
) -> StateLine:
    """What stage `use` does to shot `index`; `flagged` holds the share of each rendered frame. computed: by what, where
    that is known. found: what a detector came to there.
    """
    if use.name == "inpaint":
        told = _inpaint(clip, index, flagged)
    else:
        told = _detail(use, computed) if use.name == "detail" else StateLine(found or _told_by_settings(use))
    if use.enabled:
        return told
    return StateLine(_tr("off · {rest}").format(rest=told.text) if told.text else _tr("off"))


def shot_line(
    clip: ClipWork, index: int, flagged: Mapping[FrameNo, float], states: Sequence[CacheState] = ()
) -> StateLine:
    """What came of shot `index`, then what was painted: a narrow row cuts the end."""
    first, last = span = clip.shot_range(index)
    masks = painted(clip.damage, span)
    parts = [] if not masks else [_tr("1 mask") if masks == 1 else _tr("{count} masks").format(count=masks)]
    if returned := painted(clip.original, span):
        parts.append(_tr("original back on {frames}").format(frames=frames_text(returned)))
    if "failed" in states[first : last + 1]:
        failed = sum(state == "failed" for state in states[first : last + 1])
        return StateLine(", ".join([_tr("{frames} failed").format(frames=frames_text(failed)), *parts]), "failed")
    if not treated(clip, index):
        return StateLine(", ".join([_tr("untouched"), *parts]), "approximate" if parts else "")
    return _rendered_line(parts, [share for number, share in flagged.items() if first <= number <= last])


def treated(clip: ClipWork, index: int) -> bool:
    """Whether any stage changes pixels of the shot: inpaint needs damage to work on, and who finds some only marks."""
    span, shot = clip.shot_range(index), clip.shots[index]
    working = [use.name for use in shot.stages if use.enabled and not _lacks(use) and use.name not in FINDERS]
    return any(name != "inpaint" or painted(clip.damage, span) or _finders(shot) for name in working)


def fidelity_obstacle(shot: ShotWork) -> tuple[str, str]:
    """Why the slider cannot act on the shot and the verb that mends it; ("", "") where it acts."""
    detail = shot.stage("detail")
    if detail is None or not detail.enabled:
        return _tr("The slider acts on Detail, which is off in this shot."), _tr("Enable Detail")
    if "perceptual" in detail.settings:
        return _tr("Perceptual is set by hand in Detail; the slider has no say."), _tr("Hand it to the slider")
    return "", ""


def risk_promise(risk: float, shot: ShotWork) -> str:
    """What risk (0..1) promises of the shot's flags, in a sentence."""
    detail = shot.stage("detail")
    by_hand = detail.settings.get("perceptual") if detail is not None else None
    if (shot.slider if by_hand is None else float(by_hand)) == 0:
        return _tr("At faithful nothing is invented, so nothing is flagged.")
    return _tr(
        "At risk {risk}, at most {share} of the visibly wrong area is expected to stay unflagged; less risk flags more."
    ).format(risk=f"{risk:.2f}", share=percent(risk))


def _rendered_line(parts: list[str], shares: list[float]) -> StateLine:
    if not shares:
        return StateLine(", ".join([_tr("not rendered yet"), *parts]))
    mean = sum(shares) / len(shares)
    if mean == 0:
        return StateLine(", ".join([_tr("nothing flagged"), *parts]), "ready")
    return StateLine(", ".join([_tr("{share} flagged").format(share=percent(mean)), *parts]), "approximate")


def _inpaint(clip: ClipWork, index: int, flagged: Mapping[FrameNo, float]) -> StateLine:
    first, last = span = clip.shot_range(index)
    masks = painted(clip.damage, span)
    finders = ", ".join(stage_title(name) for name in _finders(clip.shots[index]))
    if not masks:
        told = _tr("repairs what {stages} finds").format(stages=finders) if finders else ""
        return StateLine(told or _tr("no mask in this shot, nothing to repair"))
    head = _tr("{frames} masked").format(frames=frames_text(masks))
    if finders:
        return StateLine(_tr("{head}, and what {stages} finds").format(head=head, stages=finders))
    shares = [flagged[n] for n in clip.damage if first <= n <= last and n in flagged]
    detail = clip.shots[index].stage("detail")
    if not shares or (detail is not None and detail.enabled):
        # The share is the whole chain's: with detail on, it says nothing of the repair alone.
        return StateLine(head)
    mean = sum(shares) / len(shares)
    return StateLine(_tr("{head}, {share} flagged").format(head=head, share=percent(mean)))


def _finders(shot: ShotWork) -> tuple[str, ...]:
    """Stages in use before inpaint that tell it what is damaged."""
    names = [use.name for use in shot.stages if use.enabled]
    before = names[: names.index("inpaint")] if "inpaint" in names else []
    return tuple(name for name in before if name in FINDERS)


def _detail(use: StageUse, computed: Computed | None) -> StateLine:
    noise, step = use.settings.get("noise", "auto"), use.settings.get("compression", "auto")
    if noise == step == "auto":
        measured = _tr("noise and compression measured")
    else:
        measured = _tr("noise {noise}, compression {step}").format(
            noise=_tr("measured") if noise == "auto" else noise, step=_tr("measured") if step == "auto" else step
        )
    scale = f"×{use.settings.get('scale', '1')}"
    if computed is None or not use.enabled:
        return StateLine(f"{scale}, {measured}")
    model = _tr("{tier} (auto)").format(tier=computed.model) if computed.automatic else computed.model
    lines = [_tr("Model {model}: {why}.").format(model=computed.model, why=computed.why), computed.runtime.sentence]
    if not use.settings.get("weights"):
        lines.append(_tr("Pictures marked approximate come from tier draft."))
    return StateLine(" · ".join((scale, model, computed.runtime.short, measured)), more="\n".join(lines))


def _lacks(use: StageUse) -> str:
    return lacking(STAGES[use.name].settings_type, use.settings) if use.name in STAGES else ""


def _told_by_settings(use: StageUse) -> str:
    if lacks := _lacks(use):
        return _tr("nothing is done until {setting} is chosen").format(setting=lacks)
    known = described(STAGES[use.name].settings_type) if use.name in STAGES else {}
    changed = [_setting_words(known[key], text) for key, text in use.settings.items() if key in known]
    return ", ".join(changed) if changed else _tr("standard settings")


def _setting_words(about: Described, text: str) -> str:
    """What is set, as far as a line has room for it: of curves and spots only that there are some."""
    if about.curve or about.draws == "points":
        return about.label
    if about.file:
        return f"{about.label} {Path(text).name}"
    return f"{about.label} {text.replace('_', ' ').replace(',', ', ')}"
