"""How an export stands, in words."""

from __future__ import annotations

from app.jobs.values import JobProgress, JobRecord
from app.stage_text import StateLine
from ui.dialogs.export_words import duration, size
from ui.i18n import tr


def state_of(record: JobRecord) -> StateLine:
    """A word or two with a mark."""
    if record.state == "done" and record.packaged in ("running", "passed", "failed"):
        return {
            "running": StateLine(tr("Jobs", "packaging")),
            "passed": StateLine(tr("Jobs", "packaged"), "ready"),
            "failed": StateLine(tr("Jobs", "not packaged"), "failed"),
        }[record.packaged]
    if record.state == "done" and record.verify:
        return {
            "running": StateLine(tr("Jobs", "verifying")),
            "passed": StateLine(tr("Jobs", "verified"), "ready"),
            "failed": StateLine(tr("Jobs", "verification failed"), "failed"),
        }[record.verify]
    return {
        "preparing": StateLine(tr("Jobs", "copying masks")),
        "queued": StateLine(tr("Jobs", "waiting")),
        "running": StateLine(tr("Jobs", "running")),
        "stopping": StateLine(tr("Jobs", "stopping after this frame"), "approximate"),
        "paused": StateLine(tr("Jobs", "paused"), "approximate"),
        "interrupted": StateLine(tr("Jobs", "interrupted"), "approximate"),
        "failed": StateLine(tr("Jobs", "failed"), "failed"),
        "done": StateLine(tr("Jobs", "done"), "ready"),
    }[record.state]


def phase_word(phase: str) -> str:
    """What a phase of a render does."""
    words = {
        "": tr("Jobs", "starting"),
        "cuts": tr("Jobs", "finding cuts"),
        "render": tr("Jobs", "rendering"),
        "check": tr("Jobs", "checking the master"),
        "headers": tr("Jobs", "keeping headers"),
        "verify": tr("Jobs", "verifying"),
        "rerun": tr("Jobs", "rendering frames anew"),
        "package": tr("Jobs", "packaging"),
        "check package": tr("Jobs", "checking the package"),
    }
    return words.get(phase, phase)


def figures(progress: JobProgress) -> list[str]:
    """ "63 %", "302/480", "4.1 fps", "43 s left": what is known of it."""
    if not progress.total:
        return []
    found = [f"{progress.share * 100:.0f} %", f"{progress.n}/{progress.total}"]
    if progress.fps:
        found.append(
            tr("Jobs", "{0} fps").format(f"{progress.fps:.1f}" if progress.fps < 100 else f"{progress.fps:.0f}")
        )
    if progress.eta_s is not None and progress.n < progress.total:
        found.append(tr("Jobs", "{0} left").format(duration(progress.eta_s)))
    return found


def detail_of(record: JobRecord, progress: JobProgress, elapsed: float) -> str:
    """The line under the name."""
    if record.state in ("running", "stopping") or "running" in (record.verify, record.packaged):
        parts = [phase_word(progress.phase), *figures(progress), tr("Jobs", "{0} elapsed").format(duration(elapsed))]
        return "   ".join(parts)
    if record.state == "done":
        return (record.package_sentence if record.packaged == "passed" else record.verify_sentence) or _result(record)
    frames = record.job.frames
    span = tr("Jobs", "frames {0} to {1}").format(*frames) if frames else tr("Jobs", "whole clip")
    spent = tr("Jobs", "{0} spent so far").format(duration(record.seconds)) if record.seconds >= 1 else ""
    return "   ".join(filter(None, (span, spent, record.job.preset or "")))


def _result(record: JobRecord) -> str:
    result = record.result
    shares = result.get("shares", {})
    made = 1.0 - float(shares.get("SOURCE", 0.0))
    return tr("Jobs", "{0} frames in {1}, peak memory {2}; {3} % of the pixels are not the scan's own").format(
        result.get("frames", 0),
        duration(record.seconds),
        size(float(result.get("peak_memory_bytes", 0))),
        f"{made * 100:.2f}",
    )
