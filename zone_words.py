"""What people call time zones where IANA's names are not enough: cities, countries, clocks and states.

Texts are in the form of `zone_reading.plain`: small letters, no accents, single spaces.
"""

# fmt: off

# Cities that no zone is called after, and what calendars call the clocks of the United States.
CITIES = {
    "America/New_York": (
        "eastern time", "us eastern time", "us eastern", "edt", "boston", "atlanta", "miami", "philadelphia",
        "washington dc", "washington d.c.", "new york city", "nyc", "charlotte", "pittsburgh", "orlando",
        "eastern us", "us east coast",
    ),
    "America/Chicago": (
        "central time", "us central time", "us central", "houston", "dallas", "austin", "minneapolis",
        "san antonio", "nashville", "new orleans",
    ),
    "America/Denver": ("mountain time", "us mountain time", "us mountain", "mdt", "salt lake city"),
    "America/Los_Angeles": (
        "pacific time", "us pacific time", "us pacific", "pdt", "san francisco", "seattle", "san diego",
        "las vegas", "sacramento", "oakland", "us west coast",
    ),
    "America/Anchorage": ("alaska time",),
    "Pacific/Honolulu": ("hawaii time",),
    "America/Toronto": ("ottawa", "montreal", "quebec city"),
    "America/Edmonton": ("calgary",),
    "America/Sao_Paulo": ("rio de janeiro", "brasilia"),
    "America/St_Johns": ("newfoundland",),
    "Africa/Johannesburg": ("cape town", "durban", "pretoria", "sast"),
    "Asia/Dubai": ("abu dhabi",),
    "Asia/Ho_Chi_Minh": ("hanoi", "ho chi minh city"),
    "Asia/Jerusalem": ("haifa",),
    "Asia/Karachi": ("lahore", "islamabad"),
    "Asia/Kolkata": (
        "mumbai", "bombay", "delhi", "new delhi", "chennai", "madras", "bangalore", "bengaluru", "pune",
        "ahmedabad", "noida", "gurgaon", "gurugram", "indian",
    ),
    "Asia/Seoul": ("busan", "kst", "korean", "korea"),
    "Asia/Shanghai": ("beijing", "shenzhen", "guangzhou"),
    "Asia/Tokyo": ("osaka", "kyoto", "japanese"),
    "Australia/Sydney": ("canberra",),
    "Europe/Amsterdam": ("rotterdam", "the hague", "utrecht"),
    "Europe/Berlin": (
        "munich", "munchen", "hamburg", "frankfurt", "cologne", "koln", "stuttgart", "dusseldorf", "leipzig",
    ),
    "Europe/Brussels": ("antwerp", "ghent"),
    "Europe/Dublin": ("cork", "irish"),
    "Europe/Istanbul": ("ankara", "izmir"),
    "Europe/Kyiv": ("ukraine", "lviv", "odesa"),
    "Europe/Lisbon": ("porto", "lisboa"),
    "Europe/London": (
        "manchester", "edinburgh", "glasgow", "cardiff", "leeds", "british", "united kingdom",
        "gmt/bst",
    ),
    "Europe/Madrid": ("barcelona", "seville", "sevilla"),
    "Europe/Moscow": ("msk",),
    "Europe/Paris": ("lyon", "marseille", "toulouse"),
    "Europe/Prague": ("praha", "brno"),
    "Europe/Rome": ("milan", "milano", "roma", "turin", "naples"),
    "Europe/Stockholm": ("gothenburg", "goteborg"),
    "Europe/Vienna": ("wien",),
    "Europe/Warsaw": ("krakow", "warszawa", "wroclaw", "gdansk"),
    "Europe/Zurich": ("geneva", "geneve", "genf", "basel", "bern", "lausanne"),
    "Pacific/Auckland": ("wellington", "nzst", "nzdt"),
    "UTC": ("coordinated universal time", "greenwich mean time"),
}

