"""Recipe `tune`: carries the detail networks on to the user's own clean footage, and keeps only what got better."""

from __future__ import annotations

import ast
import copy
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engines.cancel import CancelToken
from engines.errors import Cancelled, ModelError, SettingError
from engines.media.sink import refusals
from engines.models.weights import load_weights, save_weights
from engines.nets.fidelity import FidelityConfig
from engines.training.datasets import LumaSet
from engines.training.detail import DetailPair, DetailRecipe, step_loss
from engines.training.loop import LoopConfig, TimedLoop
from engines.training.scene import Scene
from engines.training.tune_data import Footage, Picture
from engines.training.tune_score import Row, as_json, is_better, mean_change, rows, scores

Tell = Callable[[Mapping[str, Any]], None]

# Half of what the networks began with: they are to move, not to forget.
_RATE = 3e-4
# Share of the patches that are general pictures: our own drawn film, which every installation can make.
_GENERAL_SHARE = 0.2
_GENERAL_FRAMES, _GENERAL_SIZE = 12, (640, 480)
# Judged so often in a run, on so many crops; without a better figure for so long, more steps only memorise.
_LOOKS, _LOOK_CROPS, _PATIENCE = 6, 16, 3
# The table is made on other crops than those that chose when to stop; how far to go is chosen on the table's.
_LOOK_SEED, _TABLE_SEED, _TABLE_CROPS = 7, 11, 32
# How far to go from the old weights to the new.
_SHARES = (1.0, 0.75, 0.5, 0.25)
# General pictures may lose so much (dB, mean of all rows) for what the footage gains.
_FORGETTING = 0.3


@dataclass(frozen=True)
class TuneOrder:
    """start: weights to begin with. work: folder of the checkpoint and of the result."""

    start: Path
    minutes: float
    work: Path
    resume: bool = False


@dataclass(frozen=True)
class Tuned:
    """weights: in the work folder; None where nothing better was found and the old weights stay. sha256: its digest.

    share: how far from the old weights (0) to the new ones (1) it went. table: of the weights kept, or of those that
    were refused. general: mean change on our drawn film, dB.
    """

    weights: Path | None
    sha256: str
    start_sha256: str
    parameters: int
    table: tuple[Row, ...]
    share: float
    general: float
    steps: int
    minutes: float
    stopped_early: bool


class _Enough(Exception):  # noqa: N818 - no error: the held-out frames no longer get better
    """Leaves the loop."""


def tune_detail(order: TuneOrder, footage: Footage, tell: Tell, cancel: CancelToken) -> Tuned:
    """Fine-tune for `order.minutes` of wall clock (all resumed runs together).

    Against forgetting: a small rate, a fifth of the patches from our drawn film, averaged weights, and at the end a
    step back towards the old weights where that is better (Wortsman et al., CVPR 2022). A file is written only if the
    table is better in the mean on the held-out frames, and no row loses more than half of what the mean gains. `tell`
    gets events: "tuning" (step, elapsed_s, total_s), "figures" (minutes, and the change in dB by task). Raises
    ModelError for other weights, SettingError where a checkpoint belongs to other footage or weights, RenderError
    where the disk refuses, Cancelled (the checkpoint is kept).
    """
    start = load_weights(order.start)
    pair = _pair(start.tensors, start.statement, order.start)
    with refusals(order.work):
        order.work.mkdir(parents=True, exist_ok=True)
        _claim(order, {"from": start.sha256, "footage": footage.digest})
        run = _Run(order, footage, pair, tell, cancel)
        run.train()
        return run.finish({"from": start.sha256, "footage": footage.digest})


def _pair(tensors: Mapping[str, Tensor], said: Mapping[str, str], path: Path) -> DetailPair:
    """The networks as their own statement describes them."""
    try:
        held = {f.name: said[f"config.{f.name}"] for f in fields(FidelityConfig) if f"config.{f.name}" in said}
        pair = DetailPair(FidelityConfig(**{name: ast.literal_eval(text) for name, text in held.items()}))
        pair.load_state_dict(dict(tensors))
    except (KeyError, ValueError, SyntaxError, TypeError, RuntimeError) as error:
        raise ModelError(
            f"{path.name} holds no detail networks.", "Give weights that `tratteggio train detail` wrote with --from."
        ) from error
    return pair


def _claim(order: TuneOrder, identity: Mapping[str, str]) -> None:
    """The work folder belongs to one pair of weights and footage."""
    path = order.work / "tune.json"
    if order.resume and path.is_file():
        if json.loads(path.read_text(encoding="utf-8")) != dict(identity):
            raise SettingError(
                "The checkpoint belongs to other footage or other weights.",
                "Give what the run began with, or begin anew under another name.",
            )
        return
    path.write_text(json.dumps(identity), encoding="utf-8")


