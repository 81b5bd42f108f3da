import time

import numpy as np

from engines.benchmark.cost import measured


def test_answers_come_in_order_and_the_median_is_of_the_warm_runs() -> None:
    calls = []

    def treat(number: int) -> int:
        calls.append(number)
        time.sleep(0.2 if len(calls) == 1 else 0.01)
        return number * 2

    result = measured(treat, [1, 2, 3])
    assert result.answers == [2, 4, 6]
    assert calls == [1, 1, 2, 3]
    assert 0.01 <= result.seconds < 0.2


def test_memory_is_what_the_process_grew_by() -> None:
    def treat(mebibytes: int) -> float:
        held = np.ones(mebibytes * 2**17)
        time.sleep(0.05)
        return float(held[-1])

    small, large = (measured(treat, [size]).peak_mib for size in (1, 96))
    assert 80 < large < 200
    assert small < 40
