"""Who signs: a certificate chain and its private key out of PEM files, checked before anything is signed with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from engines.errors import SettingError

_LARGEST = 2**20
"""Bytes of a PEM file: chains take a few kilobytes."""
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_SHORTEST_RSA = 2048


@dataclass(frozen=True)
class Signatory:
    """chain: PEM, the signer's certificate first. key: its private key, PKCS #8 PEM, not encrypted.

    algorithm: as C2PA names it (es256, es384, es512, ps256, ed25519). test: made by this program, worth nothing.
    """

    chain: bytes
    key: bytes
    algorithm: str
    name: str
    test: bool = False

    def __repr__(self) -> str:
        return f"Signatory({self.name!r}, {self.algorithm}, test={self.test})"


def read_signatory(certificate: Path, key: Path) -> Signatory:
    """From a PEM chain and the PEM key of its first certificate.

    Raises SettingError where a file cannot be read, they do not belong together, the certificate is not valid today,
    or C2PA knows no algorithm for the key.
    """
    chain = _read(certificate)
    try:
        leaf = x509.load_pem_x509_certificates(chain)[0]
    except ValueError as error:
        raise SettingError(
            f"{certificate.name} holds no PEM certificates.", "Give the chain, your own certificate first."
        ) from error
    return signatory_of(chain, leaf, _read(key), certificate.name, key.name)


def signatory_of(
    chain: bytes, leaf: x509.Certificate, key: bytes, certificate_name: str, key_name: str, *, test: bool = False
) -> Signatory:
    """The same from what the files hold. Raises SettingError."""
    try:
        private = serialization.load_pem_private_key(key, password=None)
    except TypeError as error:
        hint = "Write it without a password: openssl pkcs8 -topk8 -nocrypt -in KEY -out PLAIN, and guard that file."
        raise SettingError(f"{key_name} is locked with a password.", hint) from error
    except ValueError as error:
        raise SettingError(f"{key_name} holds no PEM private key.", "Give the key of your certificate.") from error
    if _public(private) != _public_bytes(leaf.public_key()):
        raise SettingError(
            f"{key_name} is not the key of the first certificate in {certificate_name}.",
            "Put your own certificate first in the chain, and give its key.",
        )
    now = datetime.now(UTC)
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        raise SettingError(
            f"The certificate in {certificate_name} is valid from {leaf.not_valid_before_utc:%Y-%m-%d} to "
            f"{leaf.not_valid_after_utc:%Y-%m-%d}, not today.",
            "Have it renewed.",
        )
    plain = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Signatory(chain, plain, _algorithm(private, key_name), _name(leaf), test)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            held = file.read(_LARGEST + 1)
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror or error}.", "Check the path.") from error
    if len(held) > _LARGEST:
        raise SettingError(f"{path.name} is too large for a certificate or key.", "Give PEM files.")
    return held


def _algorithm(key: object, name: str) -> str:
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _SHORTEST_RSA:
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise SettingError(
        f"Content credentials cannot be signed with the kind of key in {name}.",
        f"Use EC P-256, P-384 or P-521, Ed25519, or RSA of at least {_SHORTEST_RSA} bits.",
    )


def _public(key: object) -> bytes:
    return _public_bytes(key.public_key()) if hasattr(key, "public_key") else b""


def _public_bytes(key: object) -> bytes:
    if not hasattr(key, "public_bytes"):
        return b""
    held: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return held


def _name(leaf: x509.Certificate) -> str:
    parts = [
        str(held.value)
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for held in leaf.subject.get_attributes_for_oid(oid)[:1]
    ]
    return ", ".join(parts) or leaf.subject.rfc4514_string()
