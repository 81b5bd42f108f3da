"""PREMIS events out of the audit log: every step that made or judged what is in the package."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.audit.entry import Entry
from app.package.premis_agents import Agent
from app.package.premis_nodes import Node, identifier, linking, node, term
from app.package.premis_objects import MASTER, SOURCE, Objects

_LONGEST_DETAIL = 20_000


@dataclass(frozen=True)
class _Kind:
    """How entries of one event of the log are told: PREMIS' term, a sentence, and what it is about."""

    term: str
    sentence: str
    sources: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    outcome: str = "success"


_KINDS: Mapping[str, tuple[_Kind, ...]] = {
    "started": (_Kind("execution", "Restoration began.", (SOURCE,)),),
    "source": (
        _Kind("ingestion", "The source was taken in and identified.", (SOURCE,)),
        _Kind("message digest calculation", "MD5 and SHA-256 of every file of the source were computed.", (SOURCE,)),
    ),
    "masks": (_Kind("message digest calculation", "The masks were identified by their SHA-256.", (SOURCE,)),),
    "cuts": (_Kind("metadata extraction", "The cuts between shots were found or given.", (SOURCE,)),),
    "stage": (_Kind("modification", "A step of the restoration was carried out.", (SOURCE,), (MASTER,)),),
    "resumed": (_Kind("execution", "Work went on after an interruption, or the log was continued.", (SOURCE,)),),
    "cancelled": (_Kind("execution", "Somebody stopped the work.", (SOURCE,), (), "failure"),),
    "failed": (_Kind("execution", "The work stopped with an error.", (SOURCE,), (), "failure"),),
    "finished": (
        _Kind("creation", "Master and provenance track were created and read back.", (SOURCE,), (MASTER,)),
        _Kind("message digest calculation", "SHA-256 of master and provenance track were computed.", (), (MASTER,)),
    ),
    "verified": (
        _Kind("validation", "The master was verified against its log, checksums and source.", (), (MASTER,)),
        _Kind("fixity check", "Every frame was compared with its checksum.", (), (MASTER,)),
    ),
    "signed": (_Kind("digital signature generation", "Content credentials (C2PA) were signed.", (), (MASTER,)),),
    "packaged": (_Kind("information package creation", "The archive package was made.", (SOURCE,), (MASTER,)),),
}
"""Entries of other events (segments, notes) are in the log, not here: they tell how it was computed, not what."""


@dataclass(frozen=True)
class PremisEvent:
    """sources, outcomes: what it is about, as `Objects.identified` knows it."""

    identifier: str
    kind: _Kind
    entry: Entry

    @property
    def sources(self) -> tuple[str, ...]:
        return self.kind.sources

    @property
    def outcomes(self) -> tuple[str, ...]:
        return self.kind.outcomes


def events_of(name: str, log: Sequence[Entry]) -> tuple[PremisEvent, ...]:
    """In the order of the log; an entry may be told as several events."""
    return tuple(
        PremisEvent(f"{name}/event/{entry.n}.{part}", kind, entry)
        for entry in log
        for part, kind in enumerate(_KINDS.get(entry.event, ()), start=1)
    )


def event_node(event: PremisEvent, objects: Objects, agents: Sequence[Agent]) -> Node:
    """The event with its facts as the log has them, as JSON, cut where they are very long."""
    facts = json.dumps(dict(event.entry.facts), ensure_ascii=False, sort_keys=True)
    if len(facts) > _LONGEST_DETAIL:
        facts = f"{facts[:_LONGEST_DETAIL]}... (in full in the audit log)"
    there = f"entry {event.entry.n} of the audit log, SHA-256 {event.entry.digest}"
    # Accounts answer for what they did themselves; examiner and organisation for the whole work.
    linked = [agent for agent in agents if agent.who in ("", event.entry.who)]
    return node(
        "event",
        identifier("event", event.identifier),
        term("eventType", "eventType", event.kind.term),
        node("eventDateTime", event.entry.time),
        node("eventDetailInformation", node("eventDetail", f"{_told(event)} {facts}")),
        node(
            "eventOutcomeInformation",
            term("eventOutcome", "eventOutcome", event.kind.outcome),
            node("eventOutcomeDetail", node("eventOutcomeDetailNote", there)),
        ),
        *(
            linking("Agent", agent.identifier, term("linkingAgentRole", "eventRelatedAgentRole", agent.role))
            for agent in linked
        ),
        *(_object(objects, subject, "source") for subject in event.sources),
        *(_object(objects, subject, "outcome") for subject in event.outcomes),
    )


def _told(event: PremisEvent) -> str:
    if event.entry.event != "stage":
        return event.kind.sentence
    return f"{event.kind.sentence.removesuffix('.')}: {event.entry.facts.get('name', 'unnamed')}."


def _object(objects: Objects, subject: str, role: str) -> Node:
    return linking("Object", objects.identified(subject), term("linkingObjectRole", "eventRelatedObjectRole", role))
