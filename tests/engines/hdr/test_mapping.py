"""How a master was made, in words and back; tables and fitted colours."""

from __future__ import annotations

import numpy as np
import pytest

from engines.hdr.convert import to_hdr, to_sdr
from engines.hdr.mapping import PQ, Mapping
from engines.hdr.table import Table


@pytest.mark.parametrize(
    "mapping", [Mapping("A", 1000.0, 203.0), Mapping("C", 4000.0, 100.0), Mapping("A", 612.5, 100)]
)
def test_words_and_back(mapping: Mapping) -> None:
    assert Mapping.from_words(mapping.words()) == mapping


def test_other_words_say_nothing() -> None:
    assert Mapping.from_words("graded by hand") is None


def test_a_table_is_exact_where_it_has_entries_and_ends_where_they_end() -> None:
    table = Table.of(lambda x: x**2, 0.0, 2.0)
    found = table(np.array([[-1.0, 0.0, 1.0, 2.0, 5.0]], np.float32))
    np.testing.assert_allclose(found, [[0.0, 0.0, 1.0, 4.0, 4.0]], atol=4e-5)


def test_colours_of_sdr_are_not_fitted() -> None:
    rgb = np.random.default_rng(3).uniform(0.05, 1, (3, 30, 30)).astype(np.float32)
    mapping = Mapping("C", 1000.0, 203.0)
    up = to_hdr(mapping, "bt709", "bt709", PQ)(rgb.copy())
    plain, fitted = (to_sdr(mapping, PQ, fit)(up.copy()) for fit in (False, True))
    assert np.abs(plain - fitted).max() < 0.02
    wide = np.zeros((3, 1, 1), np.float32)
    wide[1] = 0.5
    plain, fitted = (to_sdr(mapping, PQ, fit)(wide.copy()) for fit in (False, True))
    assert plain.min() < -0.1
    assert fitted.min() > -1e-3
