"""PREMIS 3 of a package: its files, the source they come from, what was done to them, and who did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from app.audit.entry import Entry
from app.export.manifest import Manifest
from app.package.fixity import Fixity
from app.package.premis_agents import agents
from app.package.premis_events import PremisEvent, event_node, events_of
from app.package.premis_nodes import PREMIS_NAMESPACE, XSI
from app.package.premis_objects import Objects, package_objects, source_objects
from app.package.premis_schema import SCHEMA_LOCATION, validate_premis


@dataclass(frozen=True)
class Described:
    """What PREMIS tells of. name: identifies the package everywhere. files: by path in the package's `data`.

    masters: those of them that are the master, in the order of frames. log: the whole audit log.
    """

    name: str
    manifest: Manifest
    files: Mapping[str, Fixity]
    masters: Sequence[str]
    log: Sequence[Entry]


def premis_document(of: Described) -> bytes:
    """The document in UTF-8, valid against PREMIS 3.0's schema; identifiers of everything linked are in it.

    Objects: the package's representation with every file's size, format, SHA-256 and SHA-512; the source with its
    MD5 and SHA-256. Events: out of the audit log. Agents: persons, organisation, software. Rights are left to the
    archive. Raises RenderError where it should turn out invalid.
    """
    events = events_of(of.name, of.log)
    root = etree.Element(f"{{{PREMIS_NAMESPACE}}}premis", nsmap={None: PREMIS_NAMESPACE, "xsi": XSI}, version="3.0")
    root.set(f"{{{XSI}}}schemaLocation", SCHEMA_LOCATION)
    objects = Objects(of.name, of.manifest, of.files, of.masters, _linked(events))
    root.extend(package_objects(objects))
    root.extend(source_objects(objects))
    known = agents(of.name, of.manifest, of.log)
    root.extend(event_node(event, objects, known) for event in events)
    root.extend(agent.node for agent in known)
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    validate_premis(data)
    return data


def _linked(events: Sequence[PremisEvent]) -> Mapping[str, tuple[str, ...]]:
    """Identifiers of events by what they are about."""
    about: dict[str, tuple[str, ...]] = {}
    for event in events:
        for subject in (*event.sources, *event.outcomes):
            about[subject] = (*about.get(subject, ()), event.identifier)
    return about
