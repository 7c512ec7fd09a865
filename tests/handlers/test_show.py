"""How a leaflet reads, part by part, on invented leaflets; and every shipped leaflet without a slip of the pen."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.chat import ID_MAX_BYTES, Incoming
from bot.texts import texts
from bot.turn import Library, State, Turn
from handlers import card, papers, show, wording
from knowledge.model import Aspect, Line, Paper, Procedure, Rate, Way
from tests.conftest import NOW

NB = "\u00a0"
SLIPS = re.compile(r"\. \.|;\.|;;|\.\.(?!\.)|\s[.,;:]|,,|: :|\) \(| {2}|\n{3}|\bNone\b|“”|\(\)|:\Z")


@pytest.fixture
def turn(library: Library) -> Turn:
    return Turn(Incoming("web", "c", "1"), State(), NOW, library, texts("vi"), None, b"")  # type: ignore[arg-type]


def leaflet(**parts: Any) -> Procedure:
    """A leaflet that says nothing but the parts."""
    return Procedure(Path("x.md"), "1.000001", "Thủ tục mẫu", "Lĩnh vực mẫu", **parts)


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("Miễn phí", "miễn phí"),
        ("Do Hội đồng nhân dân tỉnh quy định", "do Hội đồng nhân dân tỉnh quy định"),
        ("VNeID đã có", "VNeID đã có"),
        ("UBND xã", "UBND xã"),
        ("Đà Nẵng", "Đà Nẵng"),
        ("5 ngày", "5 ngày"),
        ("", ""),
    ],
)
def test_mid_sentence(text: str, within: str) -> None:
    """A sentence goes on in small letters; names and abbreviations keep theirs."""
    assert wording.mid_sentence(text) == within


@pytest.mark.parametrize(
    ("paper", "shown"),
    [
        (Paper("Đơn"), "Đơn"),
        (Paper("Đơn", originals=1), f"Đơn (1{NB}bản{NB}chính)"),
        (Paper("Đơn", originals=1, copies=2), f"Đơn (1{NB}bản{NB}chính, 2{NB}bản{NB}sao)"),
        (Paper("Đơn", originals=1, form="CT01"), f"Đơn (1{NB}bản{NB}chính, mẫu: CT01)"),
        (Paper("Đơn", form="Mẫu số 01 Thông tư 1"), "Đơn (theo Mẫu số 01 Thông tư 1)"),
        (Paper("Tờ khai CT01", form="CT01"), "Tờ khai CT01"),
    ],
)
def test_paper(paper: Paper, shown: str) -> None:
    """A document is told with its counts, which never break across lines, and its form unless the name says it."""
    assert papers.paper(texts("vi"), paper) == shown


DIRECT, ONLINE, POST, ANY = Way.DIRECT, Way.ONLINE, Way.POST, Way.ANY


@pytest.mark.parametrize(
    ("rates", "full", "line"),
    [
        ([Rate(ANY, "Miễn phí")], "Miễn phí", "miễn phí"),
        ([Rate(w, "5.000 đồng") for w in (DIRECT, ONLINE, POST)], "5.000 đồng", "5.000 đồng"),
        ([Rate(DIRECT, "5.000 đồng")], "Trực tiếp: 5.000 đồng", "5.000 đồng"),
        (
            [Rate(DIRECT, "Tám đồng"), Rate(ONLINE, "Miễn phí"), Rate(POST, "Tám đồng")],
            "• Trực tiếp, qua bưu chính: tám đồng\n• Trực tuyến: miễn phí",
            "trực tiếp, qua bưu chính: tám đồng; trực tuyến: miễn phí",
        ),
        (
            [Rate(DIRECT, "a" * 80), Rate(ONLINE, "b" * 80)],
            f"• Trực tiếp: {'a' * 80}\n• Trực tuyến: {'b' * 80}",
            f"trực tiếp: {'a' * 80}. Trường hợp khác: xem “Phí, lệ phí”.",
        ),
        (
            [Rate(ANY, "50.000 đồng", "Nhà ở"), Rate(ANY, "Miễn phí", "Công trình khác")],
            "Nhà ở:\n50.000 đồng\n\nCông trình khác:\nMiễn phí",
            "nhà ở: 50.000 đồng. Trường hợp khác: xem “Phí, lệ phí”.",
        ),
        (
            [Rate(DIRECT, "5 đồng", "Một người"), Rate(ONLINE, "4 đồng", "Một người"), Rate(DIRECT, "3 đồng", "Nhiều người")],
            "Một người:\n• Trực tiếp: 5 đồng\n• Trực tuyến: 4 đồng\n\nNhiều người:\nTrực tiếp: 3 đồng",
            "một người, trực tiếp: 5 đồng. Trường hợp khác: xem “Phí, lệ phí”.",
        ),
        ([], "Nguồn chính thức chưa công bố mục này. Anh/chị hỏi bàn một cửa: 0200 000 0000.", "chưa công bố"),
        ([Rate(ANY, "Chưa công bố")], "Nguồn chính thức chưa công bố mục này. Anh/chị hỏi bàn một cửa: 0200 000 0000.", "chưa công bố"),
    ],
)
def test_rates(turn: Turn, rates: list[Rate], full: str, line: str) -> None:
    """Fees and times, in full and in one line of the card."""
    assert show.rates(turn, rates) == full
    assert card.one_line(turn, rates, Aspect.FEE) == line


@pytest.mark.parametrize(
    ("fees", "said"),
    [
        (["Miễn phí"], "Không mất phí."),
        (["Miễn phí", "Không thu lệ phí"], "Không mất phí."),
        (["8.000 đồng"], "Có, mất phí.\n8.000 đồng"),
        (["8.000 đồng; miễn cho hộ nghèo"], "Có, trừ người được miễn.\n8.000 đồng; miễn cho hộ nghèo"),
        (["Miễn phí cho hộ nghèo; người khác chưa công bố mức"], "Miễn phí cho hộ nghèo; người khác chưa công bố mức"),
        (["Miễn phí; cổng quốc gia ghi kèm: theo quy định của Luật"], "Miễn phí; cổng quốc gia ghi kèm: theo quy định của Luật"),
        (["Do Hội đồng nhân dân tỉnh quy định theo Điều 3"], "Do Hội đồng nhân dân tỉnh quy định theo Điều 3"),
        (["Chưa công bố"], "Nguồn chính thức chưa công bố mục này. Anh/chị hỏi bàn một cửa: 0200 000 0000."),
    ],
)
def test_whether_there_is_a_fee(turn: Turn, fees: list[str], said: str) -> None:
    """Yes or no only where the leaflet decides it for everybody."""
    rates = tuple(Rate(ANY, fee, "" if len(fees) == 1 else fee) for fee in fees)
    assert show.decided(turn, leaflet(fees=rates), Aspect.FEE) == said


@pytest.mark.parametrize(
    ("online", "said"),
    [
        ("Có", "Có, nộp trực tuyến được."),
        ("Không", "Không nộp trực tuyến được."),
        ("Không, chỉ nhận trực tiếp", "Không, chỉ nhận trực tiếp"),
        ("Chưa công bố", "Nguồn chính thức chưa công bố mục này. Anh/chị hỏi bàn một cửa: 0200 000 0000."),
    ],
)
def test_whether_online(turn: Turn, online: str, said: str) -> None:
    """The leaflet's own yes or no is said once."""
    assert show.decided(turn, leaflet(online=online), Aspect.ONLINE) == said


