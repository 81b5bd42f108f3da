"""What the models dialog says of a model: its facts, and how it did beside stage Detail."""

from __future__ import annotations

from app.models_desk import Measurement, ModelLine
from ui.i18n import tr


def kind_text(line: ModelLine) -> str:
    """In the user's language."""
    return {
        "shipped": tr("Models", "shipped"),
        "tuned": tr("Models", "tuned by you"),
        "imported": tr("Models", "imported"),
        "fetched": tr("Models", "fetched"),
        "offered": tr("Models", "can be fetched"),
    }.get(line.kind, line.kind)


def size_text(nbytes: int) -> str:
    return tr("Models", "{0} MB").format(f"{nbytes / 1e6:.1f}")


def facts(line: ModelLine) -> str:
    """Purpose, make, terms, digest and address, a line each."""
    make = [line.architecture] if line.architecture else []
    make += [tr("Models", "{0} parameters").format(f"{line.parameters:,}")] if line.parameters else []
    make += [size_text(line.nbytes), tr("Models", "licence: {0}").format(line.licence)]
    return "\n".join([line.purpose, " · ".join(make), f"SHA-256 {line.sha256}", line.address])


def measurement_text(found: Measurement) -> str:
    """A line per method."""
    head = tr("Models", "{0} pictures, {1}; means on luma, median time per picture:").format(
        found.rows[0].pictures, found.task
    )
    lines = [head]
    for one in found.rows:
        parts = [f"{one.psnr_y:.2f} dB", f"SSIM {one.ssim_y:.4f}", f"{one.seconds:.2f} s"]
        if one.perceptual is not None:
            parts.insert(2, f"{found.measure} {one.perceptual:.4f}")
        lines.append(f"{one.method}: {', '.join(parts)}")
    return "\n".join(lines)