class _Run:
    """One fine-tuning run; what it knows between its steps."""

    def __init__(self, order: TuneOrder, footage: Footage, pair: DetailPair, tell: Tell, cancel: CancelToken) -> None:
        self._order, self._footage, self._tell, self._cancel = order, footage, tell, cancel
        self._old = copy.deepcopy(pair).eval().requires_grad_(False)
        self._pair = pair
        pair.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._general = general_pictures()
        self._mixed = LumaSet(_mixture(footage.training, self._general), footage.held_out)
        minutes = order.minutes
        self._loop = TimedLoop(
            pair,
            order.work,
            LoopConfig(
                minutes=minutes,
                learning_rate=_RATE,
                warmup_steps=50,
                average_decay=0.995,
                checkpoint_every=min(1.0, minutes / 4),
                report_every=minutes / _LOOKS,
            ),
        )
        self._before = scores(self._old, footage.held_out, _LOOK_CROPS, _LOOK_SEED, self._cancel.check)
        self._general_before = scores(self._old, self._general, _LOOK_CROPS, _LOOK_SEED, self._cancel.check)
        self._best, self._best_gain, self._idle = copy.deepcopy(self._old.state_dict()), 0.0, 0
        self._told = 0.0
        self.stopped_early = False
        if order.resume and self._loop.resume():
            self._recall()

    def train(self) -> None:
        recipe = DetailRecipe(config=self._pair.fidelity.config)
        rng = np.random.default_rng((recipe.seed, self._loop.step))
        torch.manual_seed(recipe.seed + self._loop.step)

        def step() -> Tensor:
            self._between()
            return step_loss(self._pair, self._mixed, [], recipe, rng)

        try:
            self._loop.run(step, self._look, lambda _: None)
        except _Enough:
            self.stopped_early = True
        except Cancelled:
            self._loop.save()
            raise

    def finish(self, identity: Mapping[str, str]) -> Tuned:
        """Choose how far to go, make the table, write what is better."""
        loop, held = self._loop, self._footage.held_out
        out = self._order.work / "tuned.safetensors"
        before = scores(self._old, held, _TABLE_CROPS, _TABLE_SEED, self._cancel.check)
        share, tuned, after, general = self._chosen(before)
        table = rows(scores(None, held, _TABLE_CROPS, _TABLE_SEED, self._cancel.check), before, after)
        better = share > 0
        minutes = round(loop.elapsed / 60, 1)
        if better:
            statement = {
                "network": "detail",
                "recipe": "engines/training/tune.py",
                "steps": str(loop.step),
                "minutes": f"{minutes:.1f}",
                "pictures": str(len(self._footage.training)),
                "share": f"{share:g}",
                "table": json.dumps(as_json(table)),
                **identity,
                **{f"config.{k}": str(v) for k, v in asdict(self._pair.fidelity.config).items()},
            }
            save_weights(out, tuned.state_dict(), statement)
        return Tuned(
            weights=out if better else None,
            sha256=load_weights(out).sha256 if better else "",
            start_sha256=identity["from"],
            parameters=sum(value.numel() for value in tuned.state_dict().values()),
            table=table,
            share=share,
            general=general,
            steps=loop.step,
            minutes=minutes,
            stopped_early=self.stopped_early,
        )

    def _between(self) -> None:
        self._cancel.check()
        loop, now = self._loop, time.monotonic()
        if now - self._told > 1.0:
            self._told = now
            total = round(self._order.minutes * 60, 1)
            self._tell({"event": "tuning", "step": loop.step, "elapsed_s": round(loop.elapsed, 1), "total_s": total})

    def _look(self, average: nn.Module) -> Mapping[str, float]:
        """Judge on the held-out frames, keep the best, stop where nothing gets better any more."""
        assert isinstance(average, DetailPair)
        after = scores(average, self._footage.held_out, _LOOK_CROPS, _LOOK_SEED, self._cancel.check)
        change = {task: round(after[task] - self._before[task], 3) for task in after}
        gain = mean_change(self._before, after)
        self._tell({"event": "figures", "minutes": round(self._loop.elapsed / 60, 2), "change_db": change})
        if gain > self._best_gain:
            self._best, self._best_gain, self._idle = copy.deepcopy(average.state_dict()), gain, 0
            save_weights(self._order.work / "best.safetensors", self._best, {"gain": repr(gain)})
        else:
            self._idle += 1
        if self._idle >= _PATIENCE:
            self._loop.save()
            raise _Enough
        return change

    def _recall(self) -> None:
        """The best of the runs before."""
        path = self._order.work / "best.safetensors"
        if path.is_file():
            held = load_weights(path)
            self._best, self._best_gain = dict(held.tensors), float(held.statement["gain"])

    def _chosen(self, before: Mapping[str, float]) -> tuple[float, DetailPair, Mapping[str, float], float]:
        """The farthest way from the old weights to the best ones that `is_better`, and its share, scores and
        change on general pictures; share 0, and what the best ones did, where there is none.
        """
        old, trial, held = self._old.state_dict(), copy.deepcopy(self._old), self._footage.held_out
        farthest: tuple[Mapping[str, float], float] | None = None
        for share in _SHARES if self._best_gain > 0 else ():
            self._cancel.check()
            trial.load_state_dict(_between_states(old, self._best, share))
            after, general = scores(trial, held, _TABLE_CROPS, _TABLE_SEED, self._cancel.check), self._forgotten(trial)
            if is_better(before, after) and general > -_FORGETTING:
                return share, trial, after, general
            farthest = farthest or (after, general)
        return 0.0, self._old, *(farthest or (before, 0.0))

    def _forgotten(self, trial: DetailPair) -> float:
        return mean_change(
            self._general_before, scores(trial, self._general, _LOOK_CROPS, _LOOK_SEED, self._cancel.check)
        )


def general_pictures() -> tuple[Picture, ...]:
    """Luma of our own drawn film, 8-bit: what is mixed in and measured against forgetting."""
    scene = Scene(*_GENERAL_SIZE, _GENERAL_FRAMES)
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)
    return tuple(np.rint(picture @ weights * 255.0).astype(np.uint8) for picture in scene)


def _mixture(own: Sequence[Picture], general: Sequence[Picture]) -> tuple[Picture, ...]:
    """Pictures are drawn evenly from this: general ones stand in it as often as their share asks for."""
    times = max(1, round(len(own) * _GENERAL_SHARE / (1 - _GENERAL_SHARE)))
    return (*own, *(general[i % len(general)] for i in range(times)))


def _between_states(old: Mapping[str, Tensor], new: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    return {name: torch.lerp(value.float(), new[name].float(), share) for name, value in old.items()}
