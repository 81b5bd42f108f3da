"""Commands: pure functions from a document to the next. Where nothing changes they answer the very same document."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from types import MappingProxyType

from app.document import LAYERS, ClipWork, Document, Layer, Marker, Media, ShotWork, StageUse
from app.export.case import CaseFacts
from app.forensic.rules import honest, without_obstacles
from app.mask_plane import MaskPlane
from engines.colour.chosen import ChosenTags
from engines.errors import MaskError, SettingError
from engines.stages.catalogue import ORDER, STAGES
from engines.stages.settings import parse_settings
from engines.types import FrameNo

SIZE_KEYS = frozenset({("detail", "scale"), ("model", "name")})
"""Settings that change the picture's size: one clip is one size, so they are set in all its shots."""
CODING = frozenset({"hdr", "sdr", "convert"})
"""Stages that decide how pictures are coded: one clip is coded in one way, so they are alike in all its shots."""
FOLLOWING = frozenset({("detail", "perceptual")})
"""Settings that follow the fidelity slider when left out: written down even where they equal their default."""
NEW_CLIP = (StageUse("inpaint"), StageUse("detail", enabled=False))


def add_clip(doc: Document, media: Media, *, stages: Sequence[StageUse] = ()) -> tuple[Document, str]:
    """A clip at the end; answers the document and the clip's id. stages: default repair on, detail off.

    In forensic mode they come as it lets them through.
    """
    # Random, so that a clip added after another was removed is never taken for it by a cache.
    clip_id = secrets.token_hex(4)
    clip = ClipWork(clip_id, media, (ShotWork(0, stages=tuple(stages) or NEW_CLIP),))
    return _allowed(replace(doc, clips=(*doc.clips, clip))), clip_id


def remove_clip(doc: Document, clip_id: str) -> Document:
    """Raises KeyError."""
    doc.clip(clip_id)
    return replace(doc, clips=tuple(clip for clip in doc.clips if clip.id != clip_id))


def set_setting(doc: Document, clip_id: str, shot_index: int, stage: str, key: str, text: str) -> Document:
    """Set one setting in one shot, or in all where it changes the picture's size or coding; "" = back to its default.

    Raises SettingError where the stage does not know the key or the value; KeyError for an unknown clip.
    """
    clip = doc.clip(clip_id)
    sized = (stage, key) in SIZE_KEYS or stage in CODING
    here = _use(clip, shot_index, stage)
    changed = _with_setting(here, key, text)

    def change(use: StageUse) -> StageUse:
        if not sized:
            return changed
        enabled = here.enabled if _changes_size(changed) else use.enabled
        return replace(_with_setting(use, key, text), enabled=enabled)

    return _with_stage(doc, clip, None if sized else shot_index, stage, change)


def set_enabled(doc: Document, clip_id: str, shot_index: int, stage: str, on: bool) -> Document:
    """Switch a stage in one shot, or in all where it changes the picture's size or coding."""
    clip = doc.clip(clip_id)
    sized = _changes_size(_use(clip, shot_index, stage))
    return _with_stage(doc, clip, None if sized else shot_index, stage, lambda use: replace(use, enabled=on))


def add_stage(doc: Document, clip_id: str, name: str) -> Document:
    """Put a stage where it usually stands in every shot's chain, in forensic mode as that lets it through.

    Raises SettingError for an unknown one, or where forensic mode lets it through in no way.
    """
    if name not in STAGES:
        raise SettingError(f"There is no stage {name!r}.", f"Known stages: {', '.join(STAGES)}.")
    clip = doc.clip(clip_id)
    if clip.shots[0].stage(name) is not None:
        return doc
    use = honest(StageUse(name)) if doc.forensic else StageUse(name)
    if not use.enabled:
        raise SettingError(f"Forensic mode refuses stage {name}: nobody vouches for what it adds.", "Or switch it off.")
    return _with_chain(doc, clip, lambda stages: _inserted(stages, use))


def _allowed(doc: Document) -> Document:
    return without_obstacles(doc) if doc.forensic else doc


def _inserted(stages: tuple[StageUse, ...], use: StageUse) -> tuple[StageUse, ...]:
    """Before the first stage that usually stands after it, otherwise at the end."""
    if use.name not in ORDER:
        return (*stages, use)
    after = ORDER[ORDER.index(use.name) + 1 :]
    place = next((index for index, held in enumerate(stages) if held.name in after), len(stages))
    return (*stages[:place], use, *stages[place:])


def remove_stage(doc: Document, clip_id: str, name: str) -> Document:
    """Take a stage out of every shot, with its settings."""
    return _with_chain(doc, doc.clip(clip_id), lambda stages: tuple(use for use in stages if use.name != name))


def move_stage(doc: Document, clip_id: str, name: str, to: int) -> Document:
    """Put a stage at place `to` of every shot's order."""

    def moved(stages: tuple[StageUse, ...]) -> tuple[StageUse, ...]:
        use = next((held for held in stages if held.name == name), None)
        if use is None:
            return stages
        rest = [held for held in stages if held is not use]
        rest.insert(max(to, 0), use)
        return tuple(rest)

    return _with_chain(doc, doc.clip(clip_id), moved)


