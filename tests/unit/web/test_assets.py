"""The tree of static files: named by its content, the last one kept, everything in it checkable."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

from tools import assets


def build(folder: Path, files: dict[str, bytes]) -> str:
    tree = assets.tree_hash(files)
    assets.write(files, tree, folder / tree, folder / "manifest.json")
    return tree


def folders(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_dir()}


def test_the_name_of_the_tree_follows_every_name_and_content() -> None:
    one = assets.tree_hash({"a.css": b"x", "b.css": b"y"})
    assert one == assets.tree_hash({"b.css": b"y", "a.css": b"x"})
    others = ({"a.css": b"xy", "b.css": b""}, {"a.css": b"x", "c.css": b"y"}, {"a.css": b"x"})
    assert len({one, *map(assets.tree_hash, others)}) == 4
    assert len(one) == 12


def test_a_page_rendered_a_moment_ago_still_finds_its_files(tmp_path: Path) -> None:
    first, second, third = (build(tmp_path, {"css/app.css": text}) for text in (b"1", b"2", b"3"))
    assert folders(tmp_path) == {second, third}
    assert first not in folders(tmp_path)
    assert json.loads((tmp_path / "manifest.json").read_text())["tree"] == third
    assert (tmp_path / third / "css" / "app.css").read_bytes() == b"3"


def test_the_manifest_says_what_browsers_check(tmp_path: Path) -> None:
    build(tmp_path, {"vendor/htmx.js": b"code"})
    digest = base64.b64encode(hashlib.sha384(b"code").digest()).decode()
    files = json.loads((tmp_path / "manifest.json").read_text())["files"]
    assert files == {"vendor/htmx.js": f"sha384-{digest}"}


def test_the_board_can_place_any_five_minutes_of_a_day() -> None:
    sheet = assets.grid_css()
    assert ".r0{grid-row-start:1}" in sheet and ".r287{grid-row-start:288}" in sheet
    assert ".d1{grid-row-end:span 1}" in sheet and ".d288{grid-row-end:span 288}" in sheet


def test_everything_is_there_with_the_licences_of_others() -> None:
    files = assets.collect()
    assert {"css/app.css", "icons.svg", "js/board.js", "js/kiosk.js", "js/pad.js", "vendor/htmx.js"} <= set(
        files
    )
    for folder in ("fonts/figtree", "fonts/fraunces", "vendor/htmx", "icons"):
        assert b"ermission" in files[f"{folder}-LICENSE.txt"]
    assert b"url(http" not in files["css/app.css"]


def test_missing_packages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(assets, "PACKAGES", tmp_path)
    assert assets.main() == 1
    said = capsys.readouterr().err
    assert "htmx.org/dist/htmx.min.js" in said and said.endswith("Run: npm ci\n")
