"""The content of a file has to be what its name says, and names are cleaned so that they can be shown and
sent."""

import io
import struct
import zipfile

import pytest

from scheduling.files.kinds_of_files import KINDS, clean_name, kind_of, numbered
from tests.files_to_attach import DOCX, JPEG, PDF, PNG, office, opendocument

EXAMPLES = {
    "pdf": PDF,
    "docx": DOCX,
    "xlsx": office("xl/workbook.xml"),
    "pptx": office("ppt/presentation.xml"),
    "odt": opendocument(),
    "txt": "Grüezi\tDina\r\n".encode(),
    "md": "# Grüezi".encode("cp1252"),
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
}


def test_there_is_an_example_of_every_kind() -> None:
    assert set(EXAMPLES) == set(KINDS)


@pytest.mark.parametrize("ending", sorted(EXAMPLES))
def test_file_is_known_by_its_name_and_content_together(ending: str) -> None:
    of_text = {"txt", "md"}
    for other, content in EXAMPLES.items():
        kind = kind_of(f"A File.{ending.upper()}", content)
        if KINDS[other] is KINDS[ending]:
            assert kind is KINDS[ending]
        elif ending not in of_text:
            assert kind is None, (ending, other)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("program.exe", b"MZ\x90\x00"),
        ("program.pdf", b"MZ\x90\x00"),
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.svg", b"<svg onload='alert(1)'/>"),
        ("page.pdf", b"<html>%PDF-"),
        ("pdf", PDF),
        (".pdf.", PDF),
        ("macros.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("macros.docm", DOCX),
        ("macros.docx", office("word/document.xml", "word/VBAPROJECT.BIN")),
        ("macros.xlsx", office("xl/workbook.xml", "xl/vbaproject.bin")),
        ("table.docx", office("xl/workbook.xml")),
        ("archive.docx", b"PK\x03\x04" + b"\x00" * 60),
        ("broken.docx", DOCX[:-30]),
        ("older.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("table.odt", opendocument("application/vnd.oasis.opendocument.text-template")),
        ("binary.txt", b"text\x00with\x01bytes"),
        ("half.txt", b"\xff\xfea"),
        ("empty.png", b""),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, content: bytes) -> None:
    assert kind_of(name, content) is None


def _odt_without_its_type() -> bytes:
    file, space = io.BytesIO(), "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entry = 'm:full-path="/" m:media-type="application/vnd.oasis.opendocument.text"'
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", "<xml/>")
        archive.writestr(
            "META-INF/manifest.xml", f'<m:manifest xmlns:m="{space}"><m:file-entry {entry}/></m:manifest>'
        )
    return file.getvalue()


def _odt_with_its_type_last() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", "<xml/>")
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text\n")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("from the web.docx", office("word/document2.xml")),
        ("strict.docx", office("word/document.xml", is_strict=True)),
        ("encoded.docx", office("word/document 1.xml", target="/word/document%201.xml")),
        ("with backslashes.docx", office("word/document.xml", target=".\\word\\document.xml")),
        ("other case.docx", office("word/document.xml", target="Word/Document.xml", is_upper=True)),
        ("lower.docx", office("word/document.xml", names=("[content_types].xml", "_RELS/.rels"))),
        ("generated.xlsx", office("xl/workbook2.xml")),
        ("generated.pptx", office("ppt/Main.xml")),
        ("repacked.odt", _odt_with_its_type_last()),
        ("generated.odt", _odt_without_its_type()),
        ("scanned.pdf", b"\r\n@PJL JOB\r\n" + PDF),
    ],
)
def test_files_are_recognized_by_what_their_formats_say_no_matter_who_wrote_them(
    name: str, content: bytes
) -> None:
    assert kind_of(name, content) is KINDS[name.rpartition(".")[2]]


def test_archive_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    file = io.BytesIO(DOCX)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bin", b"\0" * 50_000_000)
    assert len(file.getvalue()) < 100_000
    assert kind_of("bomb.docx", file.getvalue()) is KINDS["docx"]


def archive(entries: int, comment: bytes = b"") -> bytes:
    """A document with this many entries."""
    file = io.BytesIO(DOCX)
    with zipfile.ZipFile(file, "a") as made:
        made.comment = comment
        for number in range(entries - len(made.namelist())):
            made.writestr(str(number), b"")
    return file.getvalue()


def with_entries_said(content: bytes, number: int) -> bytes:
    """The archive with a different number of entries in its end record."""
    at = content.rfind(b"PK\x05\x06")
    return content[: at + 8] + struct.pack("<2H", number, number) + content[at + 12 :]


def test_list_of_an_archive_is_read_only_when_it_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (archive(5000), archive(5000, b"a comment")):
        assert kind_of("large.docx", content) is KINDS["docx"]
    many, too_long = archive(5001), archive(25_000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    for content in (many, too_long, false_archive := with_entries_said(too_long, 3), too_long + b"\0"):
        assert kind_of("large.docx", content) is None
    assert false_archive != too_long


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("CV Dina Kaur.pdf", "CV Dina Kaur.pdf"),
        ("C:\\Users\\ada\\CV.pdf", "CV.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("cv\u202efdp.exe.pdf", "cvfdp.exe.pdf"),
        ("two\r\nBcc: all@x.example\0.pdf", "twoBcc_ all@x.example.pdf"),
        ("=?utf-8?q?x?=.pdf", "=_utf-8_q_x_=.pdf"),
        ("  ..hidden.pdf.  ", "hidden.pdf"),
        ("Le\u0301na.pdf", "Léna.pdf"),
        ("履歴書.pdf", "履歴書.pdf"),
        ("...", ""),
        ("x" * 400 + ".docx", "x" * 155 + ".docx"),
    ],
)
def test_names_lose_folders_and_invisible_characters(typed: str, shown: str) -> None:
    assert clean_name(typed) == shown


def test_second_file_of_a_name_gets_a_number_before_its_ending() -> None:
    assert numbered("cv.pdf", set()) == "cv.pdf"
    assert numbered("CV.pdf", {"cv.pdf"}) == "CV (2).pdf"
    assert numbered("cv.pdf", {"cv.pdf", "cv (2).pdf"}) == "cv (3).pdf"
    assert len(numbered("x" * 156 + ".pdf", {"x" * 156 + ".pdf"})) == 160
