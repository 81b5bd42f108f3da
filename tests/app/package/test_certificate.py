"""Who signs: certificates and keys that are checked before anything is signed with them."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.package.certificate import read_signatory
from app.package.certificate_trial import TEST_NAME, trial_signatory
from app.package.credential_reading import read_credential
from app.package.credentials import sign_beside
from engines.errors import RenderError, SettingError
from tests.app.package.signing import MANIFEST, make_master

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey
Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def issued(folder: Path, key: Key, *, days: int = 30, usage: bool = True) -> tuple[Path, Path]:
    """A chain of two and the key, as an authority would give them."""
    folder.mkdir(parents=True, exist_ok=True)
    root = ec.generate_private_key(ec.SECP256R1())
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in ("An Archive", "An Authority")]
    now = datetime.now(UTC)

    def begun(subject: x509.Name, public: PublicKey, last: int) -> x509.CertificateBuilder:
        begin = now - timedelta(days=60)
        end = now + timedelta(days=last)
        return x509.CertificateBuilder(names[1], subject, public, x509.random_serial_number(), begin, end)

    def usages(*, authority: bool) -> x509.KeyUsage:
        return x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False)

    leaf = begun(names[0], key.public_key(), days)
    leaf = leaf.add_extension(x509.BasicConstraints(False, None), True).add_extension(usages(authority=False), True)
    leaf = leaf.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), False)
    if usage:
        leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
    top = begun(names[1], root.public_key(), 90).add_extension(x509.BasicConstraints(True, None), True)
    top = top.add_extension(usages(authority=True), True)
    top = top.add_extension(x509.SubjectKeyIdentifier.from_public_key(root.public_key()), False)
    chain, secret = folder / "chain.pem", folder / "key.pem"
    both = (leaf.sign(root, hashes.SHA256()), top.sign(root, hashes.SHA256()))
    chain.write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in both))
    secret.write_bytes(pem(key))
    return chain, secret


def pem(key: Key, password: bytes = b"") -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "es256"),
        (ec.generate_private_key(ec.SECP384R1()), "es384"),
        (ec.generate_private_key(ec.SECP521R1()), "es512"),
        (ed25519.Ed25519PrivateKey.generate(), "ed25519"),
        (rsa.generate_private_key(65537, 2048), "ps256"),
    ],
    ids=["P-256", "P-384", "P-521", "Ed25519", "RSA"],
)
def test_a_users_certificate_signs_and_is_named(tmp_path: Path, key: Key, algorithm: str) -> None:
    who = read_signatory(*issued(tmp_path / "ca", key))
    assert (who.algorithm, who.name, who.test) == (algorithm, "An Archive", False)
    assert "PRIVATE" not in repr(who)
    master, _ = make_master(tmp_path, "reel.mkv")
    sign_beside(master, tmp_path / "x.c2pa", MANIFEST, who)
    held = read_credential(master, tmp_path / "x.c2pa")
    assert (held.signer, held.test) == ("An Archive", False)
    assert "no authority that you named vouches" in held.sentence


def test_what_is_refused_before_anything_is_signed(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    chain, secret = issued(tmp_path, key)
    other = tmp_path / "other.pem"

    def refused(why: str, certificate: Path = chain, private: Path = other) -> None:
        with pytest.raises(SettingError, match=why):
            read_signatory(certificate, private)

    other.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    refused("is not the key of the first certificate")
    other.write_bytes(pem(key, b"secret"))
    refused("locked with a password")
    other.write_bytes(b"no key")
    refused("holds no PEM private key")
    other.write_bytes(b"x" * (2**20 + 1))
    refused("too large")
    refused("cannot be read", private=tmp_path / "none.pem")
    refused("holds no PEM certificates", certificate=secret, private=secret)
    for odd in (ec.generate_private_key(ec.SECP256K1()), rsa.generate_private_key(65537, 1024)):
        with pytest.raises(SettingError, match="cannot be signed with the kind of key"):
            read_signatory(*issued(tmp_path / "odd", odd))
    with pytest.raises(SettingError, match="not today"):
        read_signatory(*issued(tmp_path / "late", key, days=-1))


def test_a_certificate_of_the_wrong_kind_leaves_nothing(tmp_path: Path) -> None:
    master, _ = make_master(tmp_path, "reel.mkv")
    who = read_signatory(*issued(tmp_path / "ca", ec.generate_private_key(ec.SECP256R1()), usage=False))
    with pytest.raises(RenderError):
        sign_beside(master, tmp_path / "x.c2pa", MANIFEST, who)
    assert not list(tmp_path.glob("x.c2pa*"))


def test_the_test_certificate_is_kept_and_says_what_it_is(tmp_path: Path) -> None:
    who = trial_signatory(tmp_path)
    assert who.test
    assert TEST_NAME in who.name
    assert trial_signatory(tmp_path) == who
    (kept,) = tmp_path.iterdir()
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.write_bytes(b"rubbish")
    assert trial_signatory(tmp_path) != who
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SettingError, match="cannot be kept"):
        trial_signatory(tmp_path / "file")
