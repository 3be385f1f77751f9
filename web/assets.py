"""Style sheet, scripts and the font: what the browser loads, made from `static/` once and served compressed.

`static/css/<layer>/` holds the style sheet, one folder for each cascade layer, and `static/scripts/site/`
the module that every page runs. Both become one file each: a page shows nothing before it has its style
sheet, and every further file costs a round trip. The files of a folder are joined in the order of their
names, so adding one is enough; `LAYERS` says which layer wins over which, and within a layer nothing may
depend on the order. What only one page needs is in a folder of `static/css/single/` instead, which becomes a
file that this page links to: the first visit to any other page does not fetch it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import mimetypes
import re
import tempfile
from functools import cache
from pathlib import Path

import brotli
from flask import Flask, Response, abort, url_for
from markupsafe import Markup
from whitenoise import WhiteNoise

from timezones import unclear_zone_words, zone_spellings
from web.calendar_places import place_rules

STATIC = Path(__file__).resolve().parent.parent / "static"
# What the guides show. The repository shows them beside the texts.
_PICTURES = STATIC.parent / "docs" / "pictures"
# In increasing order of precedence.
LAYERS = ("reset", "tokens", "base", "components", "pages")
_COMPRESSIBLE = {".css", ".js", ".json", ".svg"}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Whole lines only: what looks like a comment within a line may be part of an address or a text.
_SCRIPT_COMMENT = re.compile(r"^[ ]*(//.*|/\*\*.*\*/)\n", re.MULTILINE)


def style_sheet() -> str:
    """The product's style sheet, without comments and indentation."""
    layers = [f"@layer {', '.join(LAYERS)};"]
    for layer in LAYERS:
        layers.append("\n".join([f"@layer {layer} {{", _rules(STATIC / "css" / layer), "}"]))
    return "\n".join(layers)


def _rules(folder: Path) -> str:
    """The style sheets of a folder, one after the other."""
    rules = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.css")))
    return "\n".join(filter(None, (line.strip() for line in _COMMENT.sub("", rules).splitlines())))


def site_script() -> str:
    """The module that every page runs, without comments; its files share one scope, so each name exists
    once."""
    return "\n".join(_script(path) for path in sorted((STATIC / "scripts" / "site").glob("*.js")))


def _script(path: Path) -> str:
    return _SCRIPT_COMMENT.sub("", path.read_text(encoding="utf-8"))


@cache
def theme_script() -> Markup:
    """The few lines that set a saved theme. They are part of the page: a separate file would delay the first
    paint by a round trip.
    """
    return Markup(_script(STATIC / "scripts" / "theme.js"))


def theme_script_hash() -> str:
    """How the content security policy names `theme_script`, which it lets run as the only inline one."""
    digest = hashlib.sha256(theme_script().encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def served_files() -> dict[str, bytes]:
    """Everything that is served, by its name below the static address; made from the sources at each call."""
    files = {
        "style.css": style_sheet().encode(),
        "site.js": site_script().encode(),
        # What a field for a time zone suggests: fetched by those who type in one, and once.
        "zones.json": json.dumps(
            {"zones": zone_spellings(), "unclear": unclear_zone_words()}, separators=(",", ":")
        ).encode(),
    }
    for folder in (STATIC / "css" / "single").iterdir():
        made = f"\n{place_rules()}" if folder.name == "calendar" else ""
        files[f"single/{folder.name}.css"] = f"@layer pages {{\n{_rules(folder)}{made}\n}}".encode()
    for script in (STATIC / "scripts").glob("*.js"):
        if script.name != "theme.js":
            files[f"scripts/{script.name}"] = _script(script).encode()
    files |= {f"pictures/{path.name}": path.read_bytes() for path in _PICTURES.glob("*.webp")}
    single = [STATIC / "favicon.svg", *(STATIC / "vendor").glob("*.*")]
    for path in single:
        if path.suffix != ".md":
            files[str(path.relative_to(STATIC))] = path.read_bytes()
    return files


@cache
def digest() -> str:
    """Changes whenever a served file does, so that browsers may keep what they have forever."""
    content = hashlib.sha256()
    for name, data in sorted(served_files().items()):
        content.update(f"{name}\0{len(data)}\0".encode())
        content.update(data)
    return content.hexdigest()[:12]


def prepare(instance_path: Path) -> None:
    """Write what is served into the instance folder, with compressed twins. Done before the workers start;
    compressing on each request would cost more than the request."""
    target = _folder(instance_path)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as workshop:
        copy = Path(workshop) / "copy"
        for name, data in served_files().items():
            path = copy / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            if path.suffix in _COMPRESSIBLE:
                path.with_name(path.name + ".gz").write_bytes(gzip.compress(data, 9, mtime=0))
                path.with_name(path.name + ".br").write_bytes(brotli.compress(data))
        try:
            copy.rename(target)
        except OSError:
            # Another process was faster, and its copy is the same.
            assert target.exists()


def init_app(app: Flask) -> None:
    """Serve the prepared files if there are any. Otherwise, as in development, each request makes its file
    from the sources, so that a reload shows every change.
    """
    app.view_functions["static"] = _made_now
    app.jinja_env.globals["theme_script"] = theme_script()
    folder = _folder(app.config["INSTANCE_PATH"])
    if folder.exists():
        prefix = f"static/{digest()}/"
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(folder),
            prefix=prefix,
            max_age=31_536_000,
            immutable_file_test=lambda *_: True,
        )
        app.jinja_env.globals["asset"] = lambda name: f"/{prefix}{name}"
    else:
        app.jinja_env.globals["asset"] = lambda name: url_for("static", filename=name)


def _made_now(filename: str) -> Response:
    data = served_files().get(filename)
    if data is None:
        abort(404)
    return Response(data, mimetype=mimetypes.guess_type(filename)[0])


def _folder(instance_path: Path) -> Path:
    return instance_path / "assets" / digest()
