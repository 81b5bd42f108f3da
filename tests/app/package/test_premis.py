"""PREMIS documents of packages: valid, complete, every link leads somewhere; what is none is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.audit.log import read_log
from app.export.manifest import read_manifest
from app.package.fixity import Fixity
from app.package.premis import Described, premis_document
from app.package.premis_schema import validate_premis
from engines.errors import RenderError

NAMES = {"p": "http://www.loc.gov/premis/v3"}
MASTER = "reel.mkv"


@pytest.fixture(scope="module")
def document(package: Path) -> Any:
    data = (package / "data" / "metadata" / "premis.xml").read_bytes()
    validate_premis(data)
    return etree.fromstring(data)


def test_every_file_of_the_payload_is_described_with_its_digests(document: Any, package: Path) -> None:
    lines = (package / "manifest-sha256.txt").read_text("utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    found = {
        node.findtext(".//p:contentLocationValue", namespaces=NAMES): node.xpath(
            ".//p:fixity[p:messageDigestAlgorithm='SHA-256']/p:messageDigest/text()", namespaces=NAMES
        )
        for node in document.findall("p:object", NAMES)
        if node.get("{http://www.w3.org/2001/XMLSchema-instance}type") == "file"
    }
    del found[None]  # the source's file, which lies elsewhere
    assert found == {name: [digest] for name, digest in listed.items() if name != "data/metadata/premis.xml"}


def test_the_source_is_known_by_its_digests(document: Any, master: Path) -> None:
    data = master.with_name("source.mkv").read_bytes()
    digests = document.xpath("//p:messageDigest/text()", namespaces=NAMES)
    assert hashlib.md5(data).hexdigest() in digests
    assert hashlib.sha256(data).hexdigest() in digests


@pytest.mark.parametrize(
    ("kind", "links"),
    [
        ("object", ("linkingObject", "relatedObject")),
        ("event", ("linkingEvent",)),
        ("agent", ("linkingAgent",)),
    ],
)
def test_every_link_leads_somewhere(document: Any, kind: str, links: tuple[str, ...]) -> None:
    there = document.xpath(f"//p:{kind}IdentifierValue/text()", namespaces=NAMES)
    assert len(there) == len(set(there))
    for link in links:
        led = document.xpath(f"//p:{link}IdentifierValue/text()", namespaces=NAMES)
        assert led
        assert set(led) <= set(there)


def test_events_tell_what_was_done(document: Any) -> None:
    kinds = set(document.xpath("//p:eventType/text()", namespaces=NAMES))
    assert kinds >= {
        "ingestion",
        "modification",
        "creation",
        "message digest calculation",
        "validation",
        "digital signature generation",
        "information package creation",
    }


def test_hostile_texts_stay_texts(package: Path) -> None:
    manifest = read_manifest(package / "data" / f"{MASTER}.tratteggio.json")
    held = vars(manifest) | {"case": {"examiner": "<x/>&\x00\x0b\ud800]]>"}, "source": "/a/<b>\x01"}
    log = read_log(package / "data" / f"{MASTER}.audit.jsonl")
    of = Described("urn:x", type(manifest)(**held), {MASTER: Fixity(1, "a" * 64, "b" * 128)}, [MASTER], log)
    root = etree.fromstring(premis_document(of))
    assert "<x/>&\\x00\\x0b\\ud800]]>" in root.xpath("//p:agentName/text()", namespaces=NAMES)


@pytest.mark.parametrize(
    "data",
    [
        b"not xml",
        b"<premis xmlns='http://www.loc.gov/premis/v3' version='3.0'/>",
        b"<!DOCTYPE premis [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
        b"<premis xmlns='http://www.loc.gov/premis/v3' version='3.0'>&a;</premis>",
        b"<premis xmlns='http://www.loc.gov/premis/v3' version='2.2'><agent/></premis>",
    ],
)
def test_what_is_no_premis_is_refused(data: bytes) -> None:
    with pytest.raises(RenderError, match="premis"):
        validate_premis(data)
