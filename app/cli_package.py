"""What `tratteggio package`, and `render --package`, may be told."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli_interchange import add_certificate
from app.cli_values import whole


def add_package(p: argparse.ArgumentParser) -> None:
    """The verb."""
    p.add_argument("master", type=Path, metavar="MASTER", help="a finished master: a file, a folder or a %%06d pattern")
    p.add_argument("-o", "--out", type=Path, required=True, metavar="FOLDER", help="the package; must not exist yet")
    p.add_argument("--project", type=Path, metavar="P", help="the project it was rendered from, if it was moved")
    p.add_argument("--source", dest="moved_source", type=Path, metavar="SRC", help="the source, if it was moved")
    _choices(p)
    add_certificate(p)
    p.add_argument("--json", action="store_true", help="one JSON object per line; the last is the result")


def add_to_render(p: argparse.ArgumentParser) -> None:
    """The same after a render."""
    group = p.add_argument_group("archive package", "what --package makes of the finished master")
    group.add_argument("--package", type=Path, metavar="FOLDER", help="package the master, too; must not exist yet")
    _choices(group)
    add_certificate(p)
    p.set_defaults(project=None, moved_source=None)


def _choices(p: argparse._ActionsContainer) -> None:
    p.add_argument("--rerun", type=whole, default=3, metavar="N", help="render N random frames again first (default 3)")
    p.add_argument("--seed", type=whole, metavar="S", help="choose the same frames as an earlier --rerun")
    p.add_argument("--move", action="store_true", help="the master goes into the package: no copy stays outside")
    p.add_argument("--unsigned", action="store_true", help="no content credentials")
