"""Lists of candidates as programs write them: encodings, workbooks, delimiters, headings, broken rows."""

import io
import zipfile
from collections.abc import Callable
from time import process_time

import pytest
from openpyxl import Workbook

from blueprints.hiring.imports.columns import Meaning, understood
from blueprints.hiring.imports.files import MOST_BYTES, UnreadableListError, read_as, read_file, telling_words
from blueprints.hiring.imports.lines import people_as_table, read_list
from blueprints.hiring.imports.table import MOST_LINES, read_table
from hiring.imported_lines import Line, Problem
from hiring.imports import Answers

NAME, FIRST, LAST, EMAIL, PHONE, ZONE, JOB, NOTHING = (
    Meaning.NAME,
    Meaning.FIRST,
    Meaning.LAST,
    Meaning.EMAIL,
    Meaning.PHONE,
    Meaning.ZONE,
    Meaning.JOB,
    Meaning.NOTHING,
)
ANN, BOB = "ann@mail.example", "bob@mail.example"


def lines(text: str) -> list[Line]:
    return read_list(text, Answers()).lines


def people(text: str) -> list[tuple[str, str]]:
    return [(line.name, line.email) for line in lines(text) if not line.problems]


def workbook(*sheets: list[list[object]], hidden: int = 0) -> bytes:
    book = Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        for row in rows:
            sheet.append(row)
        if number < hidden:
            sheet.sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lists_of_all_spreadsheets_are_read(mark: str, delimiter: str, line_end: str) -> None:
    rows = [
        ["Phone", "Email", "Name"],
        ["+1 2125", "zoë@mail.example", "Zoë\nAdams"],
        ["", "b@mail.example", "B, b; c"],
    ]
    text = line_end.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    found = lines(mark + text)
    assert [(line.number, line.name, line.email, line.phone) for line in found] == [
        (2, "Zoë Adams", "zoë@mail.example", "+1 2125"),
        (4, "B, b; c", "b@mail.example", ""),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"sep=;\nName;E-Mail\nLee, Ann;{ANN}\n", [("Lee, Ann", ANN)]),
        (f'"sep=,"\r\nName,Email\r\nAnn,{ANN}\r\n', [("Ann", ANN)]),
        (f"SEP=\t\nName\tEmail\nAnn\t{ANN}", [("Ann", ANN)]),
        (f"sep=|\nName|Email\nAnn|{ANN}", [("Ann", ANN)]),
        (f"Candidates, autumn\n\nName,Email\nAnn,{ANN}\n", [("Ann", ANN)]),
        (f"Name;E-Mail\nMüller, Max;{ANN}\nDoe, Jane;{BOB}\n", [("Müller, Max", ANN), ("Doe, Jane", BOB)]),
        (f'Name, Email\n"Lee, Ann", {ANN}\n', [("Lee, Ann", ANN)]),
        (f'Name, Email\nAnn, "{ANN}"\n', [("Ann", ANN)]),
        (f"First Name,Last Name,Email\nAnn,Lee,{ANN}\n", [("Ann Lee", ANN)]),
        (f"Email\nAnn Lee <{ANN}>\n", [("Ann Lee", ANN)]),
        (f"Name,Email\n,Ann Lee <{ANN}>\n", [("Ann Lee", ANN)]),
        (f"Name,Email\n\n\n,,\nAnn,{ANN}\n,\n", [("Ann", ANN)]),
    ],
)
def test_text_is_read_as_its_program_meant_it(text: str, found: list[tuple[str, str]]) -> None:
    assert people(text) == found


