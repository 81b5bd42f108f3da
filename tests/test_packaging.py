"""What is installed is what is in the checkout."""

from __future__ import annotations

import tomllib

from tests.conftest import ROOT


def test_every_package_is_listed() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    tops = ("app", "engines", "resources", "ui")
    files = (p for top in tops for p in (ROOT / top).rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    assert listed == {".".join(p.parent.relative_to(ROOT).parts) for p in files}


def test_packaging_does_not_shadow_the_library_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
