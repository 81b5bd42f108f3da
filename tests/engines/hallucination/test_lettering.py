"""Lettering: words that stand where they are said to, and what counts as crisp and as flagged."""

from __future__ import annotations

import cv2
import numpy as np

from engines.hallucination.lettering import SIDE, is_crisp, judge_lettering, words


def test_the_same_seed_draws_the_same_words_with_contrast_inside_their_area() -> None:
    first, again = list(words(12, 5)), list(words(12, 5))
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(first, again, strict=True))
    for word in first:
        assert word.picture.shape == word.area.shape == (SIDE, SIDE)
        assert np.array_equal(word.picture, word.picture.clip(0, 1))
        assert 8 <= word.area.any(axis=1).sum() <= 19
        assert np.ptp(word.picture[word.area]) > 0.2


def test_real_pictures_are_ground_where_given() -> None:
    ground = np.linspace(0, 1, 200 * 200, dtype=np.float32).reshape(200, 200)
    third = list(words(3, 1, [ground]))[2]
    top = third.picture[:8]
    assert np.allclose(np.diff(top, axis=1), np.diff(ground[0])[0], atol=1e-6)


def test_real_lettering_is_crisp_and_what_bicubic_leaves_of_it_is_not() -> None:
    for word in words(12, 7):
        small = cv2.resize(word.picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        assert is_crisp(word.picture, word)
        plain = np.asarray(cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.float32)
        assert not is_crisp(plain, word)


def test_only_crisp_words_are_counted_and_a_majority_of_the_area_must_be_flagged() -> None:
    cases = list(words(6, 9))
    everywhere = np.ones((SIDE, SIDE), dtype=bool)
    found = judge_lettering(iter(cases), lambda picture: (picture, everywhere))
    assert (found.words, found.crisp, found.flagged, found.least) == (6, 6, 6, 1.0)
    found = judge_lettering(iter(cases), lambda picture: (picture, ~everywhere))
    assert (found.crisp, found.flagged, found.least) == (6, 0, 0.0)
    found = judge_lettering(iter(cases), lambda picture: (np.zeros_like(picture), ~everywhere))
    assert (found.words, found.crisp) == (6, 0)