@pytest.mark.parametrize(
    ("heading", "meanings"),
    [
        ("First Name,Last Name,Email", (FIRST, LAST, EMAIL)),
        ("Email Address,Phone Number,Full Name", (EMAIL, PHONE, NAME)),
        ("E-Mail-Adresse,Telefon,Vorname,Nachname", (EMAIL, PHONE, FIRST, LAST)),
        ("Vorname,Name,E-Mail", (FIRST, LAST, EMAIL)),
        ("Name,Vorname,Mobilnummer,E-Mail (privat)", (LAST, FIRST, PHONE, EMAIL)),
        ("Nom,Prénom,Courriel,Téléphone", (LAST, FIRST, EMAIL, PHONE)),
        ("Nombre,Apellidos,Correo electrónico,Teléfono móvil", (FIRST, LAST, EMAIL, PHONE)),
        ("Nome,Cognome,Indirizzo e-mail,Cellulare", (FIRST, LAST, EMAIL, PHONE)),
        ("Nome completo,E-mail,Telefone", (NAME, EMAIL, PHONE)),
        ("Voornaam,Achternaam,E-mailadres,Telefoonnummer", (FIRST, LAST, EMAIL, PHONE)),
        ("Imię,Nazwisko,Adres e-mail,Numer telefonu", (FIRST, LAST, EMAIL, PHONE)),
        ("Namn,E-postadress,Mobilnummer,Tidszon", (NAME, EMAIL, PHONE, ZONE)),
        ("Fornavn,Etternavn,E-post,Tlf.", (FIRST, LAST, EMAIL, PHONE)),
        ("Etunimi,Sukunimi,Sähköposti,Puhelin", (FIRST, LAST, EMAIL, PHONE)),
        ("Jméno,Příjmení,E-mail", (FIRST, LAST, EMAIL)),
        ("Adı,Soyadı,E-posta", (FIRST, LAST, EMAIL)),
        ("ФИО,Электронная почта,Телефон,Часовой пояс", (NAME, EMAIL, PHONE, ZONE)),
        ("Имя,Фамилия,E-mail", (FIRST, LAST, EMAIL)),
        ("氏名,メールアドレス,電話番号", (NAME, EMAIL, PHONE)),
        ("姓,名,邮箱,手机", (LAST, FIRST, EMAIL, PHONE)),
        ("이름,이메일,전화번호", (NAME, EMAIL, PHONE)),
        ("Name *,EMAIL *,Time zone (IANA)", (NAME, EMAIL, ZONE)),
        ("Candidate name,candidate_email,Stage,Applied for", (NAME, EMAIL, NOTHING, JOB)),
        ("Name,E-mail 1 - Value,Phone 1 - Value", (NAME, EMAIL, PHONE)),
        ("Full name,First name,Email", (NAME, NOTHING, EMAIL)),
        ("Candidate First Name,Candidate Last Name,Candidate Email Address", (FIRST, LAST, EMAIL)),
        ("Timestamp,Email Address,What's your full name?,Your phone number", (NOTHING, EMAIL, NAME, PHONE)),
        ("Name / Nom,E-mail / Courriel,Phone | Téléphone", (NAME, EMAIL, PHONE)),
        (
            "First Name,Last Name,URL,Email Address,Company,Position",
            (FIRST, LAST, NOTHING, EMAIL, NOTHING, JOB),
        ),
        ("Name,Email,Email status,Phone screen", (NAME, EMAIL, NOTHING, NOTHING)),
        ("Ihr Name,Ihre E-Mail-Adresse", (NAME, EMAIL)),
    ],
)
def test_headings_are_understood_in_many_languages(heading: str, meanings: tuple[Meaning, ...]) -> None:
    row = ",".join("x" for _ in meanings)
    found = understood(read_table(f"{heading}\n{row}"))
    assert found.meanings == meanings
    assert found.is_sure


@pytest.mark.parametrize(
    ("text", "meanings", "heading"),
    [
        (f"Ann Lee\t{ANN}\t+1 212 555 0147\nBob\t{BOB}\t", (NAME, EMAIL, PHONE), 0),
        (f"Ann,Lee,{ANN}\nBob,Roe,{BOB}", (FIRST, LAST, EMAIL), 0),
        (f"1,{ANN},Ann Lee,Europe/Zurich\n2,{BOB},Bob Roe,UTC", (NOTHING, EMAIL, NAME, ZONE), 0),
        (f"Who,Where to write\nAnn Lee,{ANN}", (NAME, EMAIL), 1),
        (f"Name;Email;Email\nAnn;{ANN};{BOB}", (NAME, EMAIL, NOTHING), 1),
        (f"name,email,Name\nAnn,{ANN},x", (NAME, EMAIL, NOTHING), 1),
        (f"Email\n{ANN}", (EMAIL,), 1),
        ("Name,Phone\nAnn,+1 212 555 0147", (NAME, PHONE), 1),
    ],
)
def test_what_is_not_certain_is_guessed_and_asked(
    text: str, meanings: tuple[Meaning, ...], heading: int
) -> None:
    found = understood(read_table(text))
    assert (found.meanings, found.heading) == (meanings, heading)
    assert not found.is_sure


