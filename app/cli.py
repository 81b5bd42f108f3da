"""The `tratteggio` command. Exit codes: 0 done, 1 failed (with one sentence), 2 used wrongly."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.cli_interchange import add_credentials, add_masks, add_timeline
from app.cli_models import add_models
from app.cli_package import add_package, add_to_render
from app.cli_values import whole as _whole
from app.export.job import MISSING_POLICIES
from app.version import VERSION
from engines.errors import TratteggioError

_DEVICES = ("cpu", "cuda", "mps")
_NO_SCREEN = "There is no display to open the window on. `tratteggio --help` lists what works without one."

Window = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None, window: Window | None = None) -> int:
    """Run a verb, or hand it to `window` (None = there is no display). Returns the exit code."""
    args = parse(argv)
    try:
        if window is not None and wants_window(args):
            return window(args)
        if args.verb in (None, "open"):
            return _fail(_NO_SCREEN, args)
        # Verbs are imported when they are called: `tratteggio probe` must not wait for the networks.
        return int(importlib.import_module(f"app.verbs.{args.verb}").run(args))
    except TratteggioError as failure:
        return _fail(str(failure), args)
    except KeyboardInterrupt:
        return _fail("Stopped at your request. What was finished is kept.", args)
    except BrokenPipeError:
        return 1


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line as values, `said` being what was typed. Exits with 2 where it is used wrongly."""
    typed = sys.argv[1:] if argv is None else list(argv)
    return _parser().parse_args(typed, argparse.Namespace(said=tuple(typed)))


def wants_window(args: argparse.Namespace) -> bool:
    """Whether the command line asks for the window where there is one."""
    return args.verb in (None, "open") or (args.verb == "demo" and not (args.render or args.json))


def _fail(sentence: str, args: argparse.Namespace) -> int:
    if getattr(args, "json", False):
        print(json.dumps({"event": "error", "error": sentence}), flush=True)
    print(f"tratteggio: {sentence}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tratteggio", description="Restore film and video, and know where every pixel came from."
    )
    parser.add_argument("--version", action="version", version=f"tratteggio {VERSION}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", help="without one, the window opens")
    _open(verbs.add_parser("open", help="open clips or a project in the window"))
    _probe(verbs.add_parser("probe", help="say everything that is known of a clip"))
    _propose(verbs.add_parser("propose", help="say what automatic restoration would do, shot by shot, and why"))
    _render(verbs.add_parser("render", help="restore a clip into a verified master"))
    _json(verbs.add_parser("deliveries", help="say what each kind of delivery keeps and loses"))
    _score(verbs.add_parser("score", help="measure a clip against a reference, frame by frame"))
    _verify(verbs.add_parser("verify", help="re-check a master against its hashes and its source"))
    _report(verbs.add_parser("report", help="write the report of a finished master anew"))
    _original(verbs.add_parser("original", help="rebuild the source of a reversible master"))
    add_credentials(verbs.add_parser("credentials", help="sign a master (C2PA), or check what a signed file says"))
    add_masks(verbs.add_parser("masks", help="write what is painted as PNGs, or paint PNGs into a project"))
    add_timeline(verbs.add_parser("timeline", help="export or import the timelines of editing programs"))
    _demo(verbs.add_parser("demo", help="open the demo reel in the window, or restore it"))
    _train(verbs.add_parser("train", help="train a network from its recipe"))
    _bench(verbs.add_parser("bench", help="measure everything the README claims, beside other methods"))
    add_package(verbs.add_parser("package", help="make an archive package of a finished master"))
    add_models(verbs.add_parser("models", help="list, import, fetch, measure and remove models"))
    return parser


def _open(p: argparse.ArgumentParser) -> None:
    p.add_argument("paths", type=Path, nargs="*", metavar="PATH", help="films, folders of stills or one .tratteggio")


def _probe(p: argparse.ArgumentParser) -> None:
    p.add_argument("source", type=Path, metavar="SRC", help="a file, a %%06d pattern, a folder of stills or one still")
    _json(p)


def _propose(p: argparse.ArgumentParser) -> None:
    p.add_argument("source", type=Path, metavar="SRC", help="a film, a %%06d pattern or a folder of stills")
    p.add_argument("--project", type=Path, metavar="OUT.tratteggio", help="keep the proposals as a project")
    p.add_argument("--force", action="store_true", help="replace OUT.tratteggio if it exists")
    p.add_argument("--missing", choices=MISSING_POLICIES, default="stop", help="where a frame cannot be read")
    p.add_argument("--deinterlace", action="store_true", help="deinterlace (bwdif) before anything else")
    _tags(p)
    _json(p)


