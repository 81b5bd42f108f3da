"""What computed the pictures: versions, processor, device, and whatever decides whether bits repeat."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path

import av
import cv2
import numpy as np
import torch

from app.version import VERSION

_CPU_INFO = Path("/proc/cpuinfo")


def environment(device: str) -> Mapping[str, str]:
    """Of this process as it is set up now; `device` is where networks run. Everything is a text."""
    facts = {
        "tratteggio": VERSION,
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "av": av.__version__,
        "ffmpeg": str(av.ffmpeg_version_info),
        "opencv": cv2.__version__,
        "processor": _processor(),
        "cores": str(os.cpu_count() or 1),
        "device": device,
        "torch threads": str(torch.get_num_threads()),
        "opencv threads": str(cv2.getNumThreads()),
        "torch deterministic algorithms": _flag(torch.are_deterministic_algorithms_enabled()),
        "torch float32 matrix products": torch.get_float32_matmul_precision(),
        "torch capability": torch.backends.cpu.get_cpu_capability(),
        "onednn": _flag(torch.backends.mkldnn.is_available()),  # type: ignore[no-untyped-call]
    }
    if device == "cuda":
        facts |= {
            "graphics card": torch.cuda.get_device_name(),
            "cuda": str(torch.version.cuda),
            "cudnn": str(torch.backends.cudnn.version()),  # type: ignore[no-untyped-call]
            "cudnn deterministic": _flag(torch.backends.cudnn.deterministic),
            "cudnn benchmark": _flag(torch.backends.cudnn.benchmark),
            "tf32 in matrix products": _flag(torch.backends.cuda.matmul.allow_tf32),
            "tf32 in convolutions": _flag(torch.backends.cudnn.allow_tf32),
            "cublas workspace": os.environ.get("CUBLAS_WORKSPACE_CONFIG", "as built"),
        }
    return facts


def _flag(value: bool) -> str:
    return "on" if value else "off"


def _processor() -> str:
    """The name that its maker gave it, where the system tells."""
    try:
        lines = _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # another system
        lines = []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()
