"""A training loop bounded by minutes: cosine schedule, averaged weights, checkpoints that resume."""

from __future__ import annotations

import copy
import csv
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class LoopConfig:
    """Times are minutes of wall clock, summed over resumed runs."""

    minutes: float
    learning_rate: float = 6e-4
    final_rate: float = 2e-6
    warmup_steps: int = 200
    average_decay: float = 0.999
    checkpoint_every: float = 2.0
    report_every: float = 5.0


class TimedLoop:
    """Runs `step_loss` until the budget is spent.

    State: `folder/checkpoint.pt` (written whole or not at all) and `folder/log.csv`.
    """

    def __init__(self, module: nn.Module, folder: Path, config: LoopConfig) -> None:
        self.module = module
        self.average = copy.deepcopy(module).eval().requires_grad_(False)
        self.folder = folder
        self.config = config
        self.step = 0
        self.elapsed = 0.0
        self.optimiser = torch.optim.Adam(module.parameters(), lr=config.learning_rate, betas=(0.9, 0.99))
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def progress(self) -> float:
        """Share of the time budget spent, 0..1."""
        return min(self.elapsed / (self.config.minutes * 60.0), 1.0)

    def resume(self) -> bool:
        """Load the last checkpoint if there is one."""
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return False
        state = torch.load(path, weights_only=True)
        self.module.load_state_dict(state["module"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.elapsed = int(state["step"]), float(state["elapsed"])
        return True

    def run(
        self,
        step_loss: Callable[[], Tensor],
        report: Callable[[nn.Module], Mapping[str, float]],
        tell: Callable[[dict[str, float]], None],
    ) -> None:
        """Train; `report` judges the averaged module every few minutes and at the end, for the log and `tell`."""
        saved = reported = self.elapsed
        running = 0.0
        while self.progress < 1.0:
            start = time.monotonic()
            rate = self._rate()
            for group in self.optimiser.param_groups:
                group["lr"] = rate
            self.optimiser.zero_grad(set_to_none=True)
            loss = step_loss()
            torch.autograd.backward(loss)
            # A rare huge gradient (a codec batch after clean ones) must not throw the weights.
            # Each network by itself: one that argues with another must not slow it down.
            for part in self.module.children():
                nn.utils.clip_grad_norm_(part.parameters(), 0.5)
            self.optimiser.step()
            self.step += 1
            self._average()
            running = 0.98 * running + 0.02 * float(loss.detach())
            self.elapsed += time.monotonic() - start
            if self.elapsed - reported > self.config.report_every * 60:
                reported = self.elapsed
                self._log({"rate": rate, "loss": running, **report(self.average)}, tell)
            if self.elapsed - saved > self.config.checkpoint_every * 60:
                saved = self.elapsed
                self.save()
        self._log({"rate": self._rate(), "loss": running, **report(self.average)}, tell)
        self.save()

    def statement(self, network: str, recipe: str, pictures: int, config: object) -> dict[str, str]:
        """What a weight file says of its making. config: a dataclass of the network's size."""
        return {
            "network": network,
            "recipe": recipe,
            "steps": str(self.step),
            "minutes": f"{self.elapsed / 60:.1f}",
            "pictures": str(pictures),
            **{f"config.{field.name}": str(getattr(config, field.name)) for field in fields(config)},  # type: ignore[arg-type]
        }

    def save(self) -> None:
        """Write the checkpoint beside its name, then rename."""
        state = {
            "module": self.module.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "elapsed": self.elapsed,
        }
        partial = self.folder / "checkpoint.partial"
        torch.save(state, partial)
        partial.replace(self.folder / "checkpoint.pt")

    def _rate(self) -> float:
        warm = min(1.0, (self.step + 1) / self.config.warmup_steps)
        cosine = 0.5 * (1 + math.cos(math.pi * self.progress))
        return warm * (self.config.final_rate + (self.config.learning_rate - self.config.final_rate) * cosine)

    def _average(self) -> None:
        decay = min(self.config.average_decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.module.parameters(), strict=True):
                kept.lerp_(new, 1 - decay)

    def _log(self, figures: Mapping[str, float], tell: Callable[[dict[str, float]], None]) -> None:
        row: dict[str, float] = {"step": self.step, "minutes": round(self.elapsed / 60, 2), **figures}
        path = self.folder / "log.csv"
        fresh = not path.exists()
        with path.open("a", newline="") as sink:
            writer = csv.writer(sink)
            if fresh:
                writer.writerow(row)
            writer.writerow(f"{v:.6g}" for v in row.values())
        tell(row)
