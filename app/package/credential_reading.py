"""Reads a content credential back: whether the file is the one that was signed, by whom, and what was said of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import c2pa

from app.export.manifest import Manifest
from app.package.certificate_trial import TEST_NAME
from app.package.credential_assets import EMBEDDING, checksums, files_of, opened, sha256_of
from app.package.credential_claims import LABELS
from app.package.credential_context import reading
from engines.errors import MediaError, RenderError
from engines.plain_file import read_whole

_LARGEST = 64 * 2**20
"""Bytes of a sidecar: thousands of steps take less than one of them."""
_CHANGED = "the file was changed after it was signed"
_REWRITTEN = "what the credential says was changed after it was signed"
_REASONS: Mapping[str, str] = {
    "assertion.dataHash.mismatch": _CHANGED,
    "assertion.bmffHash.mismatch": _CHANGED,
    "assertion.boxesHash.mismatch": _CHANGED,
    "assertion.collectionHash.mismatch": _CHANGED,
    "assertion.hashedURI.mismatch": _REWRITTEN,
    "claimSignature.mismatch": _REWRITTEN,
    "assertion.missing": "a part of the credential is missing",
    "claim.missing": "the credential's claim is missing",
    "signingCredential.expired": "the certificate was not valid when it was signed",
    "signingCredential.invalid": "the certificate may not be used for content credentials",
    "signingCredential.ocsp.revoked": "the certificate was revoked",
}
_UNTRUSTED = "signingCredential.untrusted"


@dataclass(frozen=True)
class Credential:
    """A credential whose signature fits the file. trusted: whether the signer is vouched for by a named authority.

    test: signed with a test certificate of this program. signed: ISO 8601 where a time authority vouched for it.
    actions: C2PA actions in order, source_types: IPTC terms (URIs) said of them. shares: of the pixels, by label,
    where the credential is ours. source: what is known of a credential that the source carried, "" for none.
    """

    title: str
    generator: str
    signer: str
    test: bool
    trusted: bool
    embedded: bool
    signed: str
    actions: tuple[str, ...]
    source_types: tuple[str, ...]
    shares: Mapping[str, float]
    source: str = ""

    @property
    def sentence(self) -> str:
        """What it is worth, for a person."""
        if self.test:
            worth = "The signer is a test certificate of Tratteggio: it proves nothing about who signed."
        elif self.trusted:
            worth = f"The signer, {self.signer}, is vouched for by an authority that you named."
        else:
            worth = f"The signer calls himself {self.signer}; no authority that you named vouches for that."
        return f"The file is as it was when it was signed. {worth}"


def read_credential(master: Path, sidecar: Path | None = None, *, anchors: bytes = b"", suffix: str = "") -> Credential:
    """The credential of a master: inside the file, or in `sidecar`, which of stills is bound to their checksums.

    anchors: PEM certificates of authorities to trust. suffix: in place of the file's own, of partial files.
    Raises MediaError where there is none or it is not readable, RenderError naming the reason where it does not hold.
    """
    # The library knows more containers than masters come in; it looks for itself.
    mime = EMBEDDING.get((suffix or master.suffix).lower(), "")
    held = _sidecar(sidecar) if sidecar is not None else None
    try:
        with c2pa.Context.from_dict(reading(anchors.decode("ascii", "replace"))) as context, _asset(master) as asset:
            if isinstance(asset, io.BytesIO):
                mime = "text/plain"
            elif held is not None:
                mime = "application/octet-stream"
            with c2pa.Reader(mime, asset, held, context) as reader:
                said, embedded = json.loads(reader.json()), held is None
                state = reader.get_validation_state()
    except c2pa.C2paError as error:
        raise _unreadable(master, sidecar, error) from error
    except (ValueError, RecursionError) as error:
        raise MediaError(f"The credential of {master.name} is damaged ({error}).", "Sign it again.") from error
    problems = [str(one.get("code")) for one in said.get("validation_status", ()) if one.get("code") != _UNTRUSTED]
    if state not in ("Valid", "Trusted") or problems:
        code = problems[0] if problems else "unknown"
        why = _REASONS.get(code, f"the check {code} failed")
        raise RenderError(f"The content credential of {master.name} does not hold: {why}.", "Get an untouched copy.")
    return _credential(said, state == "Trusted", embedded)


def signed_source(manifest: Manifest) -> Path | None:
    """The source that a master was made of, where it is still that very file and carries a credential itself."""
    path = Path(manifest.source)
    if path.suffix.lower() not in EMBEDDING or not path.is_file():
        return None
    try:
        with c2pa.Context.from_dict(reading("")) as context, opened(path) as asset:
            c2pa.Reader(EMBEDDING[path.suffix.lower()], asset, context=context).close()
        return path if sha256_of(path) == manifest.identity.get("sha256") else None
    except (c2pa.C2paError, MediaError):
        return None  # most sources carry none; one that cannot be read is named by its digest alone


def _credential(said: Mapping[str, Any], trusted: bool, embedded: bool) -> Credential:
    active = said["manifests"][said["active_manifest"]]
    assertions = {one.get("label"): one.get("data", {}) for one in active.get("assertions", ())}
    actions: Mapping[str, Any] = next(
        (data for label, data in assertions.items() if str(label).startswith("c2pa.actions")), {}
    )
    listed = actions.get("actions", ())
    signature = active.get("signature_info", {})
    signer = str(signature.get("common_name") or signature.get("issuer") or "somebody without a name")
    generator = (active.get("claim_generator_info") or [{}])[0]
    shares = assertions.get(LABELS, {}).get("shares", {})
    return Credential(
        title=str(active.get("title", "")),
        generator=f"{generator.get('name', 'unknown')} {generator.get('version', '')}".strip(),
        signer=signer,
        test=signer == TEST_NAME,
        trusted=trusted,
        embedded=embedded,
        signed=str(signature.get("time", "")),
        actions=tuple(str(one.get("action")) for one in listed),
        source_types=tuple(
            dict.fromkeys(str(one["digitalSourceType"]) for one in listed if "digitalSourceType" in one)
        ),
        shares={str(label): float(share) for label, share in shares.items()},
        source=_source(active.get("ingredients", ())),
    )


def _source(ingredients: Iterable[Mapping[str, Any]]) -> str:
    for one in ingredients:
        if one.get("relationship") == "parentOf" and "validation_results" in one:
            found = one["validation_results"].get("activeManifest", {}).get("failure", ())
            codes = [str(failure.get("code")) for failure in found if failure.get("code") != _UNTRUSTED]
            if codes:
                return f"The source carried a credential that did not hold: {_REASONS.get(codes[0], codes[0])}."
            return "The source carried a credential of its own, which held when this one was signed."
    return ""


def _asset(master: Path) -> BinaryIO | io.BytesIO:
    files = files_of(master)
    if files[0] != master:
        return io.BytesIO(checksums(files))
    return opened(master)


def _sidecar(path: Path) -> bytes:
    try:
        held = read_whole(path, _LARGEST)
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror or error}.", "Check the path.") from error
    if not held:
        raise MediaError(f"{path.name} is no content credential: it is empty.", "Sign it again.")
    return held


def _unreadable(master: Path, sidecar: Path | None, error: c2pa.C2paError) -> MediaError:
    where = sidecar.name if sidecar is not None else master.name
    if sidecar is None and isinstance(error, (c2pa.C2paError.ManifestNotFound, c2pa.C2paError.NotSupported)):
        return MediaError(f"{where} carries no content credential.", "Sign it with: tratteggio credentials sign.")
    return MediaError(f"The content credential in {where} is damaged ({error}).", "Get an untouched copy.")
