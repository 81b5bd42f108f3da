"""PyTorch as runtime: the reference on every device, in half precision where asked."""

from __future__ import annotations

import numpy as np
import torch

from engines.models.answer import Answer
from engines.models.runtime import Choice, Planes


class TorchRuntime:
    """See `engines.models.runtime.Runtime`. Moves the network to the choice's device."""

    def __init__(self, answer: Answer, choice: Choice) -> None:
        self.choice = choice
        self._device = torch.device(choice.device)
        # Channels last: one and a half to three times as fast on CPUs. (The stubs lack this overload.)
        self._answer = answer.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        # Processors and CUDA have bfloat16, whose range no activation leaves; MPS has float16.
        self._half = torch.float16 if choice.device == "mps" else torch.bfloat16

    def run(self, planes: Planes) -> Planes:
        half = self.choice.precision == "half"
        with torch.inference_mode(), torch.autocast(self._device.type, self._half, enabled=half):
            batch = torch.from_numpy(planes)[None].to(self._device, memory_format=torch.channels_last)
            return np.ascontiguousarray(self._answer(batch)[0].float().cpu().numpy())