def _render(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "source",
        type=Path,
        metavar="SRC",
        help="a file, a %%06d pattern, a folder of stills, one still, or a .tratteggio project, which says itself "
        "what to do",
    )
    p.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help="the master; never overwritten unasked")
    p.add_argument("--preset", metavar="NAME", help="how to store it; the default follows OUT (.mkv is FFV1)")
    p.add_argument(
        "--stage",
        action="append",
        default=[],
        metavar="NAME[:key=value,...]",
        help="a treatment; repeat for a chain, applied in this order; none = an exact copy",
    )
    p.add_argument("--slider", type=_share, metavar="0..1", help="faithful (0) to perceptual (1), for stage detail")
    p.add_argument("--frames", type=_frames, metavar="A-B", help="only these frames, counted from 0, both included")
    p.add_argument("--clip", type=_whole, metavar="N", help="which clip of a project, counted from 1")
    p.add_argument(
        "--masks",
        type=Path,
        metavar="DIR",
        help="8-bit PNGs by frame number (000012.png), white = damaged; grey is blended over",
    )
    p.add_argument("--protect", type=Path, metavar="DIR", help="the same where no stage may find damage")
    p.add_argument("--device", choices=_DEVICES, default="cpu", help="where networks run")
    p.add_argument("--threads", type=_whole, default=0, metavar="N", help="processor threads; 0 = all")
    p.add_argument(
        "--workers", type=_count, default=1, metavar="N", help="processes that render at the same time; default: 1"
    )
    p.add_argument(
        "--missing",
        choices=MISSING_POLICIES,
        help="what to do where a frame is missing or unreadable (default: stop); hold and black are named aloud",
    )
    p.add_argument("--deinterlace", action="store_true", help="deinterlace (bwdif) before anything else")
    _tags(p)
    p.add_argument(
        "--forensic", action="store_true", help="refuse whatever may invent detail: no label above ESTIMATED leaves"
    )
    p.add_argument(
        "--delivery",
        metavar="NAME",
        help="what it is for, which decides preset and extras; `tratteggio deliveries` says what each keeps and loses",
    )
    p.add_argument(
        "--burn-in", action="store_true", help="draw timecode, frame, case and invented pixels on a copy for review"
    )
    p.add_argument("--reversible", action="store_true", help="keep what `tratteggio original` rebuilds the source from")
    _case(p)
    add_to_render(p)
    p.add_argument("--force", action="store_true", help="replace OUT if it exists")
    _json(p)


def _score(p: argparse.ArgumentParser) -> None:
    p.add_argument("out", type=Path, metavar="OUT")
    p.add_argument("reference", type=Path, metavar="REF")
    p.add_argument(
        "--measures",
        type=lambda text: text.split(","),
        metavar="A,B,...",
        help="default: psnr_y,ssim_y,perceptual,warping_error; also blockiness, overshoot, chroma_error, high_band, "
        "patches, and all; beginnings will do",
    )
    p.add_argument("--frames", type=_frames, metavar="A-B", help="only these of REF; OUT may hold all or just those")
    p.add_argument(
        "--versus",
        choices=("truth", "source"),
        default="truth",
        help="source: REF is what OUT was restored from, and is enlarged (cubic) where OUT is larger",
    )
    p.add_argument("--scale", type=_whole, metavar="N", help="how often OUT was enlarged since it was coded")
    p.add_argument("--border", type=_whole, default=0, metavar="N", help="pixels left out of PSNR and SSIM, each side")
    p.add_argument("--lpips-folder", type=Path, metavar="DIR", help="where LPIPS' backbone lies")
    p.add_argument("--csv", type=Path, metavar="FILE", help="write every frame's figures as a table")
    p.add_argument("--force", action="store_true", help="replace FILE if it exists")
    _json(p)


def _original(p: argparse.ArgumentParser) -> None:
    p.add_argument("master", type=Path, metavar="MASTER", help="a master with what stands beside it, or a package")
    p.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        metavar="SRC",
        help="a .mkv file (FFV1), a %%06d pattern or a new folder",
    )
    p.add_argument("--force", action="store_true", help="replace the file SRC if it exists")
    _json(p)


def _verify(p: argparse.ArgumentParser) -> None:
    p.add_argument("master", type=Path, metavar="MASTER", help="a master, or the folder of an archive package")
    p.add_argument("--source", type=Path, metavar="SRC", help="where the source is now, if it was moved")
    p.add_argument("--rerun", type=_whole, default=0, metavar="N", help="render N random frames again and compare them")
    p.add_argument("--seed", type=_whole, metavar="S", help="choose the same frames as an earlier --rerun")
    _json(p)


