"""Elements of PREMIS 3: one function per kind of content that recurs."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

PREMIS_NAMESPACE = "http://www.loc.gov/premis/v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_VOCABULARY = "http://id.loc.gov/vocabulary/preservation"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Node = Any
"""lxml has no types of its own."""


def node(name: str, *held: Node | str, **attributes: str) -> Node:
    """An element with text or children. What XML cannot hold of a text is escaped as Python writes it."""
    made = etree.Element(f"{{{PREMIS_NAMESPACE}}}{name}", **attributes)
    for one in held:
        if isinstance(one, str):
            made.text = _NOT_XML.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), one)
        else:
            made.append(one)
    return made


def typed(name: str, kind: str, *held: Node) -> Node:
    """An object of a category of PREMIS: `xsi:type`."""
    made = node(name, *held)
    made.set(f"{{{XSI}}}type", kind)
    return made


def term(name: str, vocabulary: str, value: str) -> Node:
    """A value out of one of the Library of Congress' preservation vocabularies."""
    return node(name, value, authority=vocabulary, authorityURI=f"{_VOCABULARY}/{vocabulary}")


def identifier(name: str, value: str) -> Node:
    """`name`Identifier with its type, which is `local` as in PREMIS' own examples, and value."""
    return node(f"{name}Identifier", node(f"{name}IdentifierType", "local"), node(f"{name}IdentifierValue", value))


def linking(name: str, value: str, role: Node | None = None) -> Node:
    """linking`name`Identifier, with a role where there is one."""
    made = identifier(f"linking{name}", value)
    if role is not None:
        made.append(role)
    return made