def test_cases_are_named_or_counted() -> None:
    """Up to four cases are named; of more, three are named and the rest counted."""
    turn_ = Turn(Incoming("web", "c", "1"), State(), NOW, None, texts("vi"), None, b"")  # type: ignore[arg-type]
    base = (Paper("Đơn"),)
    four = leaflet(papers=(*base, *(Paper("Giấy", f"Ca {n}") for n in range(4))))
    six = leaflet(papers=(*base, *(Paper("Giấy", f"Ca {n}") for n in range(6))))
    assert papers.more_cases(turn_, four) == "Cần thêm giấy tờ nếu: ca 0; ca 1; ca 2; ca 3."
    assert papers.more_cases(turn_, six) == "Cần thêm giấy tờ nếu: ca 0; ca 1; ca 2; và 3 trường hợp khác."
    assert papers.more_cases(turn_, leaflet(papers=base)) == ""
    assert papers.more_cases(turn_, leaflet(papers=(Paper("Giấy", "Ca"),))) == ""


def test_a_long_list_of_papers(turn: Turn) -> None:
    """A card shows five papers to hand in and counts the rest; every paper to show stays."""
    found = leaflet(papers=tuple(Paper(f"Giấy {n}") for n in range(7)), shown=tuple(Paper(f"Thẻ {n}", "" if n else "Ca") for n in range(3)))
    text = card.card(turn, found)
    assert "• Giấy 4\n• và 2 giấy tờ nữa\n• Thẻ 1 (để xuất trình)\n• Thẻ 2 (để xuất trình)\n" in text
    assert "Giấy 5" not in text
    assert "Thẻ 0" not in text


