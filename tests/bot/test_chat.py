"""`render` fits every channel and loses nothing; `recognise` is its inverse."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import (
    CAPS,
    CONSOLE,
    ID_MAX_BYTES,
    TELEGRAM,
    WEB,
    ZALO_BOT,
    ZALO_OA,
    Caps,
    Choice,
    Incoming,
    Kind,
    Media,
    Menu,
    Say,
    Wire,
    nfc_length,
    recognise,
    render,
    split,
    utf16_units,
)
from knowledge.words import fold

RENDERED = settings(max_examples=40)  # of each of six tables
WORDS = (
    "giấy",
    "chứng",
    "sinh",
    "hộ",
    "tịch",
    "Ủy",
    "thẻ",
    "căn",
    "cước",
    "trẻ",
    "🏠",
    "👨‍👩‍👧",
    "bản",
    "sao",
    "nộp",
    "phí",
    "https://dichvucong.gov.vn/",
)
TABLES = sorted(CAPS)


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A line of up to some thousand characters, a list item as often as not, at times without a space to break at."""
    runs = draw(st.lists(st.tuples(st.sampled_from(WORDS), st.integers(1, 150), st.sampled_from((" ", " ", " ", ""))), min_size=1, max_size=3))
    return draw(st.sampled_from(("", "", "- ", "• "))) + " ".join(between.join([word] * times) for word, times, between in runs)


paragraphs = st.lists(lines(), min_size=1, max_size=4).map("\n".join)
long_texts = st.lists(paragraphs, max_size=4).map("\n\n".join)
labels = st.lists(st.sampled_from(WORDS[:10]), min_size=1, max_size=30).map(" ".join)
short_texts = st.text("ăâđêôơưÀỹ xyz🏠", max_size=60).map(str.strip)


@st.composite
def choice_rows(draw: st.DrawFn, most: int = 12) -> tuple[Choice, ...]:
    """Buttons with labels that can be told apart when folded, some of them links and numbers to call."""
    names = draw(st.lists(labels, max_size=most, unique_by=lambda name: fold(name).strip(" .!,")))
    kinds = draw(st.lists(st.sampled_from(("id", "id", "id", "url", "phone")), min_size=len(names), max_size=len(names)))
    made = {"id": lambda n: {"id": f"p:{n}"}, "url": lambda n: {"url": f"https://vi-du.vn/{n}"}, "phone": lambda n: {"phone": f"0200 000 00{n:02}"}}
    hints = draw(st.lists(st.sampled_from(("", "cho trẻ mới sinh", "khi mất bản chính")), min_size=len(names), max_size=len(names)))
    return tuple(Choice(name, hint=hint, **made[kind](n)) for n, (name, kind, hint) in enumerate(zip(names, kinds, hints, strict=True)))


says = st.builds(Say, long_texts, short_texts, short_texts, choice_rows(), st.booleans(), st.booleans())


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


# --- render ---------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
@RENDERED
@given(say=says)
def test_every_piece_fits(table: str, say: Say) -> None:
    """No message is longer than the channel takes, title and footer included, nor has it too many or too long buttons."""
    caps = CAPS[table]
    wires, _ = render(say, caps)
    assert all(caps.unit(wire.whole) <= caps.text_max for wire in wires)
    assert all(len(wire.buttons) <= caps.buttons for wire in wires)
    assert all(len(button.label) <= caps.label_max for wire in wires for button in wire.buttons)


@pytest.mark.parametrize("table", TABLES)
@RENDERED
@given(say=says)
def test_nothing_of_the_text_is_lost(table: str, say: Say) -> None:
    """The messages joined are title, text, list and footer, each once; a list that stands for buttons comes last."""
    wires, _ = render(say, CAPS[table])
    pressable = len(say.choices) <= CAPS[table].buttons
    parts = [
        say.title,
        say.text,
        "" if pressable else say.footer,
        *([] if pressable and not say.numbered else listing(say.choices)),
        pressable and say.footer,
    ]
    assert bare("".join(wire.whole for wire in wires)) == bare("".join(part for part in parts if part))


def listing(choices: tuple[Choice, ...]) -> list[str]:
    """The choices as they are to be listed: numbered those that come back, then links and telephones."""
    numbered = [f"{n}. {c.label}" + f"\n    {c.hint}" * bool(c.hint) for n, c in enumerate((c for c in choices if c.id), 1)]
    return numbered + [f"{c.label}: {c.url or c.phone}" for c in choices if not c.id]


@pytest.mark.parametrize("table", TABLES)
@RENDERED
@given(say=says)
def test_a_line_that_fits_is_never_broken(table: str, say: Say) -> None:
    """Every list item that a message can hold stands whole in one of them."""
    caps = CAPS[table]
    wires, _ = render(say, caps)
    room = caps.text_max - caps.unit(say.title) - caps.unit(say.footer) - 4
    whole = {line.rstrip() for wire in wires for line in wire.text.split("\n")}
    assert [line for line in say.text.split("\n") if line and caps.unit(line) <= room and line.rstrip() not in whole] == []


