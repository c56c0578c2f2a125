#!/usr/bin/env python3
"""Copy everything a browser asks for into `static/built/<tree hash>/`, and write the manifest.

Sources are the pinned packages in node_modules and our own `static/css` and `static/js`. The
folder is named by the hash of all its content, so it can be cached for ever and is made only
when something changed. Standard library only; a run takes some milliseconds.
"""

import base64
import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = PROJECT / "node_modules"
STATIC = PROJECT / "static"

VENDOR = {
    "vendor/htmx.js": "htmx.org/dist/htmx.min.js",
    "vendor/htmx-LICENSE.txt": "htmx.org/LICENSE",
    "fonts/figtree.woff2": "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
    "fonts/figtree-ext.woff2": "@fontsource-variable/figtree/files/figtree-latin-ext-wght-normal.woff2",
    "fonts/figtree-LICENSE.txt": "@fontsource-variable/figtree/LICENSE",
    "fonts/fraunces.woff2": "@fontsource-variable/fraunces/files/fraunces-latin-wght-normal.woff2",
    "fonts/fraunces-ext.woff2": "@fontsource-variable/fraunces/files/fraunces-latin-ext-wght-normal.woff2",
    "fonts/fraunces-LICENSE.txt": "@fontsource-variable/fraunces/LICENSE",
    "fonts/dejavu.ttf": "dejavu-fonts-ttf/ttf/DejaVuSans.ttf",
    "fonts/dejavu-bold.ttf": "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf",
    "fonts/dejavu-LICENSE.txt": "dejavu-fonts-ttf/LICENSE",
    "icons-LICENSE.txt": "lucide-static/LICENSE",
}

STYLES = (
    "tokens", "base", "components", "forms", "shell", "board", "sheet", "waitlist", "register", "report",
    "schedule", "value", "guest", "online", "print",
)  # fmt: skip
"""Our style sheets in the order in which they are joined into `css/app.css`."""

ICONS = (
    "arrow-left", "arrow-right", "badge-check", "ban", "banknote", "bookmark", "calendar-clock",
    "calendar-days", "calendar-plus", "calendar-x", "chart-column", "check", "chevron-down",
    "chevron-left", "chevron-right", "circle-check", "circle-help", "clock", "columns-3", "credit-card",
    "delete", "door-open", "download", "ellipsis", "file-check", "footprints", "gift", "hand", "heart",
    "history", "hourglass", "info", "keyboard", "leaf", "list", "lock", "log-in", "mail", "map-pin",
    "monitor", "move", "nfc", "package", "pencil", "plus", "printer", "receipt", "refresh-cw", "scale",
    "scan-barcode", "search", "shopping-bag", "sparkles", "ticket-percent", "tickets", "trash-2",
    "triangle-alert", "undo-2", "user", "user-plus", "users", "wallet", "wifi-off", "x",
)  # fmt: skip

GRID_ROWS = 288
"""Rows of five minutes in a day: the board places its blocks by class, because the
Content-Security-Policy allows no style attributes."""


def main() -> int:
    """Build the tree when it changed; the exit code says whether it is there."""
    missing = [source for source in VENDOR.values() if not (PACKAGES / source).is_file()]
    missing += [f"lucide-static/icons/{name}.svg" for name in ICONS if not icon_file(name).is_file()]
    if missing:
        print(f"Browser packages are missing: {', '.join(missing)}. Run: npm ci", file=sys.stderr)
        return 1
    files = collect()
    tree = tree_hash(files)
    target = STATIC / "built" / tree
    manifest = STATIC / "built" / "manifest.json"
    if not (manifest.is_file() and json.loads(manifest.read_text())["tree"] == tree and target.is_dir()):
        write(files, tree, target, manifest)
    return 0


def collect() -> dict[str, bytes]:
    """Every file of the tree by its name in it."""
    files = {name: (PACKAGES / source).read_bytes() for name, source in VENDOR.items()}
    for script in sorted((STATIC / "js").glob("*.js")):
        files[f"js/{script.name}"] = script.read_bytes()
    for picture in sorted((STATIC / "img").glob("*")):
        files[f"img/{picture.name}"] = picture.read_bytes()
    sheets = [(STATIC / "css" / f"{name}.css").read_text() for name in STYLES]
    files["css/app.css"] = "\n".join([*sheets, grid_css()]).encode()
    files["icons.svg"] = sprite().encode()
    return files


def grid_css() -> str:
    """`.r5` starts in the sixth row of the board, `.d12` is twelve rows (one hour) long."""
    starts = "".join(f".r{row}{{grid-row-start:{row + 1}}}" for row in range(GRID_ROWS))
    lengths = "".join(f".d{rows}{{grid-row-end:span {rows}}}" for rows in range(1, GRID_ROWS + 1))
    return f"@layer utilities{{{starts}{lengths}}}"


def icon_file(name: str) -> Path:
    """Where an icon lies in its package."""
    return PACKAGES / "lucide-static" / "icons" / f"{name}.svg"


def sprite() -> str:
    """One file with every icon as a symbol: `<use href="…/icons.svg#leaf">`."""
    symbols = []
    for name in ICONS:
        found = re.search(r"<svg[^>]*>(.*)</svg>", icon_file(name).read_text(), re.DOTALL)
        if found is None:
            raise SystemExit(f"The icon {name} cannot be read.")
        shapes = re.sub(r"\s+", " ", found[1]).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'


def tree_hash(files: dict[str, bytes]) -> str:
    """Twelve hex digits that change when any name or content does."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def write(files: dict[str, bytes], tree: str, target: Path, manifest: Path) -> None:
    """Lay the tree beside the old ones, point the manifest at it, then drop what nobody serves.

    The tree just before stays, so that a page rendered a moment ago still finds its files.
    """
    building = target.with_name(f".{tree}.part")
    shutil.rmtree(building, ignore_errors=True)
    for name, content in files.items():
        path = building / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    shutil.rmtree(target, ignore_errors=True)
    building.rename(target)
    earlier = json.loads(manifest.read_text())["tree"] if manifest.is_file() else None
    integrity = {name: sri(content) for name, content in sorted(files.items())}
    fresh = manifest.with_name(".manifest.part")
    fresh.write_text(json.dumps({"tree": tree, "files": integrity}, indent=1) + "\n")
    fresh.replace(manifest)
    for folder in target.parent.iterdir():
        if folder.is_dir() and folder.name not in (tree, earlier):
            shutil.rmtree(folder, ignore_errors=True)


def sri(content: bytes) -> str:
    """The integrity attribute of a script or style sheet."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


if __name__ == "__main__":
    sys.exit(main())
