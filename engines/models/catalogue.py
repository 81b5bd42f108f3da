"""Public weights that can be fetched: where they lie, how large they are, under which terms, and their digests."""

from __future__ import annotations

from dataclasses import dataclass

from engines.errors import ModelError

_REAL_ESRGAN = "https://github.com/xinntao/Real-ESRGAN/releases/download"
_TORCHVISION = "https://download.pytorch.org/models"
_BSD = "BSD-3-Clause"
_IMAGENET = "BSD-3-Clause (torchvision); trained on ImageNet, whose pictures are for research"


@dataclass(frozen=True)
class Offer:
    """One file. use: "stage" becomes an imported model, "lpips" a backbone of the metric. nbytes: its size.

    sha256: of the whole file, as several independent public records of the official release state it.
    """

    name: str
    purpose: str
    url: str
    nbytes: int
    licence: str
    sha256: str
    use: str

    @property
    def file(self) -> str:
        """The file's own name."""
        return self.url.rpartition("/")[2]


OFFERS = (
    Offer(
        "realesrgan-x4plus",
        "Enlarges photographs x4, inventing texture (RRDB, 16.7 M parameters; slow).",
        f"{_REAL_ESRGAN}/v0.1.0/RealESRGAN_x4plus.pth",
        67_040_989,
        _BSD,
        "4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1",
        "stage",
    ),
    Offer(
        "realesrgan-x2plus",
        "Enlarges photographs x2, inventing texture (RRDB, 16.7 M parameters; slow).",
        f"{_REAL_ESRGAN}/v0.2.1/RealESRGAN_x2plus.pth",
        67_061_725,
        _BSD,
        "49fafd45f8fd7aa8d31ab2a22d14d91b536c34494a5cfe31eb5d89c2fa266abb",
        "stage",
    ),
    Offer(
        "realesr-general-x4v3",
        "Enlarges anything x4, small and quick (SRVGG, 1.2 M parameters).",
        f"{_REAL_ESRGAN}/v0.2.5.0/realesr-general-x4v3.pth",
        4_885_111,
        _BSD,
        "8dc7edb9ac80ccdc30c3a5dca6616509367f05fbc184ad95b731f05bece96292",
        "stage",
    ),
    Offer(
        "realesr-animevideov3",
        "Enlarges drawn animation x4, small and quick (SRVGG, 0.6 M parameters).",
        f"{_REAL_ESRGAN}/v0.2.5.0/realesr-animevideov3.pth",
        2_504_012,
        _BSD,
        "b8a8376811077954d82ca3fcf476f1ac3da3e8a68a4f4d71363008000a18b75d",
        "stage",
    ),
    Offer(
        "dncnn-25",
        "Removes noise of standard deviation 25 (8-bit codes) from luma (DnCNN, 0.6 M parameters).",
        "https://raw.githubusercontent.com/cszn/KAIR/f9888a094a01fd2fdb47155d6f60ab498484beff/model_zoo/dncnn_25.pth",
        2_224_903,
        "MIT",
        "0451a70de9b672ae037270498fbb1c17a1c1c4403785df586ff65df5b858e5b0",
        "stage",
    ),
    Offer(
        "lpips-alex",
        "Lets LPIPS be computed with AlexNet, its usual backbone.",
        f"{_TORCHVISION}/alexnet-owt-7be5be79.pth",
        244_408_911,
        _IMAGENET,
        "7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02",
        "lpips",
    ),
    Offer(
        "lpips-squeeze",
        "Lets LPIPS be computed with SqueezeNet, its smallest backbone.",
        f"{_TORCHVISION}/squeezenet1_1-b8a52dc0.pth",
        4_958_839,
        _IMAGENET,
        "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b",
        "lpips",
    ),
    Offer(
        "lpips-vgg",
        "Lets LPIPS be computed with VGG16, its largest backbone.",
        f"{_TORCHVISION}/vgg16-397923af.pth",
        553_433_881,
        _IMAGENET,
        "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
        "lpips",
    ),
)


def offer(name: str) -> Offer:
    """Raises ModelError for a name that is not offered."""
    found = next((one for one in OFFERS if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in OFFERS)
        raise ModelError(f"There is nothing called {name!r} to fetch.", f"Known: {known}.")
    return found
