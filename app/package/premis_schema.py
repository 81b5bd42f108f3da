"""PREMIS documents against the Library of Congress' schema, which ships with the program."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

from lxml import etree

from app.package.premis_nodes import PREMIS_NAMESPACE
from app.package.xml_reading import parse_xml
from engines.errors import RenderError

SCHEMA_LOCATION = f"{PREMIS_NAMESPACE} https://www.loc.gov/standards/premis/v3/premis-v3-0.xsd"


def validate_premis(data: bytes) -> None:
    """Raises RenderError naming the first line that the schema, version 3.0 of 2016, does not allow."""
    try:
        root = parse_xml(data)
    except etree.XMLSyntaxError as error:
        raise RenderError(f"premis.xml is no XML ({error}).", "Get the package from where it was made.") from error
    schema = _schema()
    if not schema.validate(root):
        first = schema.error_log[0]
        raise RenderError(f"premis.xml is no valid PREMIS 3.0: line {first.line}: {first.message}")


@lru_cache(maxsize=1)
def _schema() -> Any:
    return etree.XMLSchema(parse_xml(files("resources.schemas").joinpath("premis-v3-0.xsd").read_bytes()))