@pytest.mark.parametrize("nothing", ["-", " – ", "n/a", "N/A", "NaN", "none", "k.A.", "#N/A", "?"])
def test_cell_that_says_that_nothing_is_known_is_empty(nothing: str) -> None:
    [line] = lines(f"Name,Email,Phone,Time zone,Job\nNull,{ANN},{nothing},{nothing},{nothing}")
    assert line == Line(2, "Null", ANN)
    [line] = lines(f"Name,Email\nAnn,{nothing}")
    assert line.problems == (Problem("The email address is missing.", "email"),)


def test_phone_numbers_that_were_calculated_with_are_whole_or_said_to_be_lost() -> None:
    whole, lost = lines(f"Name,Email,Phone\nAnn,{ANN},491714567890.0\nBob,{BOB},4.91715E+11")
    assert (whole.phone, whole.problems) == ("491714567890", ())
    assert lost.problems == (
        Problem("A spreadsheet shortened this number. Enter all of it, or leave it out.", "phone"),
    )


def test_people_copied_from_an_email_are_a_list() -> None:
    text = people_as_table(f"Ortiz, Sam <{ANN}>; Doe, Jane <{BOB}>")
    assert people(text) == [("Ortiz, Sam", ANN), ("Doe, Jane", BOB)]
    for other in (f"name,email\nAnn,{ANN}", f"{ANN}; {BOB}", "nothing"):
        assert people_as_table(other) == other


@pytest.mark.parametrize(
    "broken",
    [
        '"Cid,cid@mail.example',
        'Cid "the kid,cid@mail.example"x',
        '"Cid"x,cid@mail.example',
        '"Cid,"cid@mail.example"',
    ],
)
def test_one_broken_row_never_costs_the_others(broken: str) -> None:
    found = lines(f'name,email\nAnn,{ANN}\n{broken}\nBob,{BOB}\n"Eva\nLang",eva@mail.example\n')
    right = [(line.name, line.email) for line in found if not line.problems and line.name != 'Cid "the kid']
    assert right == [("Ann", ANN), ("Bob", BOB), ("Eva Lang", "eva@mail.example")]
    assert [line.number for line in found] == [2, 3, 4, 5]


def test_many_broken_rows_are_read_in_good_time() -> None:
    found = lines("name,email\n" + '"Ann,x\n' * (MOST_LINES - 1) + f"Bob,{BOB}")
    assert len(found) == MOST_LINES
    assert [line.email for line in found if not line.problems] == [BOB]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The list is empty."),
        ("\n\n", "The list is empty."),
        ("sep=;", "The list is empty."),
        ("name,email", "no one below the column names"),
        ("\ufeffname,email\n\n", "no one below the column names"),
        ("name,email\n" + "Ann,ann@mail.example\n" * (MOST_LINES + 1), "At most 2000 candidates"),
    ],
)
def test_list_without_anyone_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(UnreadableListError, match=words):
        lines(text)


NAMES = "name;email\nJürg Müller;j@mail.example\nZoë Łukasz;z@mail.example\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_its_mark_and_without(encoding: str) -> None:
    found = read_file(NAMES.encode(encoding))
    assert (found.text, found.reading) == (NAMES, "")


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        ("Jürg Müller", "cp1252"),
        ("José García, François Lefèvre", "cp1252"),
        ("Åsa Öberg, Øyvind Straße", "cp1252"),
        ("“Jo” Smith – née Roe", "cp1252"),
        ("Jürg Müller, José", "mac_roman"),
        ("Łukasz Żółć, Dvořák", "cp1250"),
        ("Ольга Иванова", "cp1251"),
        ("田中太郎, 鈴木花子", "cp932"),
        ("王小明, 李华", "gb18030"),
        ("陳大文", "big5hkscs"),
        ("Jürg Müller, José", "cp850"),
    ],
)
def test_code_page_is_guessed_from_the_letters(names: str, encoding: str) -> None:
    text = "name;email\n" + "".join(f"{name};x@mail.example\n" for name in names.split(", "))
    found = read_file(text.encode(encoding))
    assert (found.text, found.reading) == (text, encoding)
    assert set(telling_words(found.text)) <= set(names.replace(",", " ").split())


