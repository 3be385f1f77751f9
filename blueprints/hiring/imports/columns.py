"""Which column of a list holds what: read from the headings in many languages, or guessed from the cells."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from blueprints.hiring.imports.table import Row, says_nothing
from phone_numbers import is_phone_number
from timezones import zones_meant
from web.addresses import people_in

# Above the headings there may be a title and a date.
_SEARCHED_FOR_HEADINGS = 10
# How many cells of a column are looked at to guess what it holds.
_LOOKED_AT = 30


class Meaning(StrEnum):
    """What a column holds; `NOTHING` is not imported."""

    NOTHING = ""
    NAME = "name"
    FIRST = "first"
    LAST = "last"
    EMAIL = "email"
    PHONE = "phone"
    ZONE = "timezone"
    JOB = "job"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Meaning.NOTHING: "Don't import",
    Meaning.NAME: "Full name",
    Meaning.FIRST: "First name",
    Meaning.LAST: "Last name",
    Meaning.EMAIL: "Email",
    Meaning.PHONE: "Phone",
    Meaning.ZONE: "Time zone",
    Meaning.JOB: "Job",
}

# Headings in the form of `_plain`. English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, the
# Nordic languages, Czech, Turkish, Russian, Chinese, Japanese and Korean, and those of common address books.
_HEADINGS: dict[Meaning, str] = {
    Meaning.NAME: """
        firstandlastname firstnamelastname lastnamefirstname nameandsurname namesurname
        fullname completename candidate candidatename nameofcandidate applicant applicantname
        displayname contactname vollstandigername vollername vorundnachname vornameundnachname
        vornamenachname nachnamevorname bewerber bewerberin bewerbername kandidat kandidatin
        nomcomplet nometprenom prenometnom nomprenom prenomnom candidat nombrecompleto
        nombreyapellido nombreyapellidos apellidosynombre candidato candidata nomecompleto
        nomeecognome cognomeenome nomecognome nominativo volledigenaam kandidaat imieinazwisko
        nazwiskoiimie kandydat fulltnavn fuldtnavn fullstandigtnamn kokonimi celejmeno
        jmenoaprijmeni adsoyad adisoyadi adivesoyadi fio полноеимя фио кандидат 姓名 名前 氏名 お名前 이름
        성명 候选人 fileas
    """,
    Meaning.FIRST: """
        firstname firstnames givenname givennames forename forenames first given vorname
        vornamen rufname prenom prenoms nombredepila nombres primernombre nomedibattesimo
        primeironome voornaam voornamen roepnaam fornamn fornavn etunimi krestnijmeno isim имя 名
    """,
    Meaning.LAST: """
        lastname lastnames surname surnames familyname last family nachname nachnamen
        familienname zuname nomdefamille nomusuel apellido apellidos cognome sobrenome apelido
        ultimonome achternaam familienaam nazwisko efternamn etternavn efternavn sukunimi
        prijmeni soyad soyadi soyisim фамилия 姓
    """,
    Meaning.EMAIL: """
        email emails mail emailaddress emailaddresses mailaddress emailid emailadresse
        emailadressen mailadresse mailadressen elektronischepost elektronischeadresse emailadres
        mailadres eposta epostaadresi epost epostadress epostadresse epostadressen correo
        correoelectronico direcciondecorreo direcciondecorreoelectronico direccionemail courriel
        adressemail adresseemail adressedemessagerie adresseelectronique adressecourriel
        adressedecourriel posta postaelettronica indirizzoemail indirizzomail
        indirizzodipostaelettronica enderecodeemail enderecoeletronico correioeletronico
        adresemail adrespocztyelektronicznej sahkoposti sahkopostiosoite emailovaadresa
        mailovaadresa email1value email1address primaryemail workemail privateemail emailprivat
        privatemail personalemail businessemail homeemail contactemail candidateemail
        applicantemail candidateemailaddress emailwork emailpersonal эпочта элпочта
        электроннаяпочта почта адресэлектроннойпочты имейл メール メールアドレス eメール 邮箱 邮件
        电子邮件 电子邮箱 電子郵件
        이메일 이메일주소
    """,
    Meaning.PHONE: """
        phone phones phonenumber phonenumbers telephone telephonenumber tel telno phoneno mobile
        mobilephone mobilenumber mobileno cell cellphone cellnumber contactnumber contactno
        telefon telefonnummer telefonnr telnr rufnummer handy handynummer handynr mobil
        mobilnummer mobiltelefon mobilnr festnetz telefoon telefoonnummer gsm gsmnummer mobiel
        mobielnummer telefono telefonos numerodetelefono numeroditelefono movil telefonomovil
        celular cellulare telephonemobile numerodetelephone telephoneportable portable telefone
        numerodetelefone telemovel numertelefonu telefonkomorkowy nrtelefonu komorka puhelin
        puhelinnumero matkapuhelin tlf tlfnr tlfnummer mobiltlf mobilnummer telefonicislo
        telefonnicislo ceptelefonu telefonnumarasi telefonno phone1value primaryphone workphone
        homephone businessphone candidatephone phonemobile phonework whatsapp телефон
        номертелефона мобильный мобильныйтелефон 电话
        电话号码 手机 手机号 手机号码 電話 電話番号 携帯 携帯電話 전화 전화번호 휴대폰
        연락처
    """,
    Meaning.ZONE: """
        timezone tz zone timezoneid ianatimezone timezonename localtimezone candidatetimezone
        zeitzone fuseauhoraire fuseau zonahoraria husohorario fusoorario fusohorario tijdzone
        tijdszone strefaczasowa tidszon tidssone tidszone aikavyohyke casovepasmo casovazona
        saatdilimi часовойпояс 时区 時區 タイムゾーン 시간대
    """,
    Meaning.JOB: """
        job jobs jobtitle jobname position positiontitle role roleapplied vacancy opening
        requisition jobopening appliedfor appliedposition appliedjob jobapplied jobappliedfor
        jobposting postingtitle stelle stellenbezeichnung stellentitel jobbezeichnung poste
        offre offredemploi intituleduposte puesto vacante oferta cargo vaga ruolo posizione
        posizionelavorativa functie functietitel vacature stanowisko tjanst stilling
        stillingstittel tehtava pozice pozisyon должность вакансия 职位 職位 岗位 職種 ポジション 직무 포지션
    """,
}


# Latin letters that Unicode does not take apart.
_LETTERS = str.maketrans("łøı", "loi")


def _plain(heading: str) -> str:
    """A heading as it is compared: `E-Mail-Adresse *`, `email address` and `Adresse e-mail (obligatoire)`."""
    before = heading.partition("(")[0] or heading
    letters = unicodedata.normalize("NFKD", before.casefold().translate(_LETTERS))
    composed = unicodedata.normalize("NFC", "".join(sign for sign in letters if not _is_accent(sign)))
    return "".join(sign for sign in composed if sign.isalnum())


def _is_accent(sign: str) -> bool:
    """Of Latin letters; those of Japanese are letters of their own."""
    return "\u0300" <= sign <= "\u036f"


_MEANINGS = {_plain(word): meaning for meaning, words in _HEADINGS.items() for word in words.split()}
# What can be a whole name, or one half of it, depending on the columns beside it.
_BARE_NAMES = frozenset(
    [
        "name",
        "names",
        "nom",
        "nombre",
        "nome",
        "naam",
        "navn",
        "namn",
        "nimi",
        "imie",
        "jmeno",
        "ad",
        "adi",
        "имя",
    ]
)


@dataclass(frozen=True)
class Columns:
    """What each column holds. `heading` is the number of the line with the headings, 0 if there are none, and
    `names` are those headings. `is_sure`: no one has to be asked."""

    meanings: tuple[Meaning, ...]
    heading: int
    names: tuple[str, ...]
    is_sure: bool


def understood(rows: Sequence[Row]) -> Columns:
    """What the columns of a table hold, as far as it says so or can be guessed. `rows` is not empty."""
    width = max(len(row.cells) for row in rows)
    heading = _heading(rows)
    if heading is None:
        guessed = _guessed(rows, [Meaning.NOTHING] * width)
        return Columns(tuple(guessed), 0, ("",) * width, is_sure=False)
    below = [row for row in rows if row.number > heading.number]
    meanings = [*_read(heading.cells), *[Meaning.NOTHING] * (width - len(heading.cells))]
    names = tuple(" ".join(cell.split()) for cell in heading.cells) + ("",) * (width - len(heading.cells))
    once = _first_of_each(meanings)
    is_sure = once == meanings and is_enough(meanings)
    if not is_enough(once):
        once = _guessed(below, once)
    return Columns(tuple(once), heading.number, names, is_sure)


def is_enough(meanings: Sequence[Meaning]) -> bool:
    """Whether there is an address and, in one column or two, a name."""
    return Meaning.EMAIL in meanings and not {Meaning.NAME, Meaning.FIRST, Meaning.LAST}.isdisjoint(meanings)


def _heading(rows: Sequence[Row]) -> Row | None:
    """The row of the headings: the first one that names an address or two other things; otherwise the very
    first, unless it holds what only a candidate's row does."""
    for row in rows[:_SEARCHED_FOR_HEADINGS]:
        known = {meaning for meaning in _read(row.cells) if meaning}
        if len(known) > 1 or (Meaning.EMAIL in known and not _is_data(row)):
            return row
        if _is_data(row):
            break
    return None if _is_data(rows[0]) else rows[0]


