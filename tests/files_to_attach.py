"""Small files of the kinds that may go with an invitation, for tests."""

import io
import zipfile

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


_KINDS = {
    "word": "wordprocessingml.document",
    "xl": "spreadsheetml.sheet",
    "ppt": "presentationml.presentation",
}
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def office(
    main_part: str,
    *more: str,
    is_strict: bool = False,
    target: str = "",
    names: tuple[str, str] = ("[Content_Types].xml", "_rels/.rels"),
    is_upper: bool = False,
) -> bytes:
    """What Word, Excel or PowerPoint would call a document, by its main part. `target` is how the relations
    write its name; `names` are those of the parts that every package has."""
    kind = _KINDS[main_part.partition("/")[0]]
    content_type = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    content_type = content_type.upper() if is_upper else content_type
    of_office = "http://purl.oclc.org/ooxml" if is_strict else "http://schemas.openxmlformats.org"
    types = (
        f'<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main_part}" '
        f'ContentType="{content_type}"/></Types>'
    )
    relations = (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{of_office}/officeDocument/2006/relationships/officeDocument" '
        f'Target="{target or main_part}"/>'
        "</Relationships>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(names[0], types)
        archive.writestr(names[1], relations)
        for name in (main_part, *more):
            archive.writestr(name, "<xml/>")
    return file.getvalue()


def opendocument(content_type: str = "application/vnd.oasis.opendocument.text") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", content_type)
        archive.writestr("content.xml", "<xml/>")
    return file.getvalue()


DOCX = office("word/document.xml")