def test_one_damaged_letter_does_not_spoil_the_others() -> None:
    content = (
        "name,email\nJürg Müller,j@mail.example\nZoë Größe,z@mail.example\nJosé,x@mail.example\n".encode()
    )
    found = read_file(content.replace("José".encode(), b"Jos\xe9"))
    assert found.reading == "utf-8"
    assert telling_words(found.text) == ["Jürg", "Müller", "Zoë", "Größe", "Jos\ufffd"]


def test_another_reading_can_be_chosen() -> None:
    content = "name;email\nIşıl Yıldız;i@mail.example\n".encode("cp1254")
    assert read_file(content).reading == "cp1252"
    assert telling_words(read_as(content, "cp1254")) == ["Işıl", "Yıldız"]


def test_workbook_is_read_like_the_same_list_in_csv() -> None:
    content = workbook(
        [["a hidden sheet"]],
        [],
        [
            ["Name", "Email", "Phone", "Time zone", "Started"],
            ["Lee, Ann", ANN, 442079460018, "Europe/London", None],
            ["Bob", BOB, 2125550147.0, None, True],
            [None, None, None, None, None],
            ["=Sum", "sum@mail.example", "+1 212 555 0147", "#N/A", 1.5],
        ],
        hidden=1,
    )
    found = lines(read_file(content).text)
    assert [
        (line.number, line.name, line.email, line.phone, line.timezone) for line in found if not line.problems
    ] == [
        (2, "Lee, Ann", ANN, "442079460018", "Europe/London"),
        (3, "Bob", BOB, "2125550147", None),
        (5, "", "sum@mail.example", "+1 212 555 0147", None),
    ][:2]


def zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("CT", "[Content_Types].xml"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name,email\n" + b"x" * MOST_BYTES, "larger than 1 MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel workbook"),
        (b"%PDF-1.7\n", "This is a PDF"),
        (b"{\\rtf1 name}", "text document"),
        (b"BEGIN:VCARD\nEND:VCARD", "contact cards"),
        (b"name,em\0ail\nAnn,a\0b", "isn't a list"),
        (b"<html><table><tr><td>Name</td></tr></table>", "web page"),
        (b"PK\x03\x04 and nothing else", "damaged"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument"),
        (zipped(word__document="x", CT="x"), "isn't a spreadsheet"),
        (zipped(xl__workbook="x", CT="not XML"), "can't be read"),
        (zipped(xl__workbook="0" * 31 * 1024 * 1024, CT="x"), "too large"),
    ],
)
def test_other_files_are_refused_in_words_that_help(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableListError, match=words):
        read_file(content)


def with_sheet(markup: bytes, **more: bytes) -> bytes:
    """A workbook with this as its only sheet, and with other parts before it."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["Name", "Email"], ["Ann", ANN]]))) as whole,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        for name, content in more.items():
            package.writestr(name, content)
        for name in whole.namelist():
            package.writestr(name, markup if name == "xl/worksheets/sheet1.xml" else whole.read(name))
    return file.getvalue()


_SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData>'
    b"</worksheet>"
)
_GROWING = "<!DOCTYPE w [<!ENTITY a '%s'>]>" % ("a" * 1000) + _SHEET.decode() % (
    "<row><c t='inlineStr'><is><t>%s</t></is></c></row>" % ("&a;" * 99)
)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        # Ten seconds and 800 MB for 80 kB.
        (
            lambda: with_sheet(
                _SHEET % (b"<row>" + b"<c t='inlineStr'><is><t>a</t></is></c>" * 150_000 + b"</row>")
            ),
            "too large",
        ),
        (lambda: with_sheet(_GROWING.encode()), "damaged"),
        (lambda: with_sheet(b"\xff\xfe" + _GROWING.encode("utf-16-le")), "damaged"),
        (lambda: with_sheet(_SHEET % b"", mimetype=b"a" * 20_000_000), "too large"),
        (lambda: with_sheet(_SHEET % b"", **{f"part {number}": b"" for number in range(5001)}), "damaged"),
    ],
    ids=["a million tags", "entities", "entities in UTF-16", "a large type", "many entries"],
)
def test_small_workbook_that_would_grow_is_refused_before_it_does(
    make: Callable[[], bytes], words: str
) -> None:
    content = make()
    began = process_time()
    with pytest.raises(UnreadableListError, match=words):
        read_file(content)
    assert process_time() - began < 1
