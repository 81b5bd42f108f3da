"""PREMIS agents: who answers for the work, for whom, whose account it ran under, and the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.audit.entry import Entry
from app.export.manifest import Manifest
from app.package.premis_nodes import Node, identifier, node, term


@dataclass(frozen=True)
class Agent:
    """role: in events, from PREMIS' vocabulary; who: the account that log entries name, empty for all others."""

    identifier: str
    role: str
    node: Node
    who: str = ""


def agents(name: str, manifest: Manifest, log: Sequence[Entry]) -> tuple[Agent, ...]:
    """The program, then persons and organisation as they were told, then every account in the log."""
    found = [_agent(f"{name}/agent/program", "executing program", "Tratteggio", "software", manifest.tool)]
    if examiner := manifest.case.get("examiner"):
        found.append(_agent(f"{name}/agent/examiner", "implementer", examiner, "person"))
    if organisation := manifest.case.get("organisation"):
        found.append(_agent(f"{name}/agent/organisation", "authorizer", organisation, "organization"))
    for number, who in enumerate(dict.fromkeys(entry.who for entry in log)):
        account = _agent(f"{name}/agent/account-{number}", "implementer", who, "person", note="login@host of the log")
        found.append(Agent(account.identifier, account.role, account.node, who))
    return tuple(found)


def _agent(value: str, role: str, name: str, kind: str, version: str = "", note: str = "") -> Agent:
    made = node("agent", identifier("agent", value), node("agentName", name), term("agentType", "agentType", kind))
    if version:
        made.append(node("agentVersion", version))
    if note:
        made.append(node("agentNote", note))
    return Agent(value, role, made)
