"""Tests of reports about unhandled errors and hard crashes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.crash_report import CrashReporter, pending_reports

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("home")


def _run(body: str) -> None:
    script = (
        f"import os, threading\nfrom app.crash_report import CrashReporter\nr = CrashReporter()\nr.install()\n{body}"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('broken spool')", "ValueError: broken spool"),
        ("threading.Thread(target=lambda: 1 / 0, name='decode').start()", "In thread decode"),
        ("import ctypes; ctypes.string_at(0)", "Segmentation fault"),
    ],
)
def test_what_went_wrong_is_offered_at_the_next_start(body: str, said: str) -> None:
    _run(body)
    (report,) = pending_reports()
    assert said in report.text
    assert report.text.startswith("Tratteggio ")
    report.remove()
    assert pending_reports() == []


@pytest.mark.parametrize("body", ["r.close()", "os.kill(os.getpid(), 9)"])
def test_nothing_is_offered_where_nothing_went_wrong(body: str) -> None:
    _run(body)
    assert pending_reports() == []


def test_the_report_of_a_running_program_is_not_offered_and_hooks_are_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passed_on: list[object] = []

    def hook(*what: object) -> None:
        passed_on.append(what)

    monkeypatch.setattr(sys, "excepthook", hook)
    told: list[str] = []
    reporter = CrashReporter(told.append)
    reporter.install()
    sys.excepthook(ValueError, ValueError("odd"), None)
    assert pending_reports() == []
    assert (len(told), len(passed_on)) == (1, 1)
    reporter.close()
    assert sys.excepthook is hook
    assert "ValueError: odd" in reporter.path.read_text()