def test_a_card_of_which_nothing_is_published(turn: Turn) -> None:
    """An empty leaflet says so line by line, and the telephone once."""
    silent = (Paper("Chưa công bố"),)
    assert card.card(turn, leaflet(papers=silent)) == (
        "Giấy tờ: chưa công bố\nPhí: chưa công bố\nThời gian: chưa công bố\nNơi nộp: chưa công bố\n"
        "Phần chưa công bố, anh/chị hỏi bàn một cửa: 0200 000 0000."
    )


def test_forms(turn: Turn) -> None:
    """A form is named with the document that it is for, each once."""
    found = leaflet(
        papers=(
            Paper("Đơn đề nghị; điền trên mạng", form="Mẫu số 01 Nghị định 1"),
            Paper("Đơn khác", "Ca", form="Mẫu số 01 Nghị định 1"),
            Paper("Tờ khai A", form="Tờ khai A"),
        ),
        forms=(Line("Mẫu 02: danh sách"),),
    )
    assert papers.forms(turn, found) == "• Đơn đề nghị: mẫu số 01 Nghị định 1\n• Tờ khai A\n• Mẫu 02: danh sách"


def test_conditions(turn: Turn) -> None:
    """Who may file and what must be fulfilled; the silent one of the two is left out."""
    who, must, silent = (Line("Người mẫu"),), (Line("Đủ tuổi"),), (Line("Chưa công bố"),)
    assert show.conditions(turn, leaflet(who=who, conditions=must)) == "Ai được nộp:\n• Người mẫu\n\nPhải đủ điều kiện:\n• Đủ tuổi"
    assert show.conditions(turn, leaflet(who=who, conditions=silent)) == "• Người mẫu"
    assert show.conditions(turn, leaflet(conditions=must)) == "• Đủ tuổi"
    assert show.conditions(turn, leaflet()).startswith("Nguồn chính thức chưa công bố mục này.")


def test_source_without_a_source(turn: Turn) -> None:
    """A leaflet without source or date shows its code alone."""
    assert show.source(turn, leaflet()) == "mã 1.000001"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_shipped_leaflet_reads_well(turn: Turn, language: str) -> None:
    """No card and no aspect of a shipped leaflet has a slip of the pen, is empty, or is longer than a message of Zalo."""
    spoken = replace(turn, t=texts(language))
    slips = []
    for p in turn.knowledge.procedures:
        told = {"card": card.card(spoken, p), "brief": card.brief(spoken, p), "source": show.source(spoken, p)}
        told |= {str(a): show.decided(spoken, p, a) for a in Aspect}
        slips += [(p.code, name, text[max(0, m.start() - 30) : m.end() + 30]) for name, text in told.items() if (m := SLIPS.search(text))]
        slips += [(p.code, name, f"{len(text)} characters") for name, text in told.items() if not 0 < len(text) < 2000]
    assert slips == []


def test_cards_are_short(turn: Turn) -> None:
    """Half of the cards have at most 600 characters, none over 1,200: a card is read on a phone."""
    sizes = sorted(len(card.card(turn, p)) for p in turn.knowledge.procedures)
    assert sizes[len(sizes) // 2] <= 600
    assert sizes[-1] <= 1200


def test_covered_is_what_is_shown(turn: Turn) -> None:
    """A button leads to an aspect exactly where the leaflet says something of it."""
    unsaid = "Nguồn chính thức chưa công bố mục này."
    differ = [(p.code, a) for p in turn.knowledge.procedures for a in Aspect if show.covered(p, a) == show.aspect(turn, p, a).startswith(unsaid)]
    assert differ == []


def test_ids_fit(turn: Turn) -> None:
    """The id of every button of a leaflet fits the 64 bytes that a channel carries."""
    ids = [c.id for p in turn.knowledge.procedures for c in (*show.aspect_choices(turn.t, p), *show.more_choices(turn.t, p))]
    assert max(len(id_.encode()) for id_ in ids) <= ID_MAX_BYTES
