"""Forensic mode and the case, from the document to the disk and to the job."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.changes import in_words
from app.command_journal import change, changed
from app.commands import set_case, set_forensic
from app.document import Document
from app.errors import ProjectError
from app.export.case import CaseFacts
from app.forensic.rules import without_obstacles
from app.project_io import load_project, save_project
from app.project_job import project_job
from engines.errors import SettingError
from tests.app.works import one_clip

CASE = CaseFacts("2026-17", "A/3", examiner="M. Rossi")


def told() -> Document:
    return set_case(set_forensic(one_clip(), True), CASE)


def test_a_project_keeps_them(tmp_path: Path) -> None:
    save_project(told(), tmp_path / "a.tratteggio")
    loaded = load_project(tmp_path / "a.tratteggio")
    assert (loaded.forensic, loaded.case) == (True, CASE)


def test_older_projects_know_neither(tmp_path: Path) -> None:
    path = tmp_path / "a.tratteggio"
    save_project(told(), path)
    held = json.loads(path.read_text())
    del held["forensic"], held["case"]
    path.write_text(json.dumps(held))
    loaded = load_project(path)
    assert (loaded.forensic, loaded.case) == (False, CaseFacts())


@pytest.mark.parametrize(
    "wrong",
    [
        {"forensic": 1},
        {"forensic": "yes"},
        {"case": ["2026-17"]},
        {"case": {"judge": "Minos"}},
        {"case": {"case": "x" * 10_000}},
        {"case": {"case": 17}},
        {"case": {"examiner": "a\nb"}},
    ],
)
def test_what_is_not_what_it_should_be_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    path = tmp_path / "a.tratteggio"
    save_project(told(), path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **wrong}))
    with pytest.raises(ProjectError, match="not a whole project file"):
        load_project(path)


def test_the_journal_brings_them_back_after_a_crash() -> None:
    before, after = one_clip(), told()
    assert changed(before, change(before, after)) == after
    assert changed(after, change(after, before)) == before
    further = replace(after, clips=())
    assert changed(after, change(after, further)).forensic


def test_a_step_that_changes_nothing_of_them_says_nothing_of_them() -> None:
    assert "evidence" not in change(one_clip(), one_clip(in_point=2))
    assert set_forensic(told(), True) is not None
    doc = told()
    assert set_forensic(doc, True) is doc
    assert set_case(doc, CASE) is doc


def test_they_are_named_among_what_differs() -> None:
    assert in_words(one_clip(), told()) == ("forensic mode: on", "what is said of the case")


def test_jobs_carry_them(tmp_path: Path) -> None:
    job = project_job(without_obstacles(told()), "c1", tmp_path / "out.mkv", None, masks_into=tmp_path)
    assert (job.forensic, job.case) == (True, CASE)


def test_what_may_invent_becomes_no_forensic_job(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="Stage inpaint fills damage that no other frame shows"):
        project_job(told(), "c1", tmp_path / "out.mkv", None, masks_into=tmp_path)


def test_the_command_line_overrides_single_texts() -> None:
    said = CASE.overridden(CaseFacts(exhibit="B/1"))
    assert said == replace(CASE, exhibit="B/1")