@pytest.mark.parametrize("table", TABLES)
@RENDERED
@given(say=says)
def test_title_first_footer_and_buttons_last(table: str, say: Say) -> None:
    """The title stands over the first message; the footer under the last, or over the list that stands for buttons."""
    wires, _ = render(say, CAPS[table])
    footer = say.footer if len(say.choices) <= CAPS[table].buttons else ""
    assert [wire.title for wire in wires] == [say.title] + [""] * (len(wires) - 1)
    assert [wire.footer for wire in wires] == [""] * (len(wires) - 1) + [footer]
    assert not any(wire.buttons for wire in wires[:-1])


@pytest.mark.parametrize("table", TABLES)
@RENDERED
@given(say=says)
def test_every_choice_is_shown(table: str, say: Say) -> None:
    """A choice is a button, or a line of the text with its number, address or telephone."""
    wires, menu = render(say, CAPS[table])
    buttons = {(b.id, b.url, b.phone) for b in wires[-1].buttons}
    shown = [(c, line) for c, line in zip(ordered(say.choices), listing(say.choices), strict=True) if any(line in w.text for w in wires)]
    assert [c for c, _ in shown] == ([] if buttons and not say.numbered else ordered(say.choices))
    assert buttons in (set(), {(c.id, c.url, c.phone) for c in say.choices})
    assert [id_ for _, id_ in menu.items] == [c.id for c in say.choices if c.id]


def ordered(choices: tuple[Choice, ...]) -> list[Choice]:
    return [c for c in choices if c.id] + [c for c in choices if not c.id]


@given(text=long_texts, most=st.integers(1, 60))
def test_split_keeps_to_any_limit(text: str, most: int) -> None:
    """Pieces are within the limit, none is empty, and joined they are the text."""
    pieces = list(split(text, most))
    assert all(0 < len(piece) <= most for piece in pieces)
    assert bare("".join(pieces)) == bare(text)


@pytest.mark.parametrize(
    ("text", "most", "pieces"),
    [
        ("một\n\nhai", 8, ["một\n\nhai"]),
        ("một\n\nhai", 7, ["một", "hai"]),
        ("- tờ khai\n- giấy chứng sinh", 24, ["- tờ khai", "- giấy chứng sinh"]),
        ("- tờ khai\n- giấy chứng sinh", 10, ["- tờ khai", "- giấy", "chứng sinh"]),
        ("một hai\n\n- ba\n- bốn", 12, ["một hai", "- ba\n- bốn"]),
        ("abcdef", 4, ["abcd", "ef"]),
        ("", 4, []),
        (" \n\n ", 4, []),
    ],
)
def test_split_at_the_gentlest_place(text: str, most: int, pieces: list[str]) -> None:
    """Between paragraphs, else between lines, else between words, else anywhere."""
    assert list(split(text, most)) == pieces


@pytest.mark.parametrize(("text", "telegram", "zalo"), [("xã", 2, 2), ("xa\u0303", 3, 2), ("🏠", 2, 1), ("", 0, 0)])
def test_units(text: str, telegram: int, zalo: int) -> None:
    """Telegram counts UTF-16 units, Zalo composed characters."""
    assert (utf16_units(text), nfc_length(text)) == (telegram, zalo)


@pytest.mark.parametrize(
    ("caps", "count", "buttons"), [(TELEGRAM, 100, 100), (TELEGRAM, 101, 0), (ZALO_OA, 5, 5), (ZALO_OA, 6, 0), (ZALO_BOT, 1, 0), (CONSOLE, 1, 0)]
)
def test_too_many_choices_are_numbered(caps: Caps, count: int, buttons: int) -> None:
    """All choices are buttons, or, where the channel has too few, all are a numbered list."""
    choices = tuple(Choice(f"Tờ số {n}", f"p:{n}") for n in range(1, count + 1))
    wires, menu = render(Say("Chọn:", choices=choices), caps)
    assert len(wires[-1].buttons) == buttons
    assert menu.numbered is (buttons == 0)
    assert (f"{count}. Tờ số {count}" in wires[-1].text) is (buttons == 0)


def test_numbered_say_has_list_and_buttons() -> None:
    """A numbered question shows its list also where there are buttons, and an ordinal can name a choice."""
    choices = (Choice("Khai sinh", "p:1"), Choice("Khai tử", "p:2"))
    wires, menu = render(Say("Việc nào?", choices=choices, numbered=True), WEB)
    assert wires == (Wire("Việc nào?\n\n1. Khai sinh\n2. Khai tử", buttons=choices),)
    assert menu == Menu((("Khai sinh", "p:1"), ("Khai tử", "p:2")), numbered=True, ordinal=True)


