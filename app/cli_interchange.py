"""What `tratteggio timeline`, `masks` and `credentials` take on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli_values import whole
from app.document import LAYERS


def add_timeline(p: argparse.ArgumentParser) -> None:
    """`export` and `import`."""
    actions = p.add_subparsers(dest="action", metavar="ACTION", required=True)
    _timeline_export(actions.add_parser("export", help="write the shots of a project or of a master as OTIO or EDL"))
    _timeline_import(actions.add_parser("import", help="make a project of an OTIO or EDL timeline and its media"))


def add_credentials(p: argparse.ArgumentParser) -> None:
    """`show` and `sign`."""
    actions = p.add_subparsers(dest="action", metavar="ACTION", required=True)
    _credentials_show(actions.add_parser("show", help="check the content credential of a file and say what it says"))
    _credentials_sign(actions.add_parser("sign", help="sign a master: beside it, or with -o into a copy"))


def add_masks(p: argparse.ArgumentParser) -> None:
    """`export` and `import`."""
    actions = p.add_subparsers(dest="action", metavar="ACTION", required=True)
    out = actions.add_parser("export", help="write what is painted in a project as PNGs by frame number")
    _project(out)
    out.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="gets a folder for each layer")
    _json(out)
    back = actions.add_parser("import", help="paint masks of other programs into a project")
    _project(back)
    for layer in LAYERS:
        back.add_argument(f"--{layer}", type=Path, metavar="DIR", help=f"8-bit PNGs (000012.png) for layer {layer}")
    back.add_argument("-o", "--out", type=Path, required=True, metavar="P.tratteggio", help="never overwritten unasked")
    back.add_argument("--force", action="store_true", help="replace P.tratteggio if it exists")
    _json(back)


def add_certificate(p: argparse.ArgumentParser) -> None:
    """Who signs: for every verb that does."""
    group = p.add_argument_group("who signs", "without a certificate, a test one that proves nothing is made")
    group.add_argument("--certificate", type=Path, metavar="CHAIN.pem", help="your certificate, then those above it")
    group.add_argument("--key", type=Path, metavar="KEY.pem", help="its private key, without a password")
    group.add_argument(
        "--timestamp", default="", metavar="URL", help="ask this time authority (RFC 3161); nothing is asked without it"
    )


def _timeline_export(p: argparse.ArgumentParser) -> None:
    p.add_argument("source", type=Path, metavar="PROJECT|MASTER", help="a .tratteggio project, a master, or a package")
    p.add_argument("-o", "--out", type=Path, required=True, metavar="X.otio|X.edl", help="never overwritten unasked")
    p.add_argument("--force", action="store_true", help="replace it if it exists")
    _json(p)


def _timeline_import(p: argparse.ArgumentParser) -> None:
    p.add_argument("timeline", type=Path, metavar="X.otio|X.edl")
    p.add_argument(
        "--media",
        type=Path,
        action="append",
        default=[],
        metavar="SRC",
        help="media of the timeline, where it does not lie beside it under the same name; may be repeated",
    )
    p.add_argument("-o", "--out", type=Path, required=True, metavar="P.tratteggio", help="never overwritten unasked")
    p.add_argument("--into", type=Path, metavar="PROJECT", help="start from this project instead of an empty one")
    p.add_argument("--start", metavar="HH:MM:SS:FF", help="timecode of the first frame, where the media say none")
    p.add_argument("--handles", type=whole, default=0, metavar="N", help="frames to add at both ends of the range")
    p.add_argument("--force", action="store_true", help="replace P.tratteggio if it exists")
    _json(p)


def _credentials_show(p: argparse.ArgumentParser) -> None:
    p.add_argument("file", type=Path, metavar="FILE", help="a master, a package, or any file that carries a credential")
    p.add_argument("--sidecar", type=Path, metavar="X.c2pa", help="where the credential lies, if not beside the file")
    p.add_argument("--trust", type=Path, metavar="ANCHORS.pem", help="certificates of authorities that you trust")
    _json(p)


def _credentials_sign(p: argparse.ArgumentParser) -> None:
    p.add_argument("master", type=Path, metavar="MASTER")
    p.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="SIGNED",
        help="write a copy that carries it inside (MP4, MOV, TIFF, PNG); without, MASTER.c2pa is written",
    )
    add_certificate(p)
    p.add_argument("--force", action="store_true", help="replace what exists")
    _json(p)


def _project(p: argparse.ArgumentParser) -> None:
    p.add_argument("project", type=Path, metavar="PROJECT")
    p.add_argument("--clip", type=whole, metavar="N", help="which clip of the project, counted from 1")


def _json(p: argparse.ArgumentParser) -> None:
    p.add_argument("--json", action="store_true", help="one JSON object per line; the last is the result")