# What several places are called, or the clocks of several.
SEVERAL = {
    "eastern": ("America/New_York", "America/Toronto", "Australia/Sydney", "Australia/Brisbane"),
    "central": ("America/Chicago", "Europe/Berlin", "America/Mexico_City", "Australia/Adelaide"),
    "mountain": ("America/Denver", "America/Phoenix", "America/Edmonton"),
    "pacific": ("America/Los_Angeles", "America/Vancouver"),
    "atlantic": ("America/Halifax", "America/Puerto_Rico", "Atlantic/Bermuda", "America/Santo_Domingo"),
    "east coast": ("America/New_York", "Australia/Sydney"),
    "west coast": ("America/Los_Angeles", "America/Vancouver"),
    "birmingham": ("Europe/London", "America/Chicago"),
    "cambridge": ("Europe/London", "America/New_York"),
    "cordoba": ("America/Argentina/Cordoba", "Europe/Madrid"),
    "georgia": ("Asia/Tbilisi", "America/New_York"),
    "hyderabad": ("Asia/Kolkata", "Asia/Karachi"),
    "la paz": ("America/La_Paz", "America/Mazatlan"),
    "la rioja": ("Europe/Madrid", "America/Argentina/La_Rioja"),
    "merida": ("America/Merida", "Europe/Madrid"),
    "norfolk": ("America/New_York", "Europe/London", "Pacific/Norfolk"),
    "petersburg": ("Europe/Moscow", "America/Indiana/Petersburg"),
    "portland": ("America/Los_Angeles", "America/New_York"),
    "samoa": ("Pacific/Apia", "Pacific/Pago_Pago"),
    "san jose": ("America/Los_Angeles", "America/Costa_Rica"),
    "san juan": ("America/Puerto_Rico", "America/Argentina/San_Juan"),
    "valencia": ("Europe/Madrid", "America/Caracas"),
    "victoria": ("Australia/Melbourne", "America/Vancouver"),
    "washington": ("America/New_York", "America/Los_Angeles"),
}

# Last parts of IANA's names that say nothing without what is before them: `Brazil/East`, `Australia/North`.
NO_PLACES = frozenset({
    "act", "center", "continental", "east", "general", "north", "south", "virgin", "west",
})

# Places of which Windows alone speaks, behind an offset: `(UTC-06:00) Central America`.
WINDOWS_PLACES = {
    "aleutian islands": "America/Adak",
    "astana": "Asia/Almaty",
    "baja california": "America/Tijuana",
    "bougainville island": "Pacific/Bougainville",
    "cabo verde is.": "Atlantic/Cape_Verde",
    "central america": "America/Guatemala",
    "chatham islands": "Pacific/Chatham",
    "chetumal": "America/Cancun",
    "chokurdakh": "Asia/Srednekolymsk",
    "city of buenos aires": "America/Argentina/Buenos_Aires",
    "easter island": "Pacific/Easter",
    "ekaterinburg": "Asia/Yekaterinburg",
    "indiana (east)": "America/Indiana/Indianapolis",
    "kiritimati island": "Pacific/Kiritimati",
    "lord howe island": "Australia/Lord_Howe",
    "marquesas islands": "Pacific/Marquesas",
    "nuku'alofa": "Pacific/Tongatapu",
    "port louis": "Indian/Mauritius",
    "saint pierre and miquelon": "America/Miquelon",
    "salvador": "America/Bahia",
    "samoa": "Pacific/Apia",
    "solomon is.": "Pacific/Guadalcanal",
    "sri jayawardenepura": "Asia/Colombo",
    "turks and caicos": "America/Grand_Turk",
    "west central africa": "Africa/Lagos",
}

# Short names of clocks for which IANA has numbers, or other people.
ALSO_CLOCKS = {
    "art": ("America/Argentina/Buenos_Aires",),
    "ast": ("Asia/Riyadh",),
    "brt": ("America/Sao_Paulo",),
    "bst": ("Asia/Dhaka",),
    "clt": ("America/Santiago",),
    "cot": ("America/Bogota",),
    "est": ("Australia/Sydney", "Australia/Brisbane"),
    "gst": ("Asia/Dubai", "Asia/Muscat"),
    "ict": ("Asia/Bangkok", "Asia/Ho_Chi_Minh"),
    "myt": ("Asia/Kuala_Lumpur",),
    "npt": ("Asia/Kathmandu",),
    "pet": ("America/Lima",),
    "pht": ("Asia/Manila",),
    "pst": ("America/Vancouver",),
    "sgt": ("Asia/Singapore",),
    "sst": ("Asia/Singapore",),
    "trt": ("Europe/Istanbul",),
}