def _report(p: argparse.ArgumentParser) -> None:
    p.add_argument("master", type=Path, metavar="MASTER")
    p.add_argument("--verify", type=Path, metavar="RESULT.json", help="what `tratteggio verify --json` printed")
    p.add_argument("--source", type=Path, metavar="SRC", help="where the source is now, if it was moved")
    p.add_argument("--force", action="store_true", help="replace the report that is there")
    _json(p)


def _demo(p: argparse.ArgumentParser) -> None:
    p.add_argument("--render", action="store_true", help="restore it without a window, as happens without a display")
    p.add_argument("--out", type=Path, default=Path("demo-out"), metavar="DIR", help="default: demo-out")
    _json(p)


def _train(p: argparse.ArgumentParser) -> None:
    p.add_argument("name", metavar="NAME", help="a recipe: detail, draft, best, perceptual or hallucination")
    p.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        metavar="PATH",
        help="clean pictures and clips: one folder, or with --from any files and folders",
    )
    p.add_argument(
        "--from",
        dest="start",
        nargs="?",
        const="shipped",
        metavar="WEIGHTS",
        help="tune to your archive: go on from a weight file or a tuned model; without a value, from the shipped one",
    )
    p.add_argument("--name", dest="tuned_name", metavar="N", help="what to call the tuned model; default: tuned")
    p.add_argument(
        "--minutes", type=_positive, required=True, metavar="M", help="wall clock, all resumed runs together"
    )
    p.add_argument("--features", type=Path, metavar="PATH", help="for perceptual: the feature network it looks through")
    p.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    p.add_argument("--out", type=Path, metavar="DIR", help="default: training/NAME; with --from, your model folder")
    _json(p)


def _bench(p: argparse.ArgumentParser) -> None:
    p.add_argument("what", choices=("colour", "damage", "detail"), help="what the rows are about")
    p.add_argument("folder", type=Path, metavar="FOLDER", help="holds set5, set14, kodak24, clean_video, ...")
    p.add_argument("--rows", metavar="A,B", help="only these: detail has sr, joint, ...; damage has weave, dirt, ...")
    p.add_argument(
        "--model", action="append", default=[], metavar="NAME", help="an imported model to compare; may be repeated"
    )
    p.add_argument(
        "--set",
        action="append",
        default=[],
        type=_setting,
        metavar="KEY=VALUE",
        help="a setting of stage detail for all rows, for instance tier=best; may be repeated",
    )
    p.add_argument("--limit", type=_count, metavar="N", help="at most N pictures or clips of a set, for a quick look")
    p.add_argument("--crops", type=Path, metavar="DIR", help="write crops to look at into this folder")
    p.add_argument("--out", type=Path, metavar="FILE.md", help="write the tables there, too")
    p.add_argument("--force", action="store_true", help="replace FILE.md if it exists")
    p.add_argument("--device", choices=_DEVICES, default="cpu", help="where networks run")
    _json(p)


def _tags(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--tags",
        default="",
        metavar="KEY=VALUE,...",
        help="what the file's codes mean, where its tags are wrong or missing: range, matrix, primaries, transfer, "
        "chroma_location by FFmpeg's names, e.g. matrix=bt709,range=tv; transfer=cineon is film log",
    )


def _case(p: argparse.ArgumentParser) -> None:
    group = p.add_argument_group("case or collection", "texts for the report, the audit log and archive packages")
    group.add_argument("--case", default="", metavar="ID", help="number of the case")
    group.add_argument("--exhibit", default="", metavar="ID", help="number of the item in the case")
    group.add_argument("--collection", default="", metavar="TEXT", help="collection, and the item's identifier in it")
    group.add_argument("--examiner", default="", metavar="NAME", help="who answers for the work")
    group.add_argument("--organisation", default="", metavar="NAME", help="whom they work for")


def _json(p: argparse.ArgumentParser) -> None:
    p.add_argument("--json", action="store_true", help="one JSON object per line; the last is the result")


def _share(text: str) -> float:
    value = _number(text)
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value


def _positive(text: str) -> float:
    value = _number(text)
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return key, value


def _count(text: str) -> int:
    value = _whole(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value


def _frames(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
        raise argparse.ArgumentTypeError(f"{text!r} is not A-B with A <= B, counted from 0 (e.g. 0-99)")
    return int(first), int(last)


if __name__ == "__main__":
    sys.exit(main())
