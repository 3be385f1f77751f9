"""Small files of the kinds that may go with an invitation, for tests."""

import io
import zipfile

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


def office(main_part: str, *more: str) -> bytes:
    """What Word, Excel or PowerPoint would call a document, by its main part."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", main_part, *more):
            archive.writestr(name, "<xml/>")
    return file.getvalue()


def opendocument(content_type: str = "application/vnd.oasis.opendocument.text") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", content_type)
        archive.writestr("content.xml", "<xml/>")
    return file.getvalue()


DOCX = office("word/document.xml")
