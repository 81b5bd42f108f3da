"""`tratteggio models export NAME --scale S -o FILE.onnx`: a shipped network for other programs and accelerators."""

from __future__ import annotations

import argparse
import importlib.util
import json

from app.progress import Reporter, as_result
from engines.errors import ModelError, SettingError
from engines.models.answer import Answer
from engines.models.deploy import Deployed, deployed, shipped_ranges
from engines.models.registry import describe_model


def run(args: argparse.Namespace) -> int:
    """Write the file, tried against PyTorch, and say what goes in and what comes out."""
    missing = [name for name in ("onnx", "onnxruntime") if importlib.util.find_spec(name) is None]
    if missing:
        hint = "Install them: pip install 'tratteggio[fast]'."
        raise ModelError(f"Writing ONNX needs packages that are not installed: {', '.join(missing)}.", hint)
    from engines.models.onnx_file import write_onnx

    one = deployed(args.name)
    if args.out.exists() and not args.force:
        raise SettingError(f"{args.out} exists.", "Add --force to replace it, or choose another name with -o.")
    if not args.out.parent.is_dir():
        raise SettingError(f"The folder {args.out.parent} does not exist.", "Make it, or choose another with -o.")
    ranges = shipped_ranges(args.name) if args.int8 else None
    if args.int8 and ranges is None:
        hint = f"Measure them: tratteggio models calibrate {args.name} --data DIR."
        raise ModelError(f"The weights of {args.name} have no INT8 ranges.", hint)
    doubt = one.network.config.doubt
    facts = _facts(one, args.scale, args.int8, doubt)
    with Reporter(args.json) as reporter:
        try:
            apart = write_onnx(args.out, Answer(one.network, args.scale, doubt), ranges, facts)
        except OSError as error:
            raise SettingError(
                f"{args.out} cannot be written ({error.strerror}).", "Choose another with -o."
            ) from error
        reporter.show(as_result(path=args.out, nbytes=args.out.stat().st_size, apart=apart, **facts))
    if not args.json:
        print(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB, at most {apart:.1g} apart from PyTorch (0..1)")
        print(f"  {facts['input']}\n  {facts['output']}")
    return 0


def _facts(one: Deployed, scale: int, int8: bool, doubt: bool) -> dict[str, str]:
    """What the file says of itself."""
    entry = describe_model(one.name)
    planes = "; ".join(f"{number} {what}" for number, what in enumerate(one.planes))
    second = "; 1 natural logarithm of the expected squared error" if doubt else ""
    return {
        "what": f"{entry.purpose} Scale x{scale}, {'INT8' if int8 else 'float32'}.",
        "input": f"planes, 1 x {len(one.planes)} x height x width float32: {planes}",
        "output": f"answer, 1 x {1 + doubt} x {scale}*height x {scale}*width float32: 0 correction, to be added to "
        f"luma enlarged bicubically (Keys, a = -0.5){second}",
        "licence": entry.licence,
        "weights_sha256": one.sha256,
        "training": json.dumps(dict(entry.statement), sort_keys=True),
    }