# Other words for a clock, without "time" behind them.
CLOCK_NAMES = {
    "et": "eastern", "ct": "central", "mt": "mountain", "pt": "pacific",
    "met": "cet", "mez": "cet", "mest": "cest", "mesz": "cest",
    "central european": "cet", "central europe": "cet", "mitteleuropaische": "cet",
    "eastern european": "eet", "eastern europe": "eet", "osteuropaische": "eet",
    "western european": "wet", "western europe": "wet",
    "central africa": "cat", "central african": "cat", "east africa": "eat", "east african": "eat",
    "west africa": "wat", "west african": "wat", "south african": "sast",
    "gulf": "gst", "australian eastern": "aest", "australian central": "acst",
    "australian western": "awst", "new zealand standard": "nzst", "philippine": "pht",
}

# What countries are called beside their name in IANA's table, by their code there.
COUNTRIES = {
    "AE": ("uae", "emirates"),
    "AT": ("osterreich",),
    "BA": ("bosnia",),
    "BE": ("belgie", "belgique"),
    "BR": ("brasil",),
    "CD": ("dr congo", "drc", "democratic republic of the congo"),
    "CH": ("schweiz", "suisse", "svizzera"),
    "CI": ("ivory coast",),
    "CZ": ("czechia",),
    "DE": ("deutschland",),
    "DK": ("danmark",),
    "DO": ("dominican republic",),
    "ES": ("espana",),
    "GB": ("uk", "u.k.", "britain", "great britain", "england", "scotland", "wales", "northern ireland"),
    "IT": ("italia",),
    "KR": ("south korea", "republic of korea"),
    "MK": ("macedonia",),
    "MM": ("myanmar", "burma"),
    "NL": ("the netherlands", "holland", "nederland"),
    "NO": ("norge",),
    "PL": ("polska",),
    "RU": ("russian federation",),
    "SE": ("sverige",),
    "SZ": ("eswatini", "swaziland"),
    "TR": ("turkiye",),
    "US": ("usa", "us", "u.s.", "u.s.a.", "united states of america", "america"),
}

# States of the United States and Australia, and provinces of Canada: code, name, and zones. A code alone may
# as well be a country's, so it counts only behind a city.
_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC = "New_York", "Chicago", "Denver", "Los_Angeles"
_STATES = (
    ("al", "alabama", _CENTRAL), ("ak", "alaska", "Anchorage Adak"), ("az", "arizona", "Phoenix"),
    ("ar", "arkansas", _CENTRAL), ("ca", "california", _PACIFIC), ("co", "colorado", _MOUNTAIN),
    ("ct", "connecticut", _EASTERN), ("dc", "district of columbia", _EASTERN), ("de", "delaware", _EASTERN),
    ("fl", "florida", f"{_EASTERN} {_CENTRAL}"), ("ga", "", _EASTERN),
    ("ia", "iowa", _CENTRAL), ("id", "idaho", f"Boise {_PACIFIC}"), ("il", "illinois", _CENTRAL),
    ("in", "indiana", f"Indiana/Indianapolis {_CENTRAL}"), ("ks", "kansas", f"{_CENTRAL} {_MOUNTAIN}"),
    ("ky", "kentucky", f"{_EASTERN} Kentucky/Louisville {_CENTRAL}"), ("la", "louisiana", _CENTRAL),
    ("ma", "massachusetts", _EASTERN), ("md", "maryland", _EASTERN), ("me", "maine", _EASTERN),
    ("mi", "michigan", f"Detroit {_CENTRAL}"), ("mn", "minnesota", _CENTRAL), ("mo", "missouri", _CENTRAL),
    ("ms", "mississippi", _CENTRAL), ("mt", "montana", _MOUNTAIN), ("nc", "north carolina", _EASTERN),
    ("nd", "north dakota", f"{_CENTRAL} {_MOUNTAIN}"), ("ne", "nebraska", f"{_CENTRAL} {_MOUNTAIN}"),
    ("nh", "new hampshire", _EASTERN), ("nj", "new jersey", _EASTERN), ("nm", "new mexico", _MOUNTAIN),
    ("nv", "nevada", _PACIFIC), ("ny", "", _EASTERN), ("oh", "ohio", _EASTERN), ("ok", "oklahoma", _CENTRAL),
    ("or", "oregon", f"{_PACIFIC} Boise"), ("pa", "pennsylvania", _EASTERN),
    ("ri", "rhode island", _EASTERN), ("sc", "south carolina", _EASTERN),
    ("sd", "south dakota", f"{_CENTRAL} {_MOUNTAIN}"), ("tn", "tennessee", f"{_CENTRAL} {_EASTERN}"),
    ("tx", "texas", f"{_CENTRAL} {_MOUNTAIN}"), ("ut", "utah", _MOUNTAIN), ("va", "virginia", _EASTERN),
    ("vt", "vermont", _EASTERN), ("wi", "wisconsin", _CENTRAL),
    ("wv", "west virginia", _EASTERN), ("wy", "wyoming", _MOUNTAIN),
    ("ab", "alberta", "Edmonton"), ("bc", "british columbia", "Vancouver Edmonton"),
    ("mb", "manitoba", "Winnipeg"), ("nb", "new brunswick", "Moncton"), ("ns", "nova scotia", "Halifax"),
    ("on", "ontario", "Toronto Winnipeg"),
    ("qc", "quebec", "Toronto"), ("sk", "saskatchewan", "Regina"),
)
STATES = {name: tuple(f"America/{zone}" for zone in zones.split()) for _, name, zones in _STATES if name} | {
    "new south wales": ("Australia/Sydney", "Australia/Broken_Hill"),
    "northern territory": ("Australia/Darwin",),
    "south australia": ("Australia/Adelaide",),
    "western australia": ("Australia/Perth", "Australia/Eucla"),
}
STATE_CODES = {code: tuple(f"America/{zone}" for zone in zones.split()) for code, _, zones in _STATES} | {
    "act": ("Australia/Sydney",),
    "hi": ("Pacific/Honolulu",),
    "nsw": ("Australia/Sydney", "Australia/Broken_Hill"),
    "nt": ("Australia/Darwin",),
    "qld": ("Australia/Brisbane",),
    "tas": ("Australia/Hobart",),
    "vic": ("Australia/Melbourne",),
    # Of Washington and of Western Australia.
    "wa": ("America/Los_Angeles", "Australia/Perth"),
}

