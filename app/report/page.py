"""The report as one HTML page out of the template: everything in it, nothing fetched, every text escaped."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from app.audit.repeat import job_of
from app.export.manifest import Manifest
from app.report.commands import check_commands, render_command
from app.report.data import SCRIPT_ID, as_script, report_data
from app.report.highlights import shares_by_frame
from app.report.logbook import Logbook, MaskFacts
from app.report.outputs_part import made_rows, verified_rows
from app.report.pdf import FONTS
from app.report.pictures import Still, legend
from app.report.plot import Strip, strips
from app.report.source_part import source_part
from app.report.steps_part import steps_part
from app.report.text import clean, cleaned, counted, percent, printable
from app.report.words import MEANINGS, banner, limits, summary

_SECTIONS = {
    "top": "Head of the report",
    "summary": "In plain words",
    "limits": "What must not be concluded",
    "pictures": "What it looks like",
    "frames": "How much of every frame",
    "source": "The source",
    "steps": "What was done, in order",
    "provenance": "Where every pixel came from",
    "outputs": "What was made, and how it was checked",
    "repeat": "How another person repeats the work",
    "environment": "What computed it",
    "guidance": "Which guidance is answered where",
    "notes": "Remarks made during the work",
    "job": "Appendix: the job in full",
}
_CASE = {
    "case": "Case",
    "exhibit": "Exhibit",
    "collection": "Collection and item",
    "examiner": "Examiner",
    "organisation": "Organisation",
}
_RUNNING = {"copy": "copy", "enhanced": "enhanced image", "invented": "enhanced, parts invented"}
_DIGEST = re.compile(r"[0-9a-f]{32,128}")
_MOST_OUTPUTS, _MOST_NOTES, _LONGEST_JOB = 40, 200, 40_000
_NO_PICTURES = "No pictures are shown: every sample is the source's own."


def html_page(
    manifest: Manifest,
    log: Logbook,
    stills: Sequence[Still],
    made: str,
    verified: Mapping[str, Any] | None = None,
    no_stills: str = _NO_PICTURES,
) -> str:
    """made: when the report was made, ISO 8601 UTC. verified: the result of `tratteggio verify`, where there is one.
    no_stills: why there are none, a sentence.
    """
    outputs = [(clean(name), digest) for name, digest in log.files.items()]
    shares = shares_by_frame(manifest)
    facts = _facts(manifest, log, verified)
    context = {
        "style": Markup(_resource("style.css")),
        "page_style": Markup(_page_style(manifest)),
        "master": clean(manifest.master),
        "kind": "Forensic report" if manifest.forensic or manifest.case.get("case") else "Restoration report",
        "tool": clean(manifest.tool),
        "banner": banner(manifest),
        "case": _case_rows(manifest, log, made),
        "examiner": clean(manifest.case.get("examiner", "")),
        "sections": [(anchor, title) for anchor, title in _SECTIONS.items() if anchor != "top"],
        "summary": summary(manifest),
        "shares": _shares(manifest),
        "limits": limits(manifest),
        "stills": [_still(one) for one in stills],
        "no_stills": clean(no_stills),
        "first": manifest.first,
        "last": manifest.last,
        "strips": [_strip(strip) for strip in strips(shares, manifest.first)],
        "no_strips": "Every pixel of every frame is the source's own."
        if manifest.shares.get("SOURCE") == 1.0
        else "The manifest holds no shares by frame.",
        "unrepaired": _unrepaired(manifest),
        "source": source_part(manifest),
        "steps": steps_part(manifest, log),
        "masks": [_mask_row(one) for one in log.masks],
        "provenance": clean(manifest.provenance),
        "made": made_rows(manifest, log),
        "outputs": outputs[:_MOST_OUTPUTS],
        "more_outputs": max(0, len(outputs) - _MOST_OUTPUTS),
        "verified": verified_rows(manifest, verified),
        "command": _command(manifest),
        "checks": check_commands(manifest),
        "environment": [(clean(name), clean(value)) for name, value in manifest.environment.items()]
        or [("Not recorded", "An older version of the program rendered this master.")],
        "guidance": _guidance(facts),
        "notes": [clean(note) for note in manifest.notes[:_MOST_NOTES]],
        "job": _job(manifest),
        "script": _script(report_data(manifest, made, verified)),
    }
    return _template().render(context)


def _script(data: Mapping[str, Any]) -> Markup:
    return Markup(f'<script type="application/json" id="{SCRIPT_ID}">{as_script(data)}</script>')


_LAYERS = {"masks": "Damage", "protect": "Kept from finders", "original": "Original brought back"}


def _mask_row(one: MaskFacts) -> tuple[str, str]:
    return _LAYERS.get(one.layer, clean(one.layer)), f"{counted(one.count, 'mask')}, SHA-256 of the set {one.sha256}"


def _case_rows(manifest: Manifest, log: Logbook, made: str) -> list[tuple[str, str]]:
    rows = [(title, clean(manifest.case[key])) for key, title in _CASE.items() if manifest.case.get(key)]
    if log.ended:
        rows.append(("Rendered", f"{_date(log.began)} to {_date(log.ended)}, by {clean(log.who)}"))
    rows.append(("Report made", _date(made)))
    if manifest.forensic:
        rows.append(("Mode", "forensic: steps that may invent detail were refused"))
    elif manifest.case.get("case"):
        rows.append(("Mode", "not forensic: steps that may invent detail were allowed"))
    if manifest.project:
        rows.append(("Project", clean(manifest.project)))
    return rows


def _date(iso: str) -> str:
    return clean(f"{iso[:10]} {iso[11:19]} UTC")


def _shares(manifest: Manifest) -> list[dict[str, str]]:
    swatches = legend()
    return [
        {
            "label": label,
            "share": percent(manifest.shares.get(label, 0.0)),
            "meaning": meaning,
            "swatch": Markup(swatches[label]),
        }
        for label, meaning in MEANINGS.items()
    ]


def _strip(strip: Strip) -> dict[str, Any]:
    said = {"top": percent(strip.top), "mean": percent(strip.mean), "touched": counted(strip.touched, "frame")}
    return {**vars(strip), **said}


def _still(still: Still) -> dict[str, Any]:
    r = still.region
    place = f"magnified: {r.width} x {r.height} pixels from column {r.x}, row {r.y}"
    return {"number": still.number, "why": still.why, "whole": still.whole, "part": still.part, "place": place}


def _unrepaired(manifest: Manifest) -> str:
    touched = sum(count > 0 for count in manifest.unrepaired)
    if not touched:
        return ""
    most = max(manifest.unrepaired)
    at = manifest.first + manifest.unrepaired.index(most)
    return (
        f"Damage that was marked and stays as it is: in {counted(touched, 'frame')}, most in frame {at} "
        f"({counted(most, 'pixel')}). No other frame shows what belongs there."
    )


def _command(manifest: Manifest) -> str:
    return render_command(job_of(manifest)) if manifest.job else ""


def _job(manifest: Manifest) -> str:
    text = json.dumps(cleaned(manifest.job), indent=1, ensure_ascii=False) if manifest.job else "Not recorded."
    if len(text) <= _LONGEST_JOB:
        return text
    return f"{text[:_LONGEST_JOB]}\n... ({len(text):,} characters in all: see {clean(manifest.master)}.tratteggio.json)"


def _facts(manifest: Manifest, log: Logbook, verified: Mapping[str, Any] | None) -> dict[str, str]:
    """What of the guidance's points this report can answer."""
    exact = manifest.lossless and manifest.shares.get("SOURCE") == 1.0
    return {
        "": "yes",
        "kept": "yes; keep the original",
        "accurate": "yes" if exact else "documented; not a mere copy",
        "judged": "shown; people judge it",
        "reasons": "settings yes; reasons are the examiner's to add",
        "source_digests": "yes" if manifest.identity else "not recorded",
        "environment": "yes" if manifest.environment else "not recorded",
        "examiner": "yes" if manifest.case.get("examiner") else "nobody is named",
        "master_digests": "yes" if log.files else "not recorded",
        "log": "yes" if manifest.audit else "no log",
        "verified": "yes" if verified else "not yet",
        "reversible": "yes" if manifest.delta or manifest.shares.get("SOURCE") == 1.0 else "with the source only",
    }


