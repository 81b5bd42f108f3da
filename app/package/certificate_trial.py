"""A certificate for trying things out, made on this machine, that says of itself that it proves nothing."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.atomic import removed_on_error
from app.data_folder import data_folder
from app.package.certificate import Signatory, signatory_of
from engines.errors import SettingError

TEST_NAME = "Tratteggio TEST certificate: proves nothing about who signed"
_YEARS = 5
_LAST_DAYS = timedelta(days=30)


def trial_signatory(folder: Path | None = None) -> Signatory:
    """The test certificate kept in `folder` (default: the data folder), made where there is none that still holds.

    Its key stays on this machine, readable by its user alone. Raises SettingError where the folder refuses.
    """
    path = (folder or data_folder()) / "test-certificate.pem"
    try:
        held = path.read_bytes()
        if _leaf(held).not_valid_after_utc - _LAST_DAYS > datetime.now(UTC):
            return _signatory(held, path)
    except (OSError, ValueError, SettingError):
        pass  # there is none, or it is no good any more: it is worth nothing, so a new one takes its place
    held = _made()
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with removed_on_error(partial):
            with os.fdopen(handle, "wb") as sink:
                sink.write(held)
            partial.replace(path)
    except OSError as error:
        raise SettingError(
            f"A test certificate cannot be kept in {path.parent}: {error.strerror or error}.",
            "Give your own with --certificate and --key.",
        ) from error
    return _signatory(held, path)


def _signatory(held: bytes, path: Path) -> Signatory:
    """Chain and key lie in one file, so that they always belong together."""
    marker = b"-----BEGIN PRIVATE KEY-----"
    chain, _, _ = held.partition(marker)
    return signatory_of(chain, _leaf(held), held[len(chain) :], path.name, path.name, test=True)


def _leaf(held: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificates(held)[0]


def _made() -> bytes:
    """Chain, then key. A leaf under an authority of its own, with the usages that C2PA 2.1 demands (section 14.5)."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name, name = _named("Tratteggio TEST authority: trust it for nothing"), _named(TEST_NAME)
    authority = (
        _begun(authority_name, authority_name, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    leaf = (
        _begun(name, authority_name, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (leaf, authority))
    return chain + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _begun(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    begin = datetime.now(UTC) - timedelta(minutes=5)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=365 * _YEARS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _named(common: str) -> x509.Name:
    # X.520 allows 64 characters of a common name.
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tratteggio TEST"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
