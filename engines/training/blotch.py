"""Recipe `dirt`: trains the blotch segmenter on planted damage over real clips and fits how sure it may be."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engines.dirt.evidence import Evidence, rank_order
from engines.models.weights import save_weights
from engines.nets.blotch import BlotchConfig, BlotchNet, planes_of
from engines.training.blotch_bank import SIDE, examples, split_clips
from engines.training.blotch_sureness import fit_sureness
from engines.training.loop import LoopConfig, TimedLoop
from engines.training.plant.dirt import load_mattes

_SEED, _BATCH, _PATCH, _RATE = 2027, 8, 160, 1.5e-3
_PASSES = 3
# Looks at the held-out clips (seeds), and examples of each clip under each.
_HELD_LOOKS, _HELD_EACH = (5, 6), 40
# Changed by so many codes: damage. Changed less: neither learned as damage nor as sound.
_MARKED = 5
_OVERLAP = 0.025
# Pixels of pieces smaller than so many weigh more, or only large ones would be learned; at most so much more.
_SMALL, _MOST = 80.0, 5.0


class BlotchModule(nn.Module):
    """The network as a child, so that the loop clips its gradients."""

    def __init__(self, config: BlotchConfig) -> None:
        super().__init__()
        self.blotch = BlotchNet(config)


def train_blotch(
    data: Path,
    folder: Path,
    minutes: float,
    resume: bool,
    tell: Callable[[dict[str, float]], None] = lambda _: None,
) -> Path:
    """Train for `minutes` (all resumed runs together) and write `folder/dirt.safetensors`; returns its path.

    The examples are made first and kept in `folder`. Raises FileNotFoundError where `data` holds no clips.
    """
    torch.manual_seed(_SEED)
    folder.mkdir(parents=True, exist_ok=True)
    training, held = split_clips(data)
    mattes = load_mattes(data / "overlays", judging=False)
    makers = {f"bank{turn}": lambda turn=turn: examples(training, mattes, _SEED + turn) for turn in range(_PASSES)}
    banks = [_kept(folder / f"{name}.npy", make) for name, make in makers.items()]
    judging = load_mattes(data / "overlays", judging=True)
    test = _kept(
        folder / "held.npy",
        lambda: chain.from_iterable(examples(held, judging, look, _HELD_EACH) for look in _HELD_LOOKS),
    )
    module = BlotchModule(BlotchConfig())
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    loop = TimedLoop(module, folder, LoopConfig(minutes=minutes, learning_rate=_RATE))
    if resume:
        loop.resume()
    rng = np.random.default_rng((_SEED, loop.step))
    loop.run(lambda: step_loss(module.blotch, banks, rng), lambda average: judge(average, test), tell)
    statement = loop.statement("blotch", "dirt", sum(map(len, banks)), module.blotch.config)
    path = folder / "dirt.safetensors"
    average = loop.average.get_submodule("blotch")
    assert isinstance(average, BlotchNet)
    network = copy.deepcopy(average).bfloat16()
    sureness, score = fit_sureness(network, test)
    tensors = {**loop.average.state_dict(), "sureness": torch.tensor((sureness.least, *sureness.weights))}
    save_weights(path, tensors, {**statement, "held_out_f1": f"{score:.4f}"})
    return path


def step_loss(network: BlotchNet, banks: list[NDArray[np.uint8]], rng: np.random.Generator) -> Tensor:
    """Cross-entropy and overlap (Milletari et al. 2016) of a random batch; faint skirts count for neither side."""
    bank = banks[int(rng.integers(len(banks)))]
    batch = np.stack([_patch(bank[int(rng.integers(len(bank)))], rng) for _ in range(_BATCH)])
    planes, changed = tensors_of(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = network(planes.contiguous(memory_format=torch.channels_last)).float()
    truth = (changed >= _MARKED).float()
    counts = ((changed == 0) | (changed >= _MARKED)).float()
    weights = counts * torch.from_numpy(np.stack([_weights(one[5]) for one in batch]))[:, None]
    entropy = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    entropy = (entropy * weights).sum() / counts.sum()
    said = torch.sigmoid(logits) * counts
    overlap = 1 - (2 * (said * truth).sum() + 50) / (said.sum() + truth.sum() + 50)
    return entropy + _OVERLAP * overlap


def tensors_of(batch: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
    """Examples B x 6 x H x W -> the network's planes, and by how many codes each pixel was changed (B x 1 x H x W)."""
    ranks = np.stack([rank_order(Evidence(example[0], example[1:5])) for example in batch])
    held = torch.from_numpy(np.array(batch)).float()
    return planes_of(held[:, :1], held[:, 1:5], torch.from_numpy(ranks).float()[:, None]), held[:, 5:]


def judge(module: nn.Module, test: NDArray[np.uint8]) -> Mapping[str, float]:
    """Pixel figures on held-out clips and mattes: best F1, and recall where precision is 85 %."""
    scores, truths = scored(module, test)
    order = np.argsort(-scores)
    hits = np.cumsum(truths[order])
    precision = hits / np.arange(1, len(order) + 1)
    recall = hits / max(int(hits[-1]), 1)
    best = int(np.argmax(2 * precision * recall / np.maximum(precision + recall, 1e-9)))
    enough = np.nonzero(precision >= 0.85)[0]
    return {
        "f1": float(2 * precision[best] * recall[best] / (precision[best] + recall[best])),
        "logit_f1": float(scores[order[best]]),
        "recall_p85": float(recall[enough[-1]]) if len(enough) else 0.0,
    }


def scored(module: nn.Module, test: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Logits and truth of every pixel that counts."""
    scores, truths = [], []
    for example in test:
        planes, changed = tensors_of(example[None])
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            logits = module.blotch(planes.contiguous(memory_format=torch.channels_last)).float()  # type: ignore[operator]
        counts = (changed == 0) | (changed >= _MARKED)
        scores.append(logits[counts].numpy())
        truths.append((changed >= _MARKED)[counts].numpy())
    return np.concatenate(scores), np.concatenate(truths)


def _patch(example: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    top, left = (int(v) for v in rng.integers(SIDE - _PATCH + 1, size=2))
    cut = np.rot90(example[:, top : top + _PATCH, left : left + _PATCH], int(rng.integers(4)), axes=(1, 2))
    if rng.random() < 0.5:
        cut = cut[:, :, ::-1]
    if rng.random() < 0.5:
        # Before and after may change places.
        cut = cut[[0, 2, 1, 4, 3, 5]]
    if rng.random() < 0.3:
        cut = np.concatenate((255 - cut[:5], cut[5:]))
    return np.ascontiguousarray(cut)


def _weights(changed: NDArray[np.uint8]) -> NDArray[np.float32]:
    """H x W: 1, more on small pieces of damage."""
    marked = (changed >= _MARKED).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(marked, connectivity=8)
    weight = np.clip(np.sqrt(_SMALL / stats[:, cv2.CC_STAT_AREA]), 1.0, _MOST).astype(np.float32)
    weight[0] = 1.0
    return np.asarray(weight[labels], np.float32)


def _kept(path: Path, make: Callable[[], Iterable[NDArray[np.uint8]]]) -> NDArray[np.uint8]:
    if not path.exists():
        partial = path.with_suffix(".partial.npy")
        np.save(partial, np.stack(list(make())))
        partial.replace(path)
    return np.asarray(np.load(path, mmap_mode="r"))
