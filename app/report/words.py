"""What a report says in sentences: the banner, the summary for whoever reads nothing else, and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.export.manifest import Manifest
from app.report.steps import STEPS
from app.report.text import clean, counted, percent
from engines.provenance import Origin

MEANINGS: Mapping[str, str] = {
    "SOURCE": "The source's own sample, bit for bit.",
    "ADJUSTED": "The source's sample, its light, colour or place corrected by a smooth formula. No detail was added.",
    "TRANSPORTED": "Real picture content that was moved here from a neighbouring frame, which is recorded.",
    "ESTIMATED": "The most likely value by a trained network's faithful answer: an estimate, not an observation.",
    "SYNTHESISED": "Invented. The source does not determine what is shown here.",
}

_LIMITS: Mapping[str, str] = {
    "SOURCE": "Samples labelled SOURCE are the source's. Whether the source itself is authentic, complete and shows "
    "what it is said to show was not examined, and this report says nothing of it.",
    "ADJUSTED": "ADJUSTED samples follow from the source by a formula. Brightness, colour and exact position can "
    "differ from the source; do not measure them here.",
    "TRANSPORTED": "TRANSPORTED samples show another moment, fractions of a second earlier or later. They must not be "
    "taken as a record of what was visible at that place at that moment: something that was there in one frame only "
    "would be missing.",
    "ESTIMATED": "ESTIMATED samples come from a network that was trained on other pictures. They are likely values, "
    "not observations. Do not read lettering or numbers, recognise faces, or count or measure small things on them; do "
    "that on the source. That something can be seen more clearly here is not evidence that it was there.",
    "SYNTHESISED": "SYNTHESISED samples are invented to look natural. Nothing that is seen in them is evidence of "
    "anything, and no conclusion about persons, objects, lettering or events may rest on them.",
}
_NO_SAME = (
    "The master is not stored without loss ({preset}): its samples are close to what was computed, but not equal. The "
    "labels are those of the picture before it was coded."
)
_ALWAYS = (
    "What the picture does not resolve cannot be recovered. Where the source is silent, more than one scene fits it.",
    "What nobody and nothing marked as damaged was not repaired. Damage can be missed, and what is none can be marked.",
    "The confidence in the provenance track is an estimate from pictures like those it was measured on; it is not a "
    "probability that a statement about the scene is true.",
)


@dataclass(frozen=True)
class Banner:
    """tone: "copy", "enhanced" or "invented"."""

    tone: str
    title: str
    text: str


def banner(manifest: Manifest) -> Banner:
    """What must not be overlooked, after the advice of SWGDE and SWGIT to say what was enhanced."""
    invented = manifest.shares.get("SYNTHESISED", 0.0)
    if manifest.shares.get("SOURCE", 0.0) == 1.0:
        return _copy(manifest)
    if invented > 0:
        return Banner(
            "invented",
            "This is an enhanced image, and parts of it are invented",
            f"It is not the original. In it {percent(invented)} of the pixels show detail that the source does not "
            "determine. They are flagged pixel by pixel; nothing that is seen in them is evidence.",
        )
    return Banner(
        "enhanced",
        "This is an enhanced image",
        "It is not the original. Its pixels were changed as this report says, step by step. "
        + _not_invented(manifest.shares),
    )


def _not_invented(shares: Mapping[str, float]) -> str:
    """What the absence of a label says, and no more."""
    if not shares.get("ESTIMATED", 0.0):
        return "No pixel carries the label SYNTHESISED, which marks what a step invented."
    return (
        "No pixel carries the label SYNTHESISED (invented). That is no proof that every detail is right: what is "
        "labelled ESTIMATED is a likely value, not an observation."
    )


def _copy(manifest: Manifest) -> Banner:
    if manifest.lossless:
        return Banner(
            "copy",
            "This is an exact copy, not an enhanced image",
            "Every sample of every frame is the source's own, bit for bit. Nothing was repaired, enhanced or invented.",
        )
    return Banner(
        "copy",
        "This is a copy, not an enhanced image",
        f"No treatment was applied. It was coded anew as {clean(manifest.preset)}, which does not keep every sample "
        "exactly.",
    )


def summary(manifest: Manifest) -> tuple[str, ...]:
    """Paragraphs in plain words."""
    count = manifest.last - manifest.first + 1
    said = [
        f"{counted(count, 'frame')} of {clean(_name(manifest.source))} were rendered into {clean(manifest.master)}. "
        f"{_steps_said(manifest)}"
    ]
    shares = {name: share for name, share in manifest.shares.items() if share > 0}
    parts = [f"{percent(share)} {_IS[name]}" for name, share in shares.items()]
    said.append("Of all pixels of the result, " + _joined(parts) + ".")
    invented = sum(share > 0 for share in manifest.flagged)
    if invented:
        said.append(
            f"Invented pixels are in {counted(invented, 'frame')} of {len(manifest.flagged):,}. The pictures below "
            "show the frame with the most of them."
        )
    if manifest.forensic:
        said.append(
            "The work was done in forensic mode: steps that may invent detail, and models from elsewhere, were refused "
            "before anything was computed; every frame was checked once more before it was stored."
            + (" Damage that no other frame shows was left as it is." if _repairs(manifest) else "")
        )
    if manifest.job.get("tracked"):
        said.append(
            "The source is itself a master with a provenance track beside it: labels go on from there, so that SOURCE "
            "means the sample of the first source."
        )
    if manifest.job.get("burn_in"):
        said.append("This is a copy for review: text and marks are drawn on it, and it is not the master.")
    if manifest.delta:
        said.append(
            f"The work can be undone: from the master and {clean(manifest.delta)} the source's frames are rebuilt bit "
            "for bit."
        )
    return tuple(said)


def limits(manifest: Manifest) -> tuple[str, ...]:
    """What must not be concluded, for every label that is there and every step that was taken."""
    said = [_LIMITS[origin.name] for origin in Origin if manifest.shares.get(origin.name, 0.0) > 0]
    if not manifest.lossless:
        said.append(_NO_SAME.format(preset=clean(manifest.preset)))
    names = dict.fromkeys(stage.name for stage in manifest.stages if stage.name in STEPS)
    said += [f"{STEPS[name].title}: {STEPS[name].limit}" for name in names if STEPS[name].limit]
    return (*said, *_ALWAYS)


_IS: Mapping[str, str] = {
    "SOURCE": "are the source's own, bit for bit",
    "ADJUSTED": "are the source's, corrected in light, colour or place",
    "TRANSPORTED": "were moved here from neighbouring frames",
    "ESTIMATED": "are estimates of a trained network",
    "SYNTHESISED": "are invented and flagged as such",
}


def _steps_said(manifest: Manifest) -> str:
    names = [*(["deinterlace"] if manifest.deinterlaced else []), *(stage.name for stage in manifest.stages)]
    titles = [_lowered(STEPS[name].title) if name in STEPS else clean(name) for name in names]
    if not titles:
        return "No treatment was applied."
    if len(titles) == 1:
        return f"One step was taken: {titles[0]}."
    return f"{len(titles)} steps were taken, in this order: {', '.join(titles)}."


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


def _repairs(manifest: Manifest) -> bool:
    return any(stage.name == "inpaint" for stage in manifest.stages)


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _name(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