def set_slider(doc: Document, clip_id: str, shot_index: int, value: float) -> Document:
    """0 faithful to 1 perceptual, clamped."""
    value = min(max(float(value), 0.0), 1.0)
    return _with_shot(doc, doc.clip(clip_id), shot_index, lambda shot: replace(shot, slider=value))


def copy_treatment(doc: Document, clip_id: str, from_shot: int, to_shots: Iterable[int]) -> Document:
    """Stages, settings and slider of one shot for others; names and cuts stay."""
    clip, chosen = doc.clip(clip_id), set(to_shots)
    model = clip.shots[from_shot]
    shots = tuple(
        replace(shot, stages=model.stages, slider=model.slider) if index in chosen else shot
        for index, shot in enumerate(clip.shots)
    )
    return _with_clip(doc, clip, replace(clip, shots=shots))


def set_cuts(doc: Document, clip_id: str, starts: Iterable[FrameNo]) -> Document:
    """Cut the clip anew. A shot takes name and treatment from the old shot at its start, else only the treatment."""
    clip = doc.clip(clip_id)
    wanted = sorted({0} | {start for start in starts if 0 < start < clip.media.frame_count})
    shots = tuple(_shot_at(clip, start) for start in wanted)
    return _with_clip(doc, clip, replace(clip, shots=shots, cuts_known=True))


def add_cut(doc: Document, clip_id: str, frame: FrameNo) -> Document:
    """A new shot begins at `frame`, treated as the one that is split."""
    clip = doc.clip(clip_id)
    if any(shot.start == frame for shot in clip.shots) or not 0 < frame < clip.media.frame_count:
        return doc
    return set_cuts(doc, clip_id, [*(shot.start for shot in clip.shots), frame])


def remove_cut(doc: Document, clip_id: str, frame: FrameNo) -> Document:
    """The shot that begins at `frame` joins the one before it and is treated like that."""
    clip = doc.clip(clip_id)
    if frame == 0 or all(shot.start != frame for shot in clip.shots):
        return doc
    return set_cuts(doc, clip_id, [shot.start for shot in clip.shots if shot.start != frame])


def name_shot(doc: Document, clip_id: str, shot_index: int, name: str) -> Document:
    return _with_shot(doc, doc.clip(clip_id), shot_index, lambda shot: replace(shot, name=name.strip()))


def set_in(doc: Document, clip_id: str, frame: FrameNo | None) -> Document:
    """First frame of the range in work; None = the clip's. An out point before it is dropped."""
    clip = doc.clip(clip_id)
    frame = _clamped(clip, frame)
    out = None if frame is not None and clip.out_point is not None and clip.out_point < frame else clip.out_point
    return _with_clip(doc, clip, replace(clip, in_point=frame, out_point=out))


def set_out(doc: Document, clip_id: str, frame: FrameNo | None) -> Document:
    """Last frame of the range in work; None = the clip's. An in point after it is dropped."""
    clip = doc.clip(clip_id)
    frame = _clamped(clip, frame)
    first = None if frame is not None and clip.in_point is not None and clip.in_point > frame else clip.in_point
    return _with_clip(doc, clip, replace(clip, in_point=first, out_point=frame))


def toggle_marker(doc: Document, clip_id: str, frame: FrameNo, text: str = "") -> Document:
    """Set a marker on `frame`; take it away where there is one, unless `text` gives it another text."""
    clip = doc.clip(clip_id)
    held = next((marker for marker in clip.markers if marker.frame == frame), None)
    markers = [marker for marker in clip.markers if marker.frame != frame]
    if held is None or text:
        markers.append(Marker(frame, text))
    return _with_clip(doc, clip, replace(clip, markers=tuple(sorted(markers, key=lambda marker: marker.frame))))


def set_markers(doc: Document, clip_id: str, markers: Iterable[Marker]) -> Document:
    """These markers in place of all there are; the later of two on one frame counts."""
    clip = doc.clip(clip_id)
    by_frame = {marker.frame: marker for marker in markers if 0 <= marker.frame < clip.media.frame_count}
    return _with_clip(doc, clip, replace(clip, markers=tuple(by_frame[frame] for frame in sorted(by_frame))))


def set_mask(doc: Document, clip_id: str, layer: Layer, frame: FrameNo, plane: MaskPlane | None) -> Document:
    """Replace one frame's mask; None or an empty plane removes it. Raises MaskError where it does not fit."""
    return set_masks(doc, clip_id, layer, {frame: plane})