def _is_data(row: Row) -> bool:
    return any("@" in cell for cell in row.cells)


def _read(cells: Sequence[str]) -> list[Meaning]:
    plain = [_plain(cell) for cell in cells]
    found = [_meaning(cell) for cell in cells]
    bare = [place for place, word in enumerate(plain) if word in _BARE_NAMES]
    if len(bare) == 1 and found.count(Meaning.NAME) == 1:
        # "Vorname, Name" and "Nom, Prénom": beside a first name it is the last one, and the other way round.
        if Meaning.FIRST in found and Meaning.LAST not in found:
            found[bare[0]] = Meaning.LAST
        elif Meaning.LAST in found and Meaning.FIRST not in found:
            found[bare[0]] = Meaning.FIRST
        elif Meaning.FIRST in found and Meaning.LAST in found:
            found[bare[0]] = Meaning.NOTHING
    if Meaning.NAME in found:
        # A whole name needs no halves beside it.
        found = [Meaning.NOTHING if each in (Meaning.FIRST, Meaning.LAST) else each for each in found]
    return found


def _meaning(heading: str) -> Meaning:
    """What a heading says, in one language or two: `Name / Nom`, `Candidate email`, `What's your name?`."""
    for part in (heading, *re.split("[/|]", heading)):
        word = _plain(part)
        for plain in (word, _BEFORE.sub("", word)):
            if plain in _BARE_NAMES:
                return Meaning.NAME
            if plain in _MEANINGS:
                return _MEANINGS[plain]
    return Meaning.NOTHING


