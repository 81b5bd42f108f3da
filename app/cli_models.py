"""What `tratteggio models` takes on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_models(p: argparse.ArgumentParser) -> None:
    """The actions of `models`; each is a module of app.verbs, models_ACTION."""
    actions = p.add_subparsers(dest="action", metavar="ACTION", required=True)
    _json(actions.add_parser("list", help="every model: shipped, tuned, imported and fetched"))
    _import(actions.add_parser("import", help="take in an image model of others (.safetensors or .pth)"))
    _fetch(actions.add_parser("fetch", help="download official weights, or list what can be fetched"))
    _measure(actions.add_parser("measure", help="an imported model beside stage detail and bicubic"))
    _export(actions.add_parser("export", help="write a shipped network as ONNX, for other programs and accelerators"))
    _calibrate(actions.add_parser("calibrate", help="measure what INT8 needs to know of a shipped network"))
    _remove(actions.add_parser("remove", help="take a model of yours away"))


def _import(p: argparse.ArgumentParser) -> None:
    p.add_argument("file", type=Path, metavar="FILE", help="weights that spandrel can read; never run as code")
    p.add_argument("--name", default="", metavar="N", help="what to call it; default: the file's name")
    p.add_argument("--licence", metavar="TEXT", help="its terms, kept with it")
    _json(p)


def _fetch(p: argparse.ArgumentParser) -> None:
    p.add_argument("name", nargs="?", metavar="NAME", help="what to fetch; without it, what can be fetched is listed")
    p.add_argument("--yes", action="store_true", help="agree to the download without being asked")
    p.add_argument(
        "--from", dest="origin", default="", metavar="FILE_OR_URL", help="get it there instead; its SHA-256 must match"
    )
    _json(p)


def _measure(p: argparse.ArgumentParser) -> None:
    p.add_argument("name", metavar="NAME", help="an imported or fetched model")
    p.add_argument("--data", type=Path, required=True, metavar="DIR", help="clean pictures")
    p.add_argument("--noise", type=float, metavar="SIGMA", help="noise to add first, in 8-bit codes")
    p.add_argument("--limit", type=int, metavar="N", help="at most N pictures")
    p.add_argument("--device", choices=("cpu", "cuda", "mps"), default="cpu", help="where networks run")
    _json(p)


def _export(p: argparse.ArgumentParser) -> None:
    p.add_argument("name", metavar="NAME", help="a shipped model: see models list")
    p.add_argument("--scale", type=int, choices=(1, 2, 4), required=True, help="how many times larger it answers")
    p.add_argument("-o", "--out", type=Path, required=True, metavar="FILE.onnx", help="never overwritten unasked")
    p.add_argument("--int8", action="store_true", help="quantised to 8 bits (QDQ)")
    p.add_argument("--force", action="store_true", help="replace FILE.onnx if it exists")
    _json(p)


def _calibrate(p: argparse.ArgumentParser) -> None:
    p.add_argument("name", metavar="NAME", help="a shipped model: see models list")
    p.add_argument("--data", type=Path, required=True, metavar="DIR", help="clean pictures and clips")
    p.add_argument("--out", type=Path, metavar="FILE.json", help="default: beside the weights")
    p.add_argument("--force", action="store_true", help="replace the file if it exists")
    _json(p)


def _remove(p: argparse.ArgumentParser) -> None:
    p.add_argument("name", metavar="NAME")
    _json(p)


def _json(p: argparse.ArgumentParser) -> None:
    p.add_argument("--json", action="store_true", help="one JSON object per line; the last is the result")
