"""`tratteggio models ACTION`: each action is a module of its own."""

from __future__ import annotations

import argparse
import importlib


def run(args: argparse.Namespace) -> int:
    """Hand over to the action's module."""
    return int(importlib.import_module(f"app.verbs.models_{args.action}").run(args))