def set_masks(doc: Document, clip_id: str, layer: Layer, planes: Mapping[FrameNo, MaskPlane | None]) -> Document:
    """Replace the masks of the frames named. Raises MaskError where one does not fit the clip."""
    clip = doc.clip(clip_id)
    held = clip.layer(layer)
    wanted = {frame: None if plane is None or plane.empty else plane for frame, plane in planes.items()}
    if all(held.get(frame) == plane for frame, plane in wanted.items()):
        return doc
    for frame, plane in wanted.items():
        if plane is not None:
            _check_fits(clip.media, frame, plane)
    merged = {frame: plane for frame, plane in {**held, **wanted}.items() if plane is not None}
    return doc.with_clip(clip.with_layer(layer, merged))


def set_tags(doc: Document, clip_id: str, tags: ChosenTags) -> Document:
    """Go by these colour tags instead of the file's; pixels stay as they are. Raises KeyError."""
    clip = doc.clip(clip_id)
    return _with_clip(doc, clip, replace(clip, media=replace(clip.media, tags=tags)))


def set_forensic(doc: Document, on: bool) -> Document:
    """Refuse whatever may invent detail from now on, or no longer. What is in the way of it stays as it is."""
    return doc if doc.forensic == on else replace(doc, forensic=on)


def set_case(doc: Document, case: CaseFacts) -> Document:
    """Whose picture it is and who works on it."""
    return doc if doc.case == case else replace(doc, case=case)


def relink(doc: Document, clip_id: str, media: Media) -> Document:
    """The clip's work on other media. Cuts, markers and range beyond its end go. Raises MaskError where masks do."""
    clip = doc.clip(clip_id)
    for layer in LAYERS:
        for frame, plane in clip.layer(layer).items():
            _check_fits(media, frame, plane)
    moved = replace(
        clip,
        media=media,
        shots=tuple(shot for shot in clip.shots if shot.start == 0 or shot.start < media.frame_count),
        markers=tuple(marker for marker in clip.markers if marker.frame < media.frame_count),
    )
    moved = replace(moved, in_point=_clamped(moved, clip.in_point), out_point=_clamped(moved, clip.out_point))
    return _with_clip(doc, clip, moved)


def _check_fits(media: Media, frame: FrameNo, plane: MaskPlane) -> None:
    if not 0 <= frame < media.frame_count:
        raise MaskError(f"There is no frame {frame} to mask.", f"The clip has {media.frame_count} frames, from 0.")
    if (plane.width, plane.height) != (media.width, media.height):
        raise MaskError(
            f"The mask of frame {frame} is {plane.width}x{plane.height}, but {media.path.name} is "
            f"{media.width}x{media.height}.",
            "Masks are made at the size of the source.",
        )


def _use(clip: ClipWork, shot_index: int, stage: str) -> StageUse:
    use = clip.shots[shot_index].stage(stage)
    if use is None:
        raise SettingError(f"Stage {stage} is not used in this clip.", "Add it first.")
    return use


def _with_setting(use: StageUse, key: str, text: str) -> StageUse:
    settings = {name: value for name, value in use.settings.items() if name != key}
    if text:
        settings[key] = text
    known = STAGES.get(use.name)
    if known is not None:
        # Checks the value; a default is not written down, so that a later version may improve it.
        parsed = parse_settings(use.name, known.settings_type, settings)
        default = next((f.default for f in fields(known.settings_type) if f.name == key), None)
        if text and getattr(parsed, key) == default and (use.name, key) not in FOLLOWING:
            del settings[key]
    return use if settings == use.settings else replace(use, settings=MappingProxyType(settings))


def _changes_size(use: StageUse) -> bool:
    return use.name in CODING or any(stage == use.name and key in use.settings for stage, key in SIZE_KEYS)


def _shot_at(clip: ClipWork, start: FrameNo) -> ShotWork:
    held = clip.shots[clip.shot_index(start)]
    return held if held.start == start else replace(held, start=start, name="")


def _clamped(clip: ClipWork, frame: FrameNo | None) -> FrameNo | None:
    return None if frame is None else min(max(frame, 0), clip.media.frame_count - 1)


def _with_clip(doc: Document, before: ClipWork, after: ClipWork) -> Document:
    return doc if after == before else doc.with_clip(after)


def _with_shot(doc: Document, clip: ClipWork, index: int, change: Callable[[ShotWork], ShotWork]) -> Document:
    shots = tuple(change(shot) if i == index else shot for i, shot in enumerate(clip.shots))
    return _with_clip(doc, clip, replace(clip, shots=shots))


def _with_stage(
    doc: Document, clip: ClipWork, index: int | None, stage: str, change: Callable[[StageUse], StageUse]
) -> Document:
    """index None = every shot."""
    shots = tuple(
        replace(shot, stages=tuple(change(use) if use.name == stage else use for use in shot.stages))
        if index is None or i == index
        else shot
        for i, shot in enumerate(clip.shots)
    )
    return _with_clip(doc, clip, replace(clip, shots=shots))


def _with_chain(
    doc: Document, clip: ClipWork, change: Callable[[tuple[StageUse, ...]], tuple[StageUse, ...]]
) -> Document:
    shots = tuple(replace(shot, stages=change(shot.stages)) for shot in clip.shots)
    return _with_clip(doc, clip, replace(clip, shots=shots))
