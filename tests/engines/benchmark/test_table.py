import math

from engines.benchmark.table import Bar, Column, Table


def a_table() -> Table:
    columns = (Column("method"), Column("PSNR-Y", "dB"), Column("gain", "dB", digits=3, signed=True))
    rows = (("bicubic", 33.684, None), ("ours", math.inf, 3.6512))
    return Table("Set5", columns, rows, ("Border cropped.",), (Bar("x2", 37.3, 37.2, "dB"),))


def test_markdown_is_aligned_and_carries_units() -> None:
    lines = a_table().markdown().splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len({len(line) for line in table}) == 1
    assert "PSNR-Y, dB" in table[0]
    assert table[2].split("|")[2].strip() == "33.68"
    assert table[2].split("|")[3].strip() == "-"
    assert table[3].split("|")[3].strip() == "+3.651"
    assert "* x2: 37.3 dB (at least 37.2 dB: met)" in lines


def test_values_hold_no_infinity() -> None:
    held = a_table().values()
    assert held["rows"][0] == {"method": "bicubic", "PSNR-Y, dB": 33.684, "gain, dB": None}
    assert held["rows"][1]["PSNR-Y, dB"] is None
    assert held["bars"][0]["met"] is True


def test_bars_know_their_direction() -> None:
    assert not Bar("gain", 0.4, 0.5, "dB").met
    assert Bar("loss", 0.4, 0.5, "dB", at_most=True).met
    assert "NOT met" in str(Bar("loss", 0.6, 0.5, "dB", at_most=True))
