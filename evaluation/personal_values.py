"""Invented personal data of the United Kingdom, in the ways people write it.

Faker gives names (of several languages), mailboxes, addresses, cards, phones and accounts;
python-stdnum the check digits. What neither has is made from the issuer's own rule, named in its
docstring. Nothing here shares code or lists with the rules that are measured.
"""

import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from phonenumbers import PhoneNumberFormat, example_number, format_number
from stdnum import luhn
from stdnum.gb import nhs, utr

from assistant.policy import PersonalKind as Kind
from evaluation.errors import MeasurementImpossible

if TYPE_CHECKING:
    from faker import Faker

_LOCALES = (
    "en_GB",
    "en_GB",
    "en_GB",
    "en_IE",
    "en_IN",
    "pl_PL",
    "ro_RO",
    "es_ES",
    "tr_TR",
    "fr_FR",
)
_ACCOUNTS = ("en_GB", "en_GB", "en_GB", "de_DE", "es_ES", "fr_FR", "nl_NL")
_ABROAD = ("IE", "PL", "FR", "IN", "ES", "RO", "PK", "NG", "US")
_STREETS = """
Road Road Road Close Close Street Street Lane Avenue Drive Way Court Gardens Place Crescent Grove
Terrace Park Walk View Hill Rise Mews Green Square Row Croft Mount Meadow Fields
""".split()
_BEFORE_STREETS = "Church High Station Mill Victoria Queens Park Manor Kings Springfield".split()
_WELSH_STREETS = ("Heol", "Ffordd", "Stryd", "Lôn", "Rhodfa", "Maes", "Clos")
_WELSH_MONTHS = """
Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr
""".split()
_DIGITS = (
    ("zero", "oh", "nought"),
    *((word,) for word in "one two three four five six seven eight nine".split()),
)


class Inventor:
    """Invents values; the same after each `begin` with the same seed.

    Raise MeasurementImpossible.
    """

    def __init__(self) -> None:
        self.random = random.Random()  # noqa: S311 - invented data, not secrets
        self._fakers = {name: _faker(name) for name in {*_LOCALES, *_ACCOUNTS}}

    def begin(self, seed: str) -> None:
        """Start the series of values that belongs to the seed."""
        self.random.seed(seed)
        for locale, faker in self._fakers.items():
            faker.seed_instance(f"{seed} {locale}")

    def value(self, name: str, style: str = "", language: str = "en") -> str:
        """Return a value for the place {name:style} of a sentence in that language."""
        text = self._birth(language) if name == "date_of_birth" else _MAKERS[name](self)
        if style == "lower":
            return text.lower()
        if style == "mistyped":
            return self._mistyped(name, text)
        return self._in_words(text) if style == "words" else text

    def pick(self, values: Sequence[str]) -> str:
        """Return one of the values."""
        return self.random.choice(values)

    def british(self) -> "Faker":
        """Return the faker of Britain."""
        return self._fakers["en_GB"]

    def person(self) -> "Faker":
        """Return a faker of a language whose names are common in Britain."""
        return self._fakers[self.pick(_LOCALES)]

    def account(self) -> "Faker":
        """Return a faker of a country where somebody may bank."""
        return self._fakers[self.pick(_ACCOUNTS)]

    def digits(self, length: int, first: str = "0123456789") -> str:
        """Return that many digits, the first of them one of `first`."""
        rest = (self.pick("0123456789") for _ in range(length - 1))
        return self.pick(first) + "".join(rest)

    def letters(self, length: int, among: str) -> str:
        """Return that many letters of those."""
        return "".join(self.pick(among) for _ in range(length))

    def parted(self, parts: Sequence[str], between: Sequence[str] = ("", " ", " ", "-")) -> str:
        """Return the parts of a number, joined in one of the ways."""
        return self.pick(between).join(parts)

    def _birth(self, language: str) -> str:
        born: date = self.british().date_between(date(1931, 1, 1), date(2024, 12, 31))
        day, month, year = born.day, born.strftime("%B"), born.year
        if language == "cy":
            month = _WELSH_MONTHS[born.month - 1]
            return self.pick(
                (f"{day} {month} {year}", f"{born:%d/%m/%Y}", f"{day}.{born.month}.{year}")
            )
        nth = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
        return self.pick(
            (
                f"{born:%d/%m/%Y}",
                f"{day}/{born.month}/{born:%y}",
                f"{born:%d.%m.%Y}",
                f"{born:%d-%m-%Y}",
                f"{born:%d %m %Y}",
                f"{born:%Y-%m-%d}",
                f"{day} {month} {year}",
                f"{day}{nth} {month} {year}",
                f"{day}{nth} of {month.lower()} {year}",
                f"{month} {day} {year}",
                f"{month} {day}{nth}, {year}",
                f"{born:%d %b %y}",
                f"{born:%d-%b-%Y}",
            )
        )

    def _mistyped(self, name: str, text: str) -> str:
        if name == "ni_number":
            return self.pick(
                (text.rstrip("ABCD").rstrip(" -."), f"QQ{text.lstrip(_CAPITALS + ' .-')}")
            )
        places = [place for place, character in enumerate(text) if character.isdecimal()]
        place = places[0] if name == "utr" else places[-1]  # where the check digit stands
        return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]

    def _in_words(self, text: str) -> str:
        words = [self.pick(_DIGITS[int(digit)]) for digit in text if digit.isdecimal()]
        return self.pick((" ", ", ", "-")).join(words)


