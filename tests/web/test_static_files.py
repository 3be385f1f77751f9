"""Style sheets, scripts and the font: compressed, kept for ever under an address that names their content."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.machines.application import build_app, close_app, settings_for
from web import assets

HOST = "http://localhost"


@pytest.fixture
def served(sqlite_url: str, instance_path: Path) -> Iterator[Flask]:
    """The app as gunicorn serves it, with its static files prepared."""
    assets.prepare(instance_path)
    app = build_app({**settings_for(sqlite_url, instance_path), "TESTING": False})  # type: ignore[dict-item]
    yield app
    close_app(app)


def _file(app: Flask, address: str) -> Response:
    """The answer to a request for a file, read to its end; an unread one keeps the file open."""
    with Client(app).get(address, base_url=HOST, headers={"Accept-Encoding": "gzip"}) as answer:
        answer.get_data()
        return answer


def _sheet(app: Flask, address: str) -> str:
    return gzip.decompress(_file(app, address).get_data()).decode()


def _loaded_files(app: Flask) -> list[str]:
    page = app.test_client().get("/login", base_url=HOST, follow_redirects=True).text
    head = page[: page.index("</head>")]
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', head)


def test_every_file_that_a_page_loads_is_there_and_kept_for_ever(served: Flask) -> None:
    files = _loaded_files(served)
    assert len(files) >= 6
    for file in files:
        answer = _file(served, file)
        assert answer.status_code == 200, file
        assert "immutable" in answer.headers["Cache-Control"]
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
        if file.endswith((".css", ".js")):
            assert answer.headers["Content-Encoding"] == "gzip", file
            assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_page_loads_at_most_two_style_sheets_and_they_hold_all_of_ours(served: Flask) -> None:
    sheets = [file for file in _loaded_files(served) if file.endswith(".css")]
    assert len(sheets) == 2
    ours = _sheet(served, sheets[1])
    for path in assets.STATIC.glob("*.css"):
        assert path.read_text() in ours, f"{path.name} is in no bundle: name it in web.assets"


def test_the_font_is_asked_for_before_the_style_sheets_name_it(served: Flask) -> None:
    [font] = [file for file in _loaded_files(served) if file.endswith(".woff2")]
    sheet = next(file for file in _loaded_files(served) if file.endswith("all.css"))
    folder = sheet.rpartition("/")[0]
    css = _sheet(served, sheet)
    assert font.removeprefix(f"{folder}/") in re.findall(r'url\("([^"]+)"\)', css)


def test_the_address_changes_with_the_content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "app.css").write_text("a {}")
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    first = assets.digest.__wrapped__()
    (tmp_path / "app.css").write_text("b {}")
    assert assets.digest.__wrapped__() != first


def test_the_page_of_all_components_is_there_in_development_only(served: Flask, sqlite_app: Flask) -> None:
    for path in ("/styleguide", "/styleguide/confirm"):
        assert served.test_client().get(path, base_url=HOST).status_code == 404
        assert sqlite_app.test_client().get(path, base_url=HOST).status_code == 200
