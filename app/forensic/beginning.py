"""What is checked before a forensic render computes anything."""

from __future__ import annotations

from collections.abc import Callable

from app.export.job import RenderJob
from app.forensic.ancestry import refuse_synthesised_source
from app.forensic.repeatable import refuse_unlike
from app.forensic.rules import refuse_job
from engines.cancel import CancelToken
from engines.media.source import ClipInfo


def begin_forensic(job: RenderJob, clip: ClipInfo, cancel: CancelToken, say: Callable[[str], None]) -> None:
    """Raises SettingError, ModelError or RenderError where the job, what computes it or its source is refused;
    Cancelled.
    """
    refuse_job(job)
    refuse_unlike()
    if told := refuse_synthesised_source(job.source, clip, cancel):
        say(told)