_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _faker(locale: str) -> "Faker":
    try:
        from faker import Faker
    except ImportError:
        raise MeasurementImpossible(
            "Inventing personal data needs Faker: pip install 'signpost-enquiries[test]'"
        ) from None
    return Faker(locale)


def _ni_number(of: Inventor) -> str:
    """HMRC's National Insurance Manual, NIM39110: letters that are never used."""
    while True:
        prefix = of.pick("ABCEGHJKLMNOPRSTWXYZ") + of.pick("ABCEGHJKLMNPRSTWXYZ")
        if prefix not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ"):
            break
    pairs = [of.digits(2) for _ in range(3)]
    last = of.pick("ABCD")
    spelt = " ".join((*prefix, *pairs, last))
    spaced = " ".join((*prefix, *"".join(pairs), last))
    usual = of.parted((prefix, *pairs, last), ("", "", " ", " ", "-", "."))
    return of.pick((usual, usual, usual, spelt, spaced, f"{prefix} {''.join(pairs)} {last}"))


def _nhs_number(of: Inventor) -> str:
    """NHS Data Dictionary: ten digits, the last a check digit; ten is never one."""
    number = ""
    while not nhs.is_valid(number):
        number = of.digits(10, "3456789")
    return of.parted((number[:3], number[3:6], number[6:]), ("", " ", " ", "-", "."))


def _utr(of: Inventor) -> str:
    rest = of.digits(9, "123456789")
    number = f"{utr.calc_check_digit(rest)}{rest}"
    return of.pick((number, number, f"{number[:5]} {number[5:]}", f"{number}K"))


def _card(of: Inventor) -> str:
    of_kind = of.pick(("visa16", "visa16", "mastercard", "amex", "maestro"))
    number = of.british().credit_card_number(of_kind)
    assert luhn.is_valid(number)
    if len(number) != 16:
        return number
    return of.parted([number[at : at + 4] for at in range(0, 16, 4)], ("", " ", " ", "-", "."))


def _iban(of: Inventor) -> str:
    number = of.account().iban()
    return of.pick((number, " ".join(number[at : at + 4] for at in range(0, len(number), 4))))


def _phone(of: Inventor) -> str:
    if of.random.random() < 0.1:
        abroad = example_number(of.pick(_ABROAD))
        assert abroad is not None
        return format_number(abroad, PhoneNumberFormat.INTERNATIONAL)
    make = of.pick(("cellphone_number", "cellphone_number", "phone_number"))
    while True:
        number = str(getattr(of.british(), make)())
        digits = "".join(c for c in number if c.isdecimal()).removeprefix("44").lstrip("0")
        if digits[0] in "127":
            break
    shown = (number, number, number, f"0{digits}", f"0{digits[:4]}-{digits[4:7]}-{digits[7:]}")
    return of.pick(
        (*shown, f"0{digits[:4]}.{digits[4:]}", f"0{digits[:2]} {digits[2:6]} {digits[6:]}")
    )


def _driving_licence(of: Inventor) -> str:
    """DVLA's driver number (leaflet INF1): surname, birth date with the decade first, initials."""
    plain = unicodedata.normalize("NFKD", of.british().last_name()).upper()
    surname = "".join(c for c in plain if c in _CAPITALS)[:5].ljust(5, "9")
    born: date = of.british().date_between(date(1935, 1, 1), date(2008, 12, 31))
    month = born.month + of.random.choice((0, 50))
    middle = f"{born.year // 10 % 10}{month:02}{born.day:02}{born.year % 10}"
    initials = of.pick(_CAPITALS) + of.pick(_CAPITALS + "999999")
    end = f"{initials}{of.pick('9999876')}{of.letters(2, _CAPITALS)}"
    whole = f"{surname}{middle}{end}"
    return of.pick((whole, whole, f"{surname} {middle} {end}", f"{whole} {of.digits(2)}"))


def _passport(of: Inventor) -> str:
    number = of.digits(9)
    return of.pick(
        (number, number, f"{number[:3]} {number[3:6]} {number[6:]}", of.british().passport_number())
    )