# Whose it is, before what it is.
_BEFORE = re.compile(
    "^(?:(?:what|please|enter|is|s|are|the|your|ihre?|deine?|votre|tu|su|candidates?|applicants?|contact|person|"
    "bewerber|kandidaten|primary|preferred|main|work|business|home|private|personal)+)"
)


def _first_of_each(meanings: Sequence[Meaning]) -> list[Meaning]:
    """Each meaning where it comes first; a second column of it is not imported."""
    return [
        meaning if meaning not in meanings[:place] else Meaning.NOTHING
        for place, meaning in enumerate(meanings)
    ]


def _guessed(rows: Sequence[Row], known: Sequence[Meaning]) -> list[Meaning]:
    """The meanings, completed by what most cells of the other columns look like."""
    found = list(known)
    open_places = [place for place, meaning in enumerate(known) if not meaning]
    looks = {place: _looks_like(rows, place) for place in open_places}
    for meaning in (Meaning.EMAIL, Meaning.PHONE, Meaning.ZONE):
        if meaning in found:
            continue
        for place in open_places:
            if looks[place] is meaning and not found[place]:
                found[place] = meaning
                break
    if {Meaning.NAME, Meaning.FIRST, Meaning.LAST}.isdisjoint(found):
        names = [place for place in open_places if looks[place] is Meaning.NAME and not found[place]][:2]
        # Two columns of single words side by side are the halves of a name.
        are_halves = len(names) == 2 and names[1] == names[0] + 1 and all(_are_words(rows, n) for n in names)
        halves = (Meaning.FIRST, Meaning.LAST) if are_halves else (Meaning.NAME,)
        for place, meaning in zip(names, halves, strict=False):
            found[place] = meaning
    return found


def _looks_like(rows: Sequence[Row], place: int) -> Meaning:
    cells = _cells(rows, place)
    kinds = Counter(map(_kind, cells))
    kind, times = kinds.most_common(1)[0] if kinds else (Meaning.NOTHING, 0)
    return kind if times * 2 > len(cells) else Meaning.NOTHING


def _kind(cell: str) -> Meaning:
    if people_in(cell):
        return Meaning.EMAIL
    if is_phone_number(cell):
        return Meaning.PHONE
    if zones_meant(cell):
        return Meaning.ZONE
    letters = sum(sign.isalpha() for sign in cell)
    return Meaning.NAME if letters > 1 and not any(sign.isdigit() for sign in cell) else Meaning.NOTHING


def _are_words(rows: Sequence[Row], place: int) -> bool:
    """Whether most cells are a single word, as the halves of a name are."""
    cells = _cells(rows, place)
    return sum(" " not in cell for cell in cells) * 2 > len(cells)


def _cells(rows: Sequence[Row], place: int) -> list[str]:
    cells = (row.cells[place].strip() for row in rows[:_LOOKED_AT] if place < len(row.cells))
    return [cell for cell in cells if not says_nothing(cell)]
