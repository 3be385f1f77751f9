"""Static files: copied once with compressed twins, served under an address that names their content."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from whitenoise import WhiteNoise

STATIC = Path(__file__).resolve().parent.parent / "static"
_COMPRESSIBLE = {".css", ".js", ".svg"}
# Our own style sheets in the order in which they count.
_SHEETS = (
    *("app", "shell", "menus", "components", "notices", "badges", "rows", "forms"),
    *("pages", "schedule", "letters", "time_and_people", "venues", "hiring", "calendar", "settings"),
    *("apps", "help", "media"),
)
_BUNDLE = "all.css"


@cache
def digest() -> str:
    """Changes when any static file does, or their order; so browsers may keep what they have for ever."""
    content = hashlib.sha256(" ".join(_SHEETS).encode())
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            content.update(str(path.relative_to(STATIC)).encode())
            content.update(path.read_bytes())
    return content.hexdigest()[:12]


def prepare(instance_path: Path) -> None:
    """Copy the static files with compressed twins into the instance folder. Done before the workers start;
    compressing on each request would cost more than the request.

    Our style sheets become one file: over HTTP/1.1 a browser asks for six at a time, and a page shows
    nothing before it has all of them.
    """
    target = _folder(instance_path)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as workshop:
        copy = Path(workshop) / "copy"
        shutil.copytree(STATIC, copy)
        sheets = [(STATIC / f"{name}.css").read_text(encoding="utf-8") for name in _SHEETS]
        (copy / _BUNDLE).write_text("\n".join(sheets), encoding="utf-8")
        for path in [path for path in copy.rglob("*") if path.suffix in _COMPRESSIBLE]:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        try:
            copy.rename(target)
        except OSError:
            # Another process was faster, and its copy is the same.
            assert target.exists()


def init_app(app: Flask) -> None:
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
        app.jinja_env.globals["style_sheets"] = [_BUNDLE]
    else:
        app.jinja_env.globals["asset"] = lambda name: url_for("static", filename=name)
        app.jinja_env.globals["style_sheets"] = [f"{name}.css" for name in _SHEETS]


def _folder(instance_path: Path) -> Path:
    return instance_path / "assets" / digest()
