"""Style sheets, scripts and the font: compressed, and kept forever under an address made from their
content."""

import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.architecture.repository import ROOT
from tests.machines.application import build_app, close_app, settings_for
from web import assets
from web.templating import icon

HOST = "http://localhost"


@pytest.fixture(scope="module")
def served(shared_url: str, shared_instance_path: Path) -> Iterator[Flask]:
    """The app as gunicorn serves it, with its static files prepared."""
    assets.prepare(shared_instance_path)
    settings = settings_for(shared_url, shared_instance_path)
    app = build_app({**settings, "TESTING": False})  # type: ignore[dict-item]
    yield app
    close_app(app)


def _file(app: Flask, address: str, encoding: str = "gzip") -> Response:
    """The answer to a request for a file, read to its end; an unread one keeps the file open."""
    with Client(app).get(address, base_url=HOST, headers={"Accept-Encoding": encoding}) as answer:
        answer.get_data()
        return answer


def _sheet(app: Flask, address: str) -> str:
    return gzip.decompress(_file(app, address).get_data()).decode()


def _loaded_files(app: Flask) -> list[str]:
    page = app.test_client().get("/login", base_url=HOST, follow_redirects=True).text
    head = page[: page.index("</head>")]
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', head)


def test_each_server_makes_the_same_files() -> None:
    """A page of one server may load its files from another."""
    program = (
        "import hashlib; from web.assets import served_files; "
        "print(sorted((name, hashlib.sha256(data).hexdigest()) for name, data in served_files().items()))"
    )
    first, second = (
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    )
    assert "zones.json" in first
    assert first == second


def test_every_file_that_a_page_loads_is_there_and_kept_forever(served: Flask) -> None:
    files = _loaded_files(served)
    assert {Path(file).suffix for file in files} == {".svg", ".css", ".woff2", ".js"}
    for file in files:
        answer = _file(served, file)
        assert answer.status_code == 200, file
        assert "immutable" in answer.headers["Cache-Control"]
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
        if file.endswith((".css", ".js")):
            assert answer.headers["Content-Encoding"] == "gzip", file
            assert "Accept-Encoding" in answer.headers["Vary"]


def test_one_style_sheet_holds_every_file_in_the_layer_of_its_folder(served: Flask) -> None:
    [sheet] = [file for file in _loaded_files(served) if file.endswith(".css")]
    css = _sheet(served, sheet)
    assert css.startswith("@layer reset, tokens, base, components, pages;")
    layers = dict(re.findall(r"^@layer (\w+) \{\n(.*?)^\}$(?=\n@layer|\Z)", css, re.MULTILINE | re.DOTALL))
    assert list(layers) == list(assets.LAYERS)
    sources = sorted((assets.STATIC / "css").glob("*/*.*"))
    assert len(sources) > 40
    for path in sources:
        rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        first_rule = re.search(r"^[^\s/@*}][^{]*\{", rules, re.MULTILINE)
        if first_rule is not None:
            assert " ".join(first_rule.group().split()) in " ".join(layers[path.parent.name].split()), path


def test_sheet_of_a_single_page_holds_every_file_of_its_folder(served: Flask) -> None:
    for folder in (assets.STATIC / "css" / "single").iterdir():
        css = assets.served_files()[f"single/{folder.name}.css"].decode()
        assert css.startswith("@layer pages {\n")
        for path in folder.glob("*.css"):
            rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
            first_rule = re.search(r"^[^\s/@*}][^{]*\{", rules, re.MULTILINE)
            assert first_rule is not None
            assert " ".join(first_rule.group().split()) in " ".join(css.split()), path


def test_one_script_holds_every_file_of_the_site(served: Flask) -> None:
    [script] = [file for file in _loaded_files(served) if file.endswith("/site.js")]
    js = _sheet(served, script)
    assert not any(map(_is_comment, js.splitlines()))
    for path in (assets.STATIC / "scripts" / "site").iterdir():
        code = [line for line in path.read_text().splitlines() if not _is_comment(line)]
        assert "\n".join(code) in js, path.name


def _is_comment(line: str) -> bool:
    return line.strip().startswith(("//", "/*"))


def test_browsers_that_know_brotli_get_it_and_it_says_the_same(served: Flask) -> None:
    for file in _loaded_files(served):
        if file.endswith((".css", ".js")):
            answer = _file(served, file, "gzip, deflate, br")
            assert answer.headers["Content-Encoding"] == "br"
            assert brotli.decompress(answer.get_data()).decode() == _sheet(served, file)


def test_nothing_but_the_style_sheet_holds_up_the_first_paint(served: Flask) -> None:
    page = served.test_client().get("/login", base_url=HOST, follow_redirects=True)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page.text, re.DOTALL)
    for attributes, _ in scripts:
        assert not attributes or "defer" in attributes or 'type="module"' in attributes
    [inline] = [text for attributes, text in scripts if not attributes]
    # The one inline script is allowed by its hash; any other would not run.
    assert inline == assets.theme_script()
    policy = page.headers["Content-Security-Policy"]
    assert f"script-src 'self' '{assets.theme_script_hash()}';" in policy
    assert "unsafe" not in policy


def test_the_font_is_asked_for_before_the_style_sheet_names_it(served: Flask) -> None:
    [font] = [file for file in _loaded_files(served) if file.endswith(".woff2")]
    sheet = next(file for file in _loaded_files(served) if file.endswith(".css"))
    folder = sheet.rpartition("/")[0]
    css = _sheet(served, sheet)
    assert font.removeprefix(f"{folder}/") in re.findall(r'url\("([^"]+)"\)', css)


def test_the_address_changes_with_the_content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(assets.STATIC, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    first = assets.digest.__wrapped__()
    (tmp_path / "css" / "pages" / "another.css").write_text("a { color: inherit; }")
    assert assets.digest.__wrapped__() != first


def test_in_development_a_file_is_made_from_the_sources_at_each_request(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    sheet = client.get("/static/style.css", base_url=HOST)
    assert sheet.mimetype == "text/css"
    assert sheet.text == assets.style_sheet()
    assert client.get("/static/vendor/htmx-2.0.11.min.js", base_url=HOST).status_code == 200
    for name in ("css/base/page.css", "vendor/VENDOR.md", "../app.py"):
        assert client.get(f"/static/{name}", base_url=HOST).status_code == 404


def test_the_page_of_all_components_is_there_in_development_only(served: Flask, sqlite_app: Flask) -> None:
    for path in ("/styleguide", "/styleguide/confirm"):
        assert served.test_client().get(path, base_url=HOST).status_code == 404
        assert sqlite_app.test_client().get(path, base_url=HOST).status_code == 200


def test_every_vendored_icon_is_drawn_as_one_path() -> None:
    """Only the invisible square and spaces are lost; forty icons have a hundred fewer elements."""
    for file in (assets.STATIC / "vendor" / "icons").glob("*.svg"):
        published = re.findall(r' d="([^"]+)"', file.read_text())
        drawn = str(icon(file.stem))
        assert drawn.count("<path") == 1, file.stem
        assert f'd="{"".join(published[1:]).replace(" -", "-")}"' in drawn, file.stem
