"""Every sentence that the bot says, through gettext catalogues; dates, times and money as the language in use writes them.

Vietnamese is the language of the source; `locale/en/motcua.po` holds the English. Catalogues are read as .po files, so nothing is compiled."""

from __future__ import annotations

import datetime as dt
import functools
import gettext
import io
from decimal import Decimal
from pathlib import Path

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

LOCALE = Path(__file__).with_name("locale")
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "vi"


def n_(message: str) -> str:
    """Marks a text for the catalogue where it is named before a language is known."""
    return message


class Texts:
    """The bot's voice in one language: `t("Phí: {fee}", fee=…)`. A text without translation stays Vietnamese."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, message: str, **values: object) -> str:
        text = self._catalogue.gettext(message)
        return text.format(**values) if values else text

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """The form for n things; `{n}` is written with the language's grouping."""
        return self._catalogue.ngettext(one, many, n).format(n=self.number(n), **values)

    def date(self, day: dt.date) -> str:
        """20/11/2026, or 20 Nov 2026."""
        return f"{day:%d/%m/%Y}" if self.language == "vi" else format_date(day, "d MMM y", locale=self.language)

    def weekday(self, day: dt.date) -> str:
        """thứ Sáu 20/11/2026, or Friday 20 Nov 2026."""
        name = format_date(day, "EEEE", locale=self.language)
        return f"{name[0].lower() + name[1:] if self.language == 'vi' else name} {self.date(day)}"

    def time(self, moment: dt.time | dt.datetime) -> str:
        """7:30, or 7:30 AM."""
        clock = moment.time() if isinstance(moment, dt.datetime) else moment
        return (
            f"{clock.hour}:{clock.minute:02}" if self.language == "vi" else format_time(clock, "short", locale=self.language).replace("\u202f", " ")
        )

    def money(self, amount: int) -> str:
        """An amount of Vietnamese đồng."""
        return format_currency(amount, "VND", locale=self.language)

    def percent(self, value: Decimal) -> str:
        """98,04 %, or 98.04%: always two decimals."""
        text = format_decimal(value, "#,##0.00", locale=self.language)
        return f"{text} %" if self.language == "vi" else f"{text}%"

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.language)


@functools.cache
def texts(language: str) -> Texts:
    """The voice of a language that we have; any other is heard in English, the default in Vietnamese."""
    known = language if language in LANGUAGES else DEFAULT
    return Texts(known, _catalogue(LOCALE / known / "motcua.po"))


def suggested(language_code: str) -> str:
    """The language that a channel's code asks for: Vietnamese where it says nothing, English for other tongues."""
    return DEFAULT if not language_code or language_code.lower().startswith("vi") else "en"


def _catalogue(path: Path) -> gettext.NullTranslations:
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
