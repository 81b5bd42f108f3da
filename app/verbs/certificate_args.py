"""What the command line says of who signs."""

from __future__ import annotations

from pathlib import Path

from app.package.certificate import Signatory, read_signatory
from app.package.certificate_trial import trial_signatory
from engines.errors import SettingError


def signatory_from(certificate: Path | None, key: Path | None) -> Signatory:
    """The user's, or the test one where neither is given. Raises SettingError."""
    if certificate is None and key is None:
        return trial_signatory()
    if certificate is None or key is None:
        lacking = "--key" if key is None else "--certificate"
        raise SettingError(f"Signing needs a certificate and its key; {lacking} is missing.", "Give both, or neither.")
    return read_signatory(certificate, key)
