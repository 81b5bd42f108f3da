"""`tratteggio masks ACTION`: painted layers of a project as PNGs by frame number, and back."""

from __future__ import annotations

import argparse

from app.commands import set_masks
from app.document import LAYERS
from app.mask_folders import joined, read_folder, write_folder
from app.progress import Reporter, as_result
from app.project_io import load_project, save_project
from app.verbs.project_source import chosen_clip
from engines.cancel import CancelToken
from engines.errors import SettingError
from engines.media.sink import refuse_existing


def run(args: argparse.Namespace) -> int:
    """Export or import."""
    with Reporter(args.json) as reporter:
        counts = _export(args) if args.action == "export" else _import(args)
        if not args.json:
            print("\n".join(f"{layer}: {count} masks" for layer, count in counts.items()))
        reporter.show(as_result(out=str(args.out), **counts))
    return 0


def _export(args: argparse.Namespace) -> dict[str, int]:
    """Every layer that holds paint, in a folder of its name."""
    project = args.project.absolute()
    clip = chosen_clip(load_project(project), args.clip, project)
    painted = [layer for layer in LAYERS if clip.layer(layer)]
    if not painted:
        raise SettingError(f"Nothing is painted on {clip.media.path.name}.", "Choose another clip with --clip.")
    return {
        layer: write_folder(clip, layer, args.out / layer, False, CancelToken(), lambda *_: None) for layer in painted
    }


def _import(args: argparse.Namespace) -> dict[str, int]:
    """What is painted already stays; where both are, both count."""
    if not args.force and args.out != args.project:
        refuse_existing(args.out)
    project = args.project.absolute()
    document = load_project(project)
    clip = chosen_clip(document, args.clip, project)
    counts: dict[str, int] = {}
    for layer in LAYERS:
        folder = getattr(args, layer)
        if folder is not None:
            read = read_folder(clip, folder, CancelToken(), lambda *_: None)
            held = clip.layer(layer)
            planes = {number: joined(held.get(number), plane) for number, plane in read.items() if plane is not None}
            document = set_masks(document, clip.id, layer, planes)
            counts[layer] = len(planes)
    if not counts:
        raise SettingError("No folder of masks was named.", f"Give {', '.join(f'--{layer}' for layer in LAYERS)}.")
    save_project(document, args.out.absolute(), like=project)
    return counts
