"""PREMIS objects: the package's representation and files, and the source that lies elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from app.export.manifest import Manifest
from app.package.fixity import Fixity
from app.package.layout import DATA
from app.package.premis_formats import format_of_file
from app.package.premis_nodes import Node, identifier, linking, node, term, typed
from app.version import VERSION
from engines.media.identity import SourceIdentity

MASTER = "master"
SOURCE = "source"


@dataclass(frozen=True)
class Objects:
    """What objects are made from. files: by path in `data`; masters: those that are the master.

    events: identifiers of events by what they are about.
    """

    name: str
    manifest: Manifest
    files: Mapping[str, Fixity]
    masters: Sequence[str]
    events: Mapping[str, Sequence[str]]

    def identified(self, subject: str) -> str:
        """The identifier of `MASTER`, `SOURCE`, or a file by its path in `data`."""
        if subject in (MASTER, SOURCE):
            return f"{self.name}/{subject}"
        return f"{self.name}/{DATA}/{subject}"


def package_objects(of: Objects) -> Iterator[Node]:
    """The representation first, then every file."""
    yield typed(
        "object",
        "representation",
        identifier("object", of.identified(MASTER)),
        _property("frames", f"{of.manifest.first}-{of.manifest.last} of the source, both included, counted from 0"),
        _property("frame size", f"{of.manifest.width} x {of.manifest.height} pixels"),
        _property("sample format", of.manifest.stored_format),
        *(_property(f"share of pixels {name}", f"{share * 100:.4f} %") for name, share in of.manifest.shares.items()),
        node("originalName", of.manifest.master),
        _related("derivation", "has source", [of.identified(SOURCE)]),
        _related("structural", "has part", [of.identified(name) for name in of.files]),
        *_linking_events(of, MASTER),
    )
    for name, fixity in of.files.items():
        made = {"sha256": fixity.sha256, "sha512": fixity.sha512}
        yield typed(
            "object",
            "file",
            identifier("object", of.identified(name)),
            _characteristics(name, fixity.size, made, node("creatingApplication", *_application())),
            node("originalName", PurePath(name).name),
            node("storage", _location("path in the package", f"{DATA}/{name}")),
            _related("structural", "is part of", [of.identified(MASTER)]),
            *_linking_events(of, name),
        )


def source_objects(of: Objects) -> Iterator[Node]:
    """The source, which is not in the package: where it lay, and of every file size and digests."""
    source = PurePath(of.manifest.source)
    identity = SourceIdentity.from_json(of.manifest.identity) if of.manifest.identity else None
    parts = [f"{of.identified(SOURCE)}/{file.name}" for file in identity.files] if identity else []
    yield typed(
        "object",
        "representation",
        identifier("object", of.identified(SOURCE)),
        *([_property("SHA-256 of all files, as sha256sum lists them", identity.sha256)] if identity else []),
        node("originalName", source.name),
        node("storage", _location("path where it was restored", str(source))),
        _related("derivation", "is source of", [of.identified(MASTER)]),
        *([_related("structural", "has part", parts)] if parts else []),
        *_linking_events(of, SOURCE),
    )
    for file, part in zip(identity.files if identity else (), parts, strict=True):
        yield typed(
            "object",
            "file",
            identifier("object", part),
            _characteristics(file.name, file.size, {"md5": file.md5, "sha256": file.sha256}),
            node("originalName", file.name),
            _related("structural", "is part of", [of.identified(SOURCE)]),
        )


_ALGORITHMS = {"md5": "MD5", "sha256": "SHA-256", "sha512": "SHA-512"}


def _characteristics(name: str, size: int, digests: Mapping[str, str], *more: Node) -> Node:
    kind = format_of_file(name)
    registry = [
        node(
            "formatRegistry",
            node("formatRegistryName", "PRONOM"),
            node("formatRegistryKey", kind.pronom),
            node("formatRegistryRole", "specification"),
        )
    ]
    return node(
        "objectCharacteristics",
        node("compositionLevel", "0"),
        *(
            node(
                "fixity",
                term("messageDigestAlgorithm", "cryptographicHashFunctions", _ALGORITHMS[algorithm]),
                node("messageDigest", digest),
            )
            for algorithm, digest in digests.items()
        ),
        node("size", str(size)),
        node("format", node("formatDesignation", node("formatName", kind.name)), *(registry if kind.pronom else [])),
        *more,
    )


def _application() -> tuple[Node, Node]:
    return node("creatingApplicationName", "Tratteggio"), node("creatingApplicationVersion", VERSION)


def _property(kind: str, value: str) -> Node:
    return node(
        "significantProperties", node("significantPropertiesType", kind), node("significantPropertiesValue", value)
    )


def _location(kind: str, value: str) -> Node:
    return node("contentLocation", node("contentLocationType", kind), node("contentLocationValue", value))


def _related(kind: str, how: str, others: Sequence[str]) -> Node:
    return node(
        "relationship",
        term("relationshipType", "relationshipType", kind),
        term("relationshipSubType", "relationshipSubType", how),
        *(identifier("relatedObject", other) for other in others),
    )


def _linking_events(of: Objects, subject: str) -> list[Node]:
    return [linking("Event", event) for event in of.events.get(subject, ())]
