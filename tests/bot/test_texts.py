"""Texts in two languages; dates, times, money and numbers as each writes them."""

from __future__ import annotations

import datetime as dt
import gettext

import pytest

from bot.texts import LANGUAGES, Texts, n_, suggested, texts

VI, EN = texts("vi"), texts("en")
FRIDAY = dt.date(2026, 11, 20)


class Catalogue(gettext.NullTranslations):
    """Two sentences in an invented English."""

    def gettext(self, message: str) -> str:
        return {"Phí: {fee}": "Fee: {fee}"}.get(message, message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return "{n} day" if n == 1 else "{n} days"


def test_a_sentence_is_translated_and_filled() -> None:
    """Values go into the translated sentence by name."""
    assert Texts("en", Catalogue())("Phí: {fee}", fee="8,000") == "Fee: 8,000"


def test_a_sentence_without_translation_stays_vietnamese() -> None:
    """Nothing is left unsaid for want of a translation."""
    assert EN("Câu này không có trong danh mục: {n}", n=1) == "Câu này không có trong danh mục: 1"


def test_braces_of_a_leaflet_are_left_alone() -> None:
    """A text without values is not a template."""
    assert VI("Ghi {họ tên} vào ô") == "Ghi {họ tên} vào ô"


@pytest.mark.parametrize(("n", "text"), [(1, "1 day"), (2, "2 days"), (1200, "1,200 days")])
def test_plural(n: int, text: str) -> None:
    """The number is written with the language's grouping."""
    assert Texts("en", Catalogue()).plural("{n} ngày", "{n} ngày", n) == text


def test_plural_without_catalogue() -> None:
    """Vietnamese has one form."""
    assert VI.plural("{n} ngày", "{n} ngày", 1200) == "1.200 ngày"


@pytest.mark.parametrize(
    ("method", "value", "vi", "en"),
    [
        ("date", FRIDAY, "20/11/2026", "20 Nov 2026"),
        ("date", dt.date(2026, 1, 2), "02/01/2026", "2 Jan 2026"),
        ("weekday", FRIDAY, "thứ Sáu 20/11/2026", "Friday 20 Nov 2026"),
        ("weekday", dt.date(2026, 11, 22), "chủ Nhật 22/11/2026", "Sunday 22 Nov 2026"),
        ("time", dt.time(7, 30), "7:30", "7:30 AM"),
        ("time", dt.time(13, 5), "13:05", "1:05 PM"),
        ("time", dt.datetime(2026, 11, 20, 0, 0), "0:00", "12:00 AM"),
        ("money", 8000, "8.000 ₫", "₫8,000"),
        ("money", 0, "0 ₫", "₫0"),
        ("number", 1234567, "1.234.567", "1,234,567"),
        ("number", 0.5, "0,5", "0.5"),
    ],
)
def test_as_the_language_writes_it(method: str, value: object, vi: str, en: str) -> None:
    """Dates, weekdays, times, money and numbers in both languages, with plain or no-break spaces."""
    assert [getattr(t, method)(value).replace("\u00a0", " ") for t in (VI, EN)] == [vi, en]


@pytest.mark.parametrize(("language", "heard"), [("vi", "vi"), ("en", "en"), ("", "vi"), ("fr", "vi"), ("../../etc", "vi")])
def test_a_language_that_is_not_there_is_vietnamese(language: str, heard: str) -> None:
    """Only languages that have a catalogue are spoken."""
    assert texts(language).language == heard


@pytest.mark.parametrize(
    ("code", "language"), [("", "vi"), ("vi", "vi"), ("vi-VN", "vi"), ("VI", "vi"), ("en-US", "en"), ("fr", "en"), ("zh-hans", "en")]
)
def test_suggested_language(code: str, language: str) -> None:
    """A phone in another tongue is answered in English until told otherwise."""
    assert suggested(code) == language


def test_a_voice_is_made_once() -> None:
    """A catalogue is read at its first use only."""
    assert texts("en") is texts("en")


def test_a_marked_text_is_itself() -> None:
    """`n_` marks for the catalogue and changes nothing."""
    assert n_("Rất hài lòng") == "Rất hài lòng"


def test_every_language_names_itself() -> None:
    """The choice of languages is readable to whoever needs it."""
    assert LANGUAGES == {"vi": "Tiếng Việt", "en": "English"}
