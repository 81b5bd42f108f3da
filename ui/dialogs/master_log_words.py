"""Entries of an audit log as a person says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.audit.entry import Entry
from ui.i18n import tr

_SHORT = 12
_LONGEST = 160


def event_word(event: str) -> str:
    """What happened, in a word or two; the log's own word where this version knows no other."""
    return {
        "started": tr("AuditLog", "Started"),
        "resumed": tr("AuditLog", "Gone on with"),
        "masks": tr("AuditLog", "Masks read"),
        "masks files": tr("AuditLog", "Mask files"),
        "note": tr("AuditLog", "Note"),
        "cuts": tr("AuditLog", "Cuts"),
        "stage": tr("AuditLog", "Stage"),
        "applied": tr("AuditLog", "Applied"),
        "segment": tr("AuditLog", "Frames written"),
        "source": tr("AuditLog", "Source"),
        "source files": tr("AuditLog", "Source files"),
        "made files": tr("AuditLog", "Files made"),
        "finished": tr("AuditLog", "Finished"),
        "sealed": tr("AuditLog", "Sealed"),
        "replaces": tr("AuditLog", "Replaces"),
        "failed": tr("AuditLog", "Failed"),
        "cancelled": tr("AuditLog", "Cancelled"),
        "verified": tr("AuditLog", "Verified"),
        "signed": tr("AuditLog", "Signed"),
        "packaged": tr("AuditLog", "Packaged"),
    }.get(event, event)


def entry_words(entry: Entry) -> str:
    """One line of what the entry holds."""
    facts = entry.facts
    match entry.event:
        case "started":
            mode = tr("AuditLog", "forensic") if facts.get("forensic") else ""
            words = " ".join(filter(None, (mode, str(_in(facts, "job", "source")))))
        case "stage":
            words = f"{facts.get('name', '')}  {_settings(facts.get('settings'))}"
        case "segment":
            reused = tr("AuditLog", ", taken over") if facts.get("reused") else ""
            words = tr("AuditLog", "frames {0}{1}").format(_span(facts.get("frames")), reused)
        case "source":
            digest = str(facts.get("sha256", ""))[:_SHORT]
            words = str(facts.get("problem") or f"{facts.get('path', '')}  SHA-256 {digest}…")
        case "cuts":
            words = tr("AuditLog", "shots begin at {0}").format(_listed(facts.get("starts")))
        case "note":
            words = str(facts.get("text", ""))
        case "failed" | "cancelled":
            words = str(facts.get("sentence", ""))
        case _:
            words = _plain(facts)
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _plain(facts: Mapping[str, Any]) -> str:
    return "; ".join(f"{name} {_short(value)}" for name, value in facts.items() if value not in (None, "", [], {}))


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return _listed(list(value))
    if isinstance(value, list | tuple):
        return _listed(value)
    return str(value)


def _settings(value: Any) -> str:
    if not isinstance(value, Mapping):
        return ""
    return ", ".join(f"{name} {_short(held)}" for name, held in value.items() if held not in (None, "", {}))


def _span(value: Any) -> str:
    held = list(value) if isinstance(value, list | tuple) else []
    return tr("AuditLog", "{0} to {1}").format(*held) if len(held) == 2 else _listed(held)


def _listed(value: Any) -> str:
    held: Sequence[Any] = value if isinstance(value, list | tuple) else ()
    return ", ".join(str(one) for one in held)


def _in(facts: Mapping[str, Any], *names: str) -> Any:
    """What lies under names within each other; "" where there is nothing."""
    held: Any = facts
    for name in names:
        held = held.get(name, "") if isinstance(held, Mapping) else ""
    return held
