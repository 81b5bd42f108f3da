"""What can go wrong with a project, as sentences for the user."""

from __future__ import annotations

import errno

from engines.errors import TratteggioError


class ProjectError(TratteggioError):
    """A project cannot be read, written or recovered; the document in memory is whole."""


class MasksMissingError(ProjectError):
    """Masks of a project cannot be read; the project can be opened without them."""


def disk_reason(error: OSError) -> tuple[str, str]:
    """Why a disk refused, as the end of a sentence, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "there is no space left on the disk", "Free some space, or choose another disk."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "writing is not allowed there", "Choose another folder, or change its permissions."
    return (error.strerror or str(error)).lower(), "Check the disk."
