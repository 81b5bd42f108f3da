"""Recipe `scratch`: trains the judge of lines on windows of pictures with planted scratches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.models.weights import save_weights
from engines.nets.line_judge import LineJudge, LineJudgeConfig
from engines.training.loop import LoopConfig, TimedLoop
from engines.training.scratch_set import Lines, lines, sources

_NAME = "scratch"


@dataclass(frozen=True)
class ScratchRecipe:
    """Everything that decides the weights, besides the data."""

    windows: int = 1600
    held_out: int = 200
    batch: int = 128
    seed: int = 2026
    rate: float = 1.5e-3
    config: LineJudgeConfig = field(default_factory=LineJudgeConfig)


@dataclass(frozen=True, eq=False)
class LineSet:
    """All lines of many windows: N x C x R x 25 float16, N x F, N."""

    patches: Tensor
    facts: Tensor
    truth: Tensor


class JudgeAlone(nn.Module):
    """The network as the loop wants it: a module whose children are clipped each by itself."""

    def __init__(self, config: LineJudgeConfig) -> None:
        super().__init__()
        self.judge = LineJudge(config)


def train_scratch(
    data: Path,
    folder: Path,
    minutes: float,
    resume: bool,
    tell: Callable[[dict[str, float]], None] = lambda _: None,
    recipe: ScratchRecipe | None = None,
) -> Path:
    """Train for `minutes` (all resumed runs together, drawing the set apart) and write `folder/scratch.safetensors`.

    Raises FileNotFoundError where `data` holds no pictures.
    """
    recipe = recipe or ScratchRecipe()
    known = sources(data, held_out=False)
    if not known:
        raise FileNotFoundError(f"no pictures or clips to train on in {data}")
    drawn = stacked(lines(known, recipe.windows, recipe.seed))
    held = stacked(lines(sources(data, held_out=True) or known, recipe.held_out, recipe.seed + 1))
    return fit(drawn, held, folder, minutes, resume, tell, recipe, len(known))


def stacked(parts: Iterable[Lines]) -> LineSet:
    """All lines of all windows; patches of low pictures are filled up with rows in which no line is."""
    held = list(parts)
    rows = max(part.patches.shape[2] for part in held)
    padded = [np.pad(p.patches, ((0, 0), (0, 0), (0, rows - p.patches.shape[2]), (0, 0))) for p in held]
    return LineSet(
        torch.from_numpy(np.concatenate(padded)),
        torch.from_numpy(np.concatenate([part.facts for part in held])),
        torch.from_numpy(np.concatenate([part.truth for part in held])),
    )


def fit(
    drawn: LineSet,
    held: LineSet,
    folder: Path,
    minutes: float,
    resume: bool,
    tell: Callable[[dict[str, float]], None],
    recipe: ScratchRecipe,
    pictures: int,
) -> Path:
    """Maximum likelihood; the temperature is set on what was held out, so that the confidence is what it says."""
    torch.manual_seed(recipe.seed)
    module = JudgeAlone(recipe.config)
    module.judge.mean.copy_(drawn.facts.mean(0))
    module.judge.spread.copy_(drawn.facts.std(0).clamp(min=1e-3))
    loop = TimedLoop(module, folder, LoopConfig(minutes=minutes, learning_rate=recipe.rate, report_every=1.0))
    if resume:
        loop.resume()
    rng = np.random.default_rng((recipe.seed, loop.step))
    path = folder / f"{_NAME}.safetensors"

    def step_loss() -> Tensor:
        chosen = torch.from_numpy(rng.integers(len(drawn.truth), size=recipe.batch))
        patches, facts = drawn.patches[chosen].float(), drawn.facts[chosen]
        # A line looks as much like one in the mirror.
        patches = torch.where(
            torch.from_numpy(rng.random(len(chosen)) < 0.5)[:, None, None, None], patches.flip(3), patches
        )
        said = module.judge(patches, facts)
        return functional.binary_cross_entropy_with_logits(said, drawn.truth[chosen].float())

    def report(average: nn.Module) -> Mapping[str, float]:
        assert isinstance(average, JudgeAlone)
        average.judge.mean.copy_(module.judge.mean)
        average.judge.spread.copy_(module.judge.spread)
        figures = judge(average.judge, held)
        statement = loop.statement(_NAME, "engines/training/scratch.py", pictures, recipe.config)
        save_weights(path, average.judge.state_dict(), statement | {"lines": str(len(drawn.truth))})
        return figures

    loop.run(step_loss, report, tell)
    return path


def judge(network: LineJudge, held: LineSet) -> Mapping[str, float]:
    """On lines that it has not learnt from: cross entropy at the best temperature (which is set), recall in percent
    where one false line passes per thousand and per hundred."""
    with torch.no_grad():
        parts = zip(torch.split(held.patches, 512), torch.split(held.facts, 512), strict=True)
        said = torch.cat([network(patches.float(), facts) for patches, facts in parts])
    truth = held.truth.float()
    tried = torch.logspace(-0.6, 0.6, 25)
    losses = [float(functional.binary_cross_entropy_with_logits(said / t, truth)) for t in tried]
    best = int(np.argmin(losses))
    network.temperature.copy_(tried[best])
    false = said[truth == 0].sort(descending=True).values
    answers = {"held-out cross entropy": losses[best]}
    for share in (0.001, 0.01):
        limit = false[min(int(share * len(false)), len(false) - 1)]
        answers[f"recall at {share:.1%} false, %"] = float((said[truth == 1] > limit).float().mean()) * 100
    return answers