def test_a_hint_stands_in_the_list_only() -> None:
    """What tells a choice from its neighbours stands under it in the list; the label alone names it."""
    wires, menu = render(Say("Việc nào?", choices=(Choice("Khai sinh", "p:1", hint="cho trẻ mới sinh"), Choice("Khai tử", "p:2"))), ZALO_BOT)
    assert wires == (Wire("Việc nào?\n\n1. Khai sinh\n    cho trẻ mới sinh\n2. Khai tử"),)
    assert (recognise("khai sinh", menu), recognise("2", menu)) == ("p:1", "p:2")


def test_the_source_stands_over_a_list_that_stands_for_buttons() -> None:
    """Where there are no buttons the numbered list is the last thing read."""
    wires, _ = render(Say("Phí: 8.000 đồng", footer="Nguồn: mẫu", choices=(Choice("Bao lâu?", "p:1"),)), CONSOLE)
    assert wires == (Wire("Phí: 8.000 đồng\n\nNguồn: mẫu\n\n1. Bao lâu?"),)


@pytest.mark.parametrize("table", TABLES)
def test_a_hint_stays_with_its_label(table: str) -> None:
    """Where a list needs several messages, no item is broken between its label and its hint."""
    choices = tuple(Choice(f"Thủ tục thứ {n}", f"p:{n}", hint="khi mất bản chính " * (n % 7 + 1)) for n in range(1, 301))
    wires, _ = render(Say("Chọn:", choices=choices), CAPS[table])
    broken = [item for item in listing(choices) if not any(item.rstrip() in wire.text for wire in wires)]
    assert broken == []


def test_a_long_label_is_shortened_on_its_button_only() -> None:
    """A button's label is cut with an ellipsis; the menu still knows the whole of it."""
    label = "Đăng ký lại khai sinh " * 5
    wires, menu = render(Say("Chọn:", choices=(Choice(label, "p:1"),)), TELEGRAM)
    assert wires[0].buttons == (Choice(label[:63].rstrip() + "…", "p:1"),)
    assert recognise(label, menu) == "p:1"


@pytest.mark.parametrize(
    ("say", "caps", "replaced"),
    [
        (Say("ngắn", replace=True), WEB, "m7"),
        (Say("ngắn", replace=True), TELEGRAM, "m7"),
        (Say("ngắn", replace=True), ZALO_OA, ""),
        (Say("ngắn"), WEB, ""),
        (Say("dài " * 3000, replace=True), WEB, ""),
    ],
)
def test_replace_only_where_it_can_be(say: Say, caps: Caps, replaced: str) -> None:
    """The pressed message is replaced where the reply asks for it, the channel can, and one message is enough."""
    assert render(say, caps, "m7")[0][0].replace == replaced


def test_an_empty_say_is_one_message() -> None:
    """Nothing to say is still one message, for a channel to leave out."""
    assert render(Say(""), WEB) == ((Wire(""),), Menu())


# --- recognise ------------------------------------------------------------------------------------------------------------------------------

