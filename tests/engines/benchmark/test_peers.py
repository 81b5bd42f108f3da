import numpy as np

from engines.benchmark import peers
from engines.benchmark.contest import Entry, best_of, entered
from engines.benchmark.filters import LumaFilter
from engines.benchmark.peers import Peer
from engines.benchmark.pictures import GREY8, STILL, noisy
from engines.benchmark.row_edges import step_picture
from engines.errors import SettingError
from engines.metrics.overshoot import overshoot
from engines.types import Frame


def smooth(side: int = 96) -> Frame:
    y, x = np.mgrid[:side, :side]
    return Frame((np.rint(128 + 60 * np.sin(x / 17) * np.cos(y / 23)).astype(np.uint8),), GREY8, STILL)


def test_enlargers_keep_flat_pictures_and_ring_at_steps() -> None:
    flat = Frame((np.full((24, 24), 77, np.uint8),), GREY8, STILL)
    step = step_picture(60, 180, 0, 64)
    rings = {}
    for peer in peers.enlargers(2):
        enlarge = peer.variants[0][1]()
        assert np.unique(enlarge(flat).planes[0]).tolist() == [77]
        rings[peer.name] = overshoot(enlarge(step), scale=2)
    assert overshoot(step) == 0
    bicubic, lanczos = rings["bicubic"], rings["Lanczos"]
    assert bicubic is not None
    assert lanczos is not None
    assert 3 < bicubic < lanczos < 15


def test_every_denoiser_denoises() -> None:
    truth = smooth()
    source = noisy(truth, 15, 0)
    before = entered("untouched", lambda n: source, [truth]).mean
    for peer in peers.denoisers(15):
        found = best_of(peer, [source], [truth])
        assert isinstance(found, Entry)
        assert found.mean > before + 3, found.name


def test_the_best_variant_is_shown_and_a_missing_one_says_so() -> None:
    truth = smooth()

    def off_by(codes: int) -> Frame:
        return truth.with_planes((truth.planes[0] + np.uint8(codes),))

    peer = Peer("offset", (("3", lambda: lambda f: off_by(3)), ("1", lambda: lambda f: off_by(1))))
    found = best_of(peer, [truth], [truth])
    assert isinstance(found, Entry)
    assert found.name == "offset (1)"
    assert round(found.mean, 1) == round(20 * np.log10(255 / (219 / 255)), 1)
    missing = best_of(Peer("none", (("", lambda: LumaFilter("no_such_filter", "")),)), [truth], [truth])
    assert isinstance(missing, SettingError)
