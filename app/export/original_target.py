"""What a rebuilt source is written as, and what is refused before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.export.paths import MasterPaths, first_file
from app.export.source_facts import SourceFacts
from engines.errors import RenderError, SettingError
from engines.media.naming import is_pattern
from engines.media.planes import format_of
from engines.media.presets import PRESETS, Preset, choose_preset
from engines.types import PixelFormat


@dataclass(frozen=True)
class Target:
    """preset: how pictures are written; None: only the source's own files, as they were kept, can be written.

    files: stills are the source's files again, byte for byte, where they were kept.
    """

    out: Path
    preset: Preset | None
    files: bool = False

    @property
    def film(self) -> bool:
        return self.preset is not None and self.preset.kind == "container"

    @property
    def single(self) -> bool:
        """Whether it is one still."""
        return not self.film and bool(self.out.suffix) and not is_pattern(self.out)


def target_of(out: Path, facts: SourceFacts, *, kept: bool) -> Target:
    """kept: what is not samples of the source's files stands beside the master.

    Raises SettingError where `out` would change a sample.
    """
    suffix = next((Path(name).suffix.lower() for name in facts.names if name), "")
    wanted = out.suffix.lower()
    own = wanted in ("", suffix) if suffix else False
    preset = _by_suffix(suffix) if own and not wanted else _by_suffix(wanted)
    if kept and own:
        return Target(out, preset, files=True)
    if preset is None and not wanted:
        preset = choose_preset(out, None, facts.layout)
    if preset is None:
        raise SettingError(f"{out.name}: an original is written as .mkv (FFV1) or as stills.", _advice(facts.layout))
    if facts.layout not in map(format_of, preset.formats):
        raise SettingError(
            f"{preset.title} cannot hold {facts.layout.name} pictures as they are.", _advice(facts.layout)
        )
    return Target(out, preset)


def check_target(target: Target, paths: MasterPaths, count: int, *, force: bool) -> None:
    """Raises RenderError or SettingError where nothing can or must be written there."""
    out = target.out
    if not out.parent.is_dir():
        raise RenderError(f"The folder {out.parent} does not exist.", "Create it, or choose another place with -o.")
    taken = first_file(out)
    if taken is not None and taken.resolve() in {path.resolve() for path in paths.existing()}:
        raise RenderError(f"{out.name} is a file of the master itself.", "Choose another name with -o.")
    if out.is_dir() and (taken is not None or target.film):
        raise RenderError(f"The folder {out.name} is not empty.", "Choose another with -o.")
    if taken is not None and not force:
        raise RenderError(f"{taken} exists already.", "Choose another name, or add --force to replace it.")
    if target.single and count > 1:
        raise SettingError(
            f"{count} frames do not fit into the one still {out.name}.",
            f"Name a folder, or a pattern such as {out.stem}_%06d{out.suffix}.",
        )


def _by_suffix(suffix: str) -> Preset | None:
    """Of lossless kinds."""
    return next((preset for preset in PRESETS.values() if preset.master and suffix and preset.accepts(suffix)), None)


def _advice(layout: PixelFormat) -> str:
    fit = [preset.suffix for preset in PRESETS.values() if preset.master and layout in map(format_of, preset.formats)]
    return f"These can: {', '.join(fit)}." if fit else "No format that is written here can."