SPELLINGS = {
    "as it is": lambda label: label,
    "without accents": fold,
    "in capitals": str.upper,
    "decomposed": lambda label: unicodedata.normalize("NFD", label),
    "with a full stop": lambda label: f" {label}. ",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(table=st.sampled_from(TABLES), choices=choice_rows())
def test_every_label_is_recognised(spelling: str, table: str, choices: tuple[Choice, ...]) -> None:
    """A choice is reached again by its label, with or without accents."""
    _, menu = render(Say("Chọn:", choices=choices), CAPS[table])
    assert [recognise(SPELLINGS[spelling](c.label), menu) for c in choices if c.id] == [c.id for c in choices if c.id]


NUMBERS = (
    "{n}",
    "số {n}",
    "{n}.",
    "{n})",
    "so {n}",
    "SỐ {n}",
    "câu {n}",
    "mục {n}",
    "chọn {n}",
    "cái số {n}",
    "cái thứ {n}",
    " {n} ",
    "{n} nhé",
    "số {n} ạ",
)


@pytest.mark.parametrize("form", NUMBERS)
@RENDERED
@given(table=st.sampled_from(TABLES), choices=choice_rows())
def test_every_number_shown_is_recognised(form: str, table: str, choices: tuple[Choice, ...]) -> None:
    """Whatever number a list shows beside a label names that choice."""
    wires, menu = render(Say("Chọn:", choices=choices, numbered=True), CAPS[table])
    shown = re.findall(r"^(\d+)\. (.+)$", "\n".join(w.text for w in wires), re.M)
    by_label = {c.label: c.id for c in choices}
    assert [recognise(form.format(n=n), menu) for n, _ in shown] == [by_label[label] for _, label in shown]


ORDINALS = {
    1: ("cái đầu tiên", "cái thứ nhất", "thứ nhất", "số một", "thủ tục đầu tiên"),
    2: ("cái thứ hai", "thứ hai", "cai thu hai", "số hai", "thủ tục thứ hai", "mục hai nhé"),
    3: ("cái thứ ba", "số ba ạ"),
    4: ("cái thứ tư", "số bốn"),
    5: ("cái thứ năm", "cái cuối", "cái cuối cùng"),
}


@pytest.mark.parametrize(("number", "words"), [(n, words) for n, forms in ORDINALS.items() for words in forms])
def test_ordinals_where_ordinal(number: int, words: str) -> None:
    """«cái thứ hai» means the second of a numbered question, and nothing where none was asked."""
    menu = Menu(tuple((f"Tờ {c}", f"p:{n}") for n, c in enumerate("abcde", 1)), numbered=True, ordinal=True)
    assert recognise(words, menu) == f"p:{number}"
    assert recognise(words, replace(menu, ordinal=False)) == ""


@pytest.mark.parametrize(
    "text", ["", " ", ".", "0", "3", "99", "100", "12345", "số", "khai", "khai sinh cần gì", "1 2", "1.001193", "²", "cái thứ sáu"]
)
def test_nothing_is_recognised_that_was_not_offered(text: str) -> None:
    """A number beyond the list, part of a label and other words name no choice."""
    assert recognise(text, Menu((("Khai sinh", "p:1"), ("Khai tử", "p:2")), numbered=True, ordinal=True)) == ""


def test_numbers_mean_nothing_where_none_were_shown() -> None:
    """Buttons alone are not named by number: «2» may be an answer to something else."""
    _, menu = render(Say("Chọn:", choices=(Choice("Khai sinh", "p:1"), Choice("Khai tử", "p:2"))), WEB)
    assert recognise("2", menu) == ""


@given(text=st.text())
def test_recognise_takes_any_text(text: str) -> None:
    """No text makes it fail, and what it returns was offered."""
    menu = Menu((("Khai sinh", "p:1"), ("Khai tử", "p:2")), numbered=True, ordinal=True)
    assert recognise(text, menu) in {"", "p:1", "p:2"}


# --- records --------------------------------------------------------------------------------------------------------------------------------


def again(row: object) -> object:
    """What a JSON column gives back."""
    return json.loads(json.dumps(row))


media_ = st.builds(Media, st.sampled_from(Kind), st.text(), st.integers(0), st.text())
degrees = st.floats(-180, 180)
things = {"media": st.lists(media_, max_size=3).map(tuple), "place": st.none() | st.tuples(degrees, degrees)}


@given(made=st.builds(Incoming, *[st.text()] * 3, st.sampled_from(Kind), *[st.text()] * 4, **things))
def test_incoming_survives_the_store(made: Incoming) -> None:
    """A message is the same after the inbox."""
    assert Incoming.from_dict(again(made.to_dict())) == made


def test_incoming_of_an_older_version() -> None:
    """A row of before photos and places has none."""
    assert Incoming.from_dict({"channel": "web", "chat": "a", "event": "1", "kind": "photo"}) == Incoming("web", "a", "1", Kind.PHOTO)


choices_ = st.builds(Choice, st.text(), st.text(max_size=16), st.text(), st.text())


@given(made=st.builds(Wire, st.text(), st.text(), st.text(), st.lists(choices_, max_size=4).map(tuple), st.text()))
def test_wire_survives_the_store(made: Wire) -> None:
    """A message is the same after the outbox."""
    assert Wire.from_dict(again(made.to_dict())) == made


@given(made=st.builds(Menu, st.lists(st.tuples(st.text(), st.text()), max_size=4).map(tuple), st.booleans(), st.booleans()))
def test_menu_survives_the_store(made: Menu) -> None:
    """A menu is the same after the conversation's row."""
    assert Menu.from_dict(again(made.to_dict())) == made


def test_menu_of_an_older_version() -> None:
    """A row without what is new means that nothing was offered."""
    assert Menu.from_dict({}) == Menu()


def test_whole_leaves_out_what_is_empty() -> None:
    """Title, text and footer are parted by blank lines; an absent one leaves none."""
    assert (Wire("b", "a", "c").whole, Wire("b").whole, Wire("b", footer="c").whole) == ("a\n\nb\n\nc", "b", "b\n\nc")


def test_a_choice_id_has_a_limit() -> None:
    """An id of more than 64 bytes, counted as bytes, is refused where it is made."""
    assert Choice("Tờ", "đ" * 32).id == "đ" * 32
    with pytest.raises(ValueError, match=f"^choice id of 66 bytes, at most {ID_MAX_BYTES}: {'đ' * 33}$"):
        Choice("Tờ", "đ" * 33)
