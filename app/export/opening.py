"""The source of a job, opened as the job wants it read."""

from __future__ import annotations

from collections.abc import Callable

from app.export.job import RenderJob
from app.master_beside import with_labels
from engines.media.open import open_source
from engines.media.source import Source


def open_for(job: RenderJob, note: Callable[[str], None] = lambda _: None) -> Source:
    """Raises MediaError with one sentence, and SettingError for tags that such pictures do not have."""
    source = open_source(
        job.source,
        missing=job.missing,
        deinterlace=job.deinterlace,
        tags=job.tags,
        threads=job.threads,
        note=note,
    )
    return with_labels(source, job.source) if job.tracked else source