# Where most people live who write a clock instead of a place: the first one is what is most likely meant.
LARGE = (
    "America/New_York", "Europe/London", "Asia/Kolkata", "Europe/Berlin", "America/Chicago",
    "America/Los_Angeles", "Europe/Paris", "Asia/Shanghai", "America/Sao_Paulo", "Asia/Tokyo",
    "Europe/Madrid", "Europe/Rome", "Europe/Warsaw", "Europe/Amsterdam", "America/Toronto",
    "America/Mexico_City", "America/Denver", "Europe/Dublin", "Europe/Lisbon", "Europe/Athens",
    "Europe/Kyiv", "Europe/Bucharest", "Africa/Cairo", "Africa/Johannesburg", "Asia/Jerusalem",
    "Europe/Moscow", "Europe/Istanbul", "Asia/Riyadh", "Africa/Nairobi", "Africa/Lagos", "Asia/Dubai",
    "Asia/Karachi", "Asia/Tashkent", "Asia/Almaty", "Asia/Dhaka", "Asia/Bangkok", "Asia/Jakarta",
    "Asia/Ho_Chi_Minh", "Asia/Singapore", "America/Vancouver", "Asia/Manila", "Asia/Hong_Kong", "Asia/Seoul",
    "Australia/Sydney", "Australia/Brisbane", "Australia/Perth", "Australia/Adelaide",
    "Pacific/Auckland", "America/Argentina/Buenos_Aires", "America/Bogota", "America/Lima",
    "America/Santiago", "America/Caracas", "America/Phoenix", "America/Halifax",
    "America/Edmonton", "America/Puerto_Rico", "America/Panama", "America/Jamaica", "America/Havana",
    "America/Anchorage", "Pacific/Honolulu", "America/St_Johns", "Africa/Casablanca", "Africa/Algiers",
    "Africa/Accra", "Asia/Colombo", "Asia/Kathmandu", "Asia/Tehran", "Asia/Yangon", "Asia/Taipei",
    "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Vladivostok", "Asia/Tbilisi", "America/Manaus",
    "America/Tijuana", "Africa/Tunis", "Europe/Kaliningrad", "Africa/Addis_Ababa", "Africa/Kampala",
    "Africa/Kinshasa", "Africa/Brazzaville", "Asia/Muscat", "Europe/Helsinki", "Atlantic/Canary",
    "Atlantic/Azores",
    "America/Regina", "America/Winnipeg", "Australia/Darwin", "Pacific/Guam", "Pacific/Fiji", "UTC",
)
# fmt: on
