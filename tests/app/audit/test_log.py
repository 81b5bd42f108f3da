"""The audit log: whatever is done to it by a crash is mended and told, by a person refused and the line named."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.audit.entry import START, Entry
from app.audit.log import AuditLog, read_log
from app.export.case import CaseFacts
from engines.errors import MediaError, RenderError


def _written(folder: Path, count: int = 5) -> Path:
    log = AuditLog.open(folder / "reel.mkv.audit.jsonl")
    for number in range(count):
        log.add("segment", first=number * 24, key=f"k{number}", shares={"SOURCE": 0.25})
    return log.path


def test_entries_come_back_in_order_chained_from_the_start(tmp_path: Path) -> None:
    entries = read_log(_written(tmp_path, 3))
    assert [e.n for e in entries] == [0, 1, 2]
    assert entries[0].previous == START
    assert [e.previous for e in entries[1:]] == [e.digest for e in entries[:2]]
    assert entries[1].facts == {"first": 24, "key": "k1", "shares": {"SOURCE": 0.25}}
    assert all("@" in e.who for e in entries)
    assert [e.time for e in entries] == sorted(e.time for e in entries)


def test_any_fact_comes_back_as_plain_values(tmp_path: Path) -> None:
    log = AuditLog.open(tmp_path / "a.jsonl")
    log.add(
        "odd",
        path=Path("/a/b"),
        rate=Fraction(24000, 1001),
        case=CaseFacts(case="7"),
        name="bad\udcff.dpx",
        nothing=None,
        far=float("inf"),
        pair=(1, 2.5),
        text="Größe “7” \u2028",
    )
    facts = read_log(log.path)[0].facts
    assert facts["path"] == "/a/b"
    assert facts["rate"] == "24000/1001"
    assert facts["case"]["case"] == "7"
    assert facts["name"] == "bad\\udcff.dpx"
    assert facts["far"] == "inf"
    assert facts["pair"] == [1, 2.5]
    assert facts["text"] == "Größe “7” \u2028"


def test_it_goes_on_where_it_ended_and_says_so(tmp_path: Path) -> None:
    path = _written(tmp_path, 2)
    log = AuditLog.open(path)
    log.add("note", text="later")
    assert [e.event for e in read_log(path)] == ["segment", "segment", "resumed", "note"]
    assert (log.entries, log.head) == (4, read_log(path)[-1].digest)


@pytest.mark.parametrize("kept", [1, 17, -1])
def test_a_torn_last_line_is_cut_and_told(tmp_path: Path, kept: int) -> None:
    path = _written(tmp_path, 3)
    lines = path.read_bytes().splitlines(keepends=True)
    torn = lines[2][:kept]
    path.write_bytes(b"".join(lines[:2]) + torn)
    with pytest.raises(RenderError, match=r"reel\.mkv\.audit\.jsonl is broken: line 3 is torn"):
        read_log(path)
    AuditLog.open(path)
    assert [(e.event, e.facts.get("cut_bytes")) for e in read_log(path)][2:] == [("resumed", len(torn))]


def test_a_first_line_that_was_torn_leaves_a_log_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"digest":"12')
    assert AuditLog.open(path).entries == 1
    assert read_log(path)[0].facts == {"cut_bytes": 13}


def test_an_end_torn_off_elsewhere_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, 3)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][:-9] + lines[2])
    for read in (read_log, AuditLog.open):
        with pytest.raises(RenderError, match="line 2"):
            read(path)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda one: [*one[:2], *one[3:]], 3),
        (lambda one: one[1:], 1),
        (lambda one: [one[0], one[2], one[1], *one[3:]], 2),
        (lambda one: [*one[:2], one[1], *one[2:]], 3),
        (lambda one: [one[0], b"\n", *one[1:]], 2),
        (lambda one: [one[0], one[1].replace(b'"first":24', b'"first":25'), *one[2:]], 2),
        (lambda one: [one[0], one[1].replace(b'":', b'": ', 1), *one[2:]], 2),
        (lambda one: [one[0], b"[1]\n", *one[1:]], 2),
        (lambda one: [one[0], b"[" * 5000 + b"\n", *one[1:]], 2),
        (lambda one: [one[0], b"9" * 5000 + b"\n", *one[1:]], 2),
    ],
    ids=["removed", "first", "swapped", "repeated", "empty", "edited", "respaced", "other", "deep", "huge"],
)
def test_what_was_done_to_lines_is_refused_and_the_line_named(tmp_path: Path, change, line: int) -> None:  # type: ignore[no-untyped-def]
    path = _written(tmp_path)
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    for read in (read_log, AuditLog.open):
        with pytest.raises(RenderError, match=rf"audit\.jsonl is broken: line {line} "):
            read(path)


def test_a_line_signed_anew_breaks_the_chain_at_the_next(tmp_path: Path) -> None:
    path = _written(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    held = json.loads(lines[1])
    held.pop("digest")
    held["facts"]["key"] = "other"
    lines[1] = Entry.made(**held).line()
    path.write_bytes(b"".join(lines))
    with pytest.raises(RenderError, match="line 3 does not follow from the line before"):
        read_log(path)


def test_time_never_runs_backwards(tmp_path: Path) -> None:
    path = _written(tmp_path, 1)
    lines = path.read_bytes().splitlines(keepends=True)
    before = json.loads(lines[0])
    earlier = Entry.made(1, "1999-01-01T00:00:00.000000Z", "a@b", "note", {}, before["digest"])
    path.write_bytes(lines[0] + earlier.line())
    with pytest.raises(RenderError, match="line 2 is older than the line before"):
        read_log(path)


def test_types_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(Entry.made(False, "2026-01-01T00:00:00.000000Z", "a@b", "note", {}, START).line())
    with pytest.raises(RenderError, match="line 1 has no proper 'n'"):
        read_log(path)


def test_absurdly_long_lines_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.audit.log.LONGEST_LINE", 4096)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x" * 10_000)
    for read in (read_log, AuditLog.open):
        with pytest.raises(RenderError, match="line 1 is longer than any entry"):
            read(path)
    log = AuditLog.open(tmp_path / "b.jsonl")
    with pytest.raises(RenderError, match="too long"):
        log.add("note", text="y" * 5000)
    assert read_log(log.path) == ()


def test_what_is_no_plain_file_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(_written(tmp_path))
    for name in ("missing.jsonl", "link.jsonl"):
        with pytest.raises(MediaError, match=name):
            read_log(tmp_path / name)
    with pytest.raises(MediaError, match="link"):
        AuditLog.open(tmp_path / "link.jsonl")


def test_a_full_disk_leaves_the_log_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = AuditLog.open(_written(tmp_path, 2))
    before = log.path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(RenderError, match="No space left"):
            log.add("note", text="lost")
    assert log.path.read_bytes() == before
    log.add("note", text="kept")
    assert read_log(log.path)[-1].facts == {"text": "kept"}


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bit_that_flips_is_found_and_its_line_named(tmp_path: Path, data: st.DataObject) -> None:
    whole = tmp_path / "reel.mkv.audit.jsonl"
    content = bytearray((whole if whole.exists() else _written(tmp_path)).read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "flipped.jsonl"
    path.write_bytes(content)
    line = bytes(content[:place]).count(b"\n") + 1
    with pytest.raises(RenderError, match=f"line {line} "):
        read_log(path)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400) | st.text(alphabet='{}[]":,0n\n\\u', max_size=60).map(str.encode))
def test_whatever_a_file_holds_it_is_a_log_or_it_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(content)
    if not content:
        assert read_log(path) == ()
        return
    with pytest.raises(RenderError, match="line 1 "):
        read_log(path)
