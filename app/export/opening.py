"""The source of a job, opened as the job wants it read."""

from __future__ import annotations

from collections.abc import Callable

from app.export.job import RenderJob
from app.master_beside import master_beside, with_labels
from engines.errors import SettingError
from engines.media.open import open_source
from engines.media.source import Source


def open_for(job: RenderJob, note: Callable[[str], None] = lambda _: None) -> Source:
    """A copy with burn-in of a master goes on from that master's labels: what was invented before is marked, too.

    Raises MediaError with one sentence, and SettingError for tags that such pictures do not have, or where labels
    would not fit the pictures any more.
    """
    labelled = job.tracked or (job.burn_in and master_beside(job.source) is not None)
    if labelled and job.burn_in and job.deinterlace:
        raise SettingError(
            "The labels of a master do not fit its pictures once they are deinterlaced.",
            "Make the review copy without --deinterlace.",
        )
    source = open_source(
        job.source,
        missing=job.missing,
        deinterlace=job.deinterlace,
        tags=job.tags,
        threads=job.threads,
        note=note,
    )
    return with_labels(source, job.source) if labelled else source