def _vehicle(of: Inventor) -> str:
    """DVLA's leaflet INF104: two letters, the half-year, three letters; no I or Q, Z only last."""
    year = of.random.choice((*range(2, 26), *range(51, 76)))
    area = of.letters(2, "ABCDEFGHJKLMNOPRSTUVWXY")
    return of.parted(
        (f"{area}{year:02}", of.letters(3, "ABCDEFGHJKLMNOPRSTUVWXYZ")), ("", " ", " ")
    )


def _old_vehicle(of: Inventor) -> str:
    """DVLA's leaflet INF104: a year letter before (1983–2001) or after (1963–1983); NI has none."""
    three, year = of.letters(3, "ABCDEFGHJKLMNOPRSTUVWXY"), of.pick("ABCDEFGHJKLMNPRSTVWXY")
    number = str(of.random.randint(1, 999))
    return of.pick(
        (f"{year}{number} {three}", f"{three} {number}{year}", f"{three[0]}{three[1]}Z {number}")
    )


def _address(of: Inventor) -> str:
    if of.random.random() < 0.3:
        return of.british().street_address().replace("\n", of.pick((", ", "\n")))
    first = of.pick((of.british().last_name(), of.pick(_BEFORE_STREETS)))
    number = f"{of.random.randint(1, 250)}{of.pick(('', '', '', 'a', 'B'))}"
    flat = of.pick(
        ("", "", "", f"Flat {of.random.randint(1, 40)}, ", f"Apartment {of.digits(1)}, ")
    )
    return f"{flat}{number} {first} {of.pick(_STREETS)}"


def _welsh_address(of: Inventor) -> str:
    named = of.pick(("y Castell", "yr Orsaf", "Fawr", "y Bont", "Glyndŵr", "y Capel", "Newydd"))
    return f"{of.random.randint(1, 99)} {of.pick(_WELSH_STREETS)} {named}"


def _name(of: Inventor) -> str:
    faker = of.person()
    first, last = faker.first_name(), faker.last_name()
    shapes = (f"{first} {last}",) * 6
    return of.pick(
        (*shapes, f"{first} {of.pick(_CAPITALS)}. {last}", f"{first} {last}-{faker.last_name()}")
    )


def _email(of: Inventor) -> str:
    faker = of.british()
    return of.pick((faker.email(), faker.ascii_free_email(), faker.company_email()))


def _postcode(of: Inventor) -> str:
    code = of.british().postcode()
    return of.pick((code, code, code.replace(" ", "")))


def _money(of: Inventor) -> str:
    pounds = of.random.choice((of.random.randint(50, 999), of.random.randint(1000, 999_999)))
    return of.pick((f"{pounds}", f"{pounds:,}", f"{pounds:,}.{of.digits(2)}", f"{pounds}.00"))


def _day(of: Inventor) -> str:
    day = of.british().date_between(date(2019, 1, 1), date(2029, 1, 1))
    return of.pick(
        (f"{day:%d/%m/%Y}", f"{day.day} {day:%B %Y}", f"{day:%Y-%m-%d}", f"{day:%d.%m.%y}")
    )


_MAKERS: Mapping[str, Callable[[Inventor], str]] = {
    "ni_number": _ni_number,
    "nhs_number": _nhs_number,
    "utr": _utr,
    "card": _card,
    "iban": _iban,
    "sort_code": lambda of: of.parted([of.digits(2) for _ in range(3)], ("-", "-", " ", "")),
    "account": lambda of: of.parted((of.digits(4), of.digits(4)), ("", "", "", " ")),
    "passport": _passport,
    "driving_licence": _driving_licence,
    "ni_licence": lambda of: of.digits(8, "12345678"),
    "phone": _phone,
    "email": _email,
    "address": _address,
    "welsh_address": _welsh_address,
    "postcode": _postcode,
    "name": _name,
    "first_name": lambda of: of.person().first_name(),
    "last_name": lambda of: of.person().last_name(),
    "vehicle": _vehicle,
    "old_vehicle": _old_vehicle,
    "money": _money,
    "year": lambda of: str(of.random.randint(1975, 2030)),
    "day": _day,
}

KINDS: Mapping[str, Kind] = {
    **{kind.value: kind for kind in Kind},
    "sort_code": Kind.BANK_ACCOUNT,
    "account": Kind.BANK_ACCOUNT,
    "ni_licence": Kind.DRIVING_LICENCE,
    "welsh_address": Kind.ADDRESS,
    "first_name": Kind.NAME,
    "last_name": Kind.NAME,
    "old_vehicle": Kind.VEHICLE,
}
"""Which kind of personal data a place in a sentence stands for; other places are nobody's."""