def _guidance(facts: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "document": entry["document"],
            "items": [
                {**item, "title": _SECTIONS[item["section"]], "state": facts[item["fact"]]} for item in entry["items"]
            ],
        }
        for entry in json.loads(_resource("guidance.json"))
    ]


def _page_style(manifest: Manifest) -> str:
    """Running head and foot; fonts that only the PDF loads."""
    ids = [clean(manifest.case[key]) for key in ("case", "exhibit", "collection") if manifest.case.get(key)]
    head = _shortened(" \N{MIDDLE DOT} ".join([*ids, clean(manifest.master)]), 90)
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("{FONTS}{name}.ttf") }}\n'
        for family, weight, name in (
            ("Report", "normal", "DejaVuSans"),
            ("Report", "bold", "DejaVuSans-Bold"),
            ("Report Mono", "normal", "DejaVuSansMono"),
        )
    )
    font = 'font: 7.5pt "Report", sans-serif; color: #5a5a60'
    return (
        f"@media print {{ {faces} }}\n"
        "@page { size: A4; margin: 21mm 17mm 19mm 17mm;\n"
        f" @top-left {{ content: {_css(head)}; width: 72%; overflow: hidden; white-space: nowrap; {font} }}\n"
        f" @top-right {{ content: {_css(_RUNNING[banner(manifest).tone])}; width: 27%; {font} }}\n"
        f" @bottom-left {{ content: {_css(f'Tratteggio {clean(manifest.tool)}')}; {font} }}\n"
        f' @bottom-right {{ content: "page " counter(page) " of " counter(pages); {font} }}\n'
        "}"
    )


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _css(text: str) -> str:
    """A CSS string of any text: what is not a plain letter, digit or space is written as its number."""
    plain = (sign if sign.isascii() and (sign.isalnum() or sign == " ") else f"\\{ord(sign):06x}" for sign in text)
    return f'"{"".join(plain)}"'


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(loader=BaseLoader(), autoescape=True, undefined=StrictUndefined, finalize=_finalized)
    environment.tests["digest"] = lambda text: bool(_DIGEST.fullmatch(text))
    return environment.from_string(_resource("template.html"))


def _finalized(value: Any) -> Any:
    """The last word on every text of the page that is not ours."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _resource(name: str) -> str:
    return files("resources.report").joinpath(name).read_text(encoding="utf-8")
