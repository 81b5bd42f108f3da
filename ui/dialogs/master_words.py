"""What a master says of itself, in lines for a person."""

from __future__ import annotations

from collections.abc import Mapping

from app.export.manifest import Manifest
from app.master_desk import MasterFacts
from ui.dialogs.export_words import size
from ui.i18n import tr

_SMALLEST = 0.0001


def master_lines(facts: MasterFacts) -> tuple[tuple[str, str], ...]:
    """Title and value of each row; rows that have nothing to say are left out."""
    manifest = facts.manifest
    stages = ", ".join(record.name for record in manifest.stages) or tr("Master", "none: an exact copy")
    package = str(facts.package) if facts.package else ""
    rows = (
        (tr("Master", "Case"), case_line(manifest.case)),
        (tr("Master", "Made of"), manifest.source),
        (tr("Master", "Source digest"), source_line(manifest)),
        (tr("Master", "Pictures"), pictures_line(facts)),
        (tr("Master", "Made by"), made_line(manifest)),
        (tr("Master", "Stages"), stages),
        (tr("Master", "Pixels"), shares_line(manifest.shares)),
        (tr("Master", "Beside it"), beside_line(manifest)),
        (tr("Master", "Package"), package),
    )
    return tuple((title, value) for title, value in rows if value)


def case_line(case: Mapping[str, str]) -> str:
    """What is said of the case, each with its title; empty where nothing is."""
    titles = {
        "case": tr("Master", "case {0}"),
        "exhibit": tr("Master", "exhibit {0}"),
        "collection": tr("Master", "collection {0}"),
        "examiner": tr("Master", "examiner {0}"),
        "organisation": tr("Master", "{0}"),
    }
    return ", ".join(titles[name].format(case[name]) for name in titles if case.get(name))


def source_line(manifest: Manifest) -> str:
    digest = str(manifest.identity.get("sha256", ""))
    return f"SHA-256 {digest}" if digest else tr("Master", "not identified")


def pictures_line(facts: MasterFacts) -> str:
    manifest = facts.manifest
    frames = tr("Master", "frames {0} to {1} of the source").format(manifest.first, manifest.last)
    return f"{manifest.width} x {manifest.height}, {manifest.stored_format}, {frames}, {size(facts.size)}"


def made_line(manifest: Manifest) -> str:
    mode = tr("Master", "in forensic mode") if manifest.forensic else tr("Master", "not in forensic mode")
    return f"Tratteggio {manifest.tool}, {manifest.preset}, {mode}"


def shares_line(shares: Mapping[str, float]) -> str:
    """Every label that has pixels, with its share."""
    told = []
    for name, share in shares.items():
        if share <= 0:
            continue
        percent = f"{share * 100:.2f} %" if share >= _SMALLEST else tr("Master", "under 0.01 %")
        told.append(f"{name} {percent}")
    return ", ".join(told)


def beside_line(manifest: Manifest) -> str:
    """What makes the source come back from it."""
    held = []
    if manifest.delta is not None:
        held.append(tr("Master", "what the source is rebuilt from"))
    if manifest.headers is not None:
        held.append(tr("Master", "headers of the source's stills"))
    return ", ".join(held)
