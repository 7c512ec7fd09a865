"""Dossier codes in all their spellings, and what only looks like one. Source: domain rules, section 2."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dossiers.codes import Fault, Found, find, lookalike, named_receipt, receipt_number, without, without_codes

TODAY = dt.date(2026, 11, 23)


def codes(text: str) -> list[str]:
    return [f.code for f in find(text, TODAY)]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("000.00.19.H26-220330-0001", "000.00.19.H26-220330-0001"),
        ("H26.145-260108-0002", "H26.145-260108-0002"),
        ("H26-260108-0002", "H26-260108-0002"),
        ("H55.242-260108-123", "H55.242-260108-123"),
        ("G09.20-20260609-0092637", "G09.20-20260609-0092637"),
        ("h26.145-260108-0002", "H26.145-260108-0002"),
        ("H26.145 - 260108 - 0002", "H26.145-260108-0002"),
        ("H26. 145-260108-0002", "H26.145-260108-0002"),
        ("H26 .145-260108-0002", "H26.145-260108-0002"),
        ("H 26.145-260108-0002", "H26.145-260108-0002"),
        ("H26.145 260108 0002", "H26.145-260108-0002"),
        ("H26.145-260108 0002", "H26.145-260108-0002"),
        ("H26.145_260108_0002", "H26.145-260108-0002"),
        ("H26,145-260108-0002", "H26.145-260108-0002"),
        ("H26.145–260108–0002", "H26.145-260108-0002"),
        ("H26.145—260108—0002", "H26.145-260108-0002"),
        ("H26.145\u2011260108\u20110002", "H26.145-260108-0002"),
        ("H26.145\u2212260108\u22120002", "H26.145-260108-0002"),
        ("H26.145-26O1O8-OOO2", "H26.145-260108-0002"),
        ("H26.l45-26Il08-000I", "H26.145-261108-0001"),
        ("O00.0O.19.H26-220330-0001", "000.00.19.H26-220330-0001"),
        ("H26.145-260108-0002.", "H26.145-260108-0002"),
        ("(H26.145-260108-0002)", "H26.145-260108-0002"),
        ("\u200bH26.145-\u200b260108-0002", "H26.145-260108-0002"),
        ("H26.145\u00a0-\u00a0260108\u00a0-\u00a00002", "H26.145-260108-0002"),
        ("H26.145-260108-\n0002", "H26.145-260108-0002"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "hồ sơ {} của tôi xong chưa", "ma ho so {}", "Mã:{}?", "số {}, cảm ơn", "cho mình hỏi {} với ạ"])
def test_a_code_is_found_and_repaired(written: str, code: str, around: str) -> None:
    """Every way of writing a code leads to the one that is stored, alone and inside a sentence."""
    assert find(around.format(written), TODAY) == (Found(code),)


units = st.from_regex(r"[0-9A-HJKMNP-Z]{2,3}(\.[0-9A-HJKMNP-Z]{1,4}){0,5}", fullmatch=True).filter(lambda u: not u.startswith("GY"))
days = st.dates(dt.date(2000, 1, 1), TODAY).flatmap(lambda d: st.sampled_from((f"{d:%y%m%d}", f"{d:%Y%m%d}")))
valid = st.builds(lambda unit, day, number: f"{unit}-{day}-{number}", units, days, st.from_regex(r"[0-9]{3,7}", fullmatch=True))


@given(code=valid, spoilt=st.sampled_from((str, str.lower, lambda c: c.replace("-", " – "), lambda c: c.replace(".", ","), lambda c: f" {c} . ")))
def test_every_valid_code_is_found(code: str, spoilt: object) -> None:
    """Whatever the unit, the day and the number."""
    assert find(f"hồ sơ {spoilt(code)} đâu rồi", TODAY) == (Found(code),)


@given(code=valid)
def test_finding_is_idempotent(code: str) -> None:
    """A repaired code is found as itself."""
    assert find(find(code, TODAY)[0].code, TODAY) == (Found(code),)


@given(text=st.text())
def test_any_text_is_taken(text: str) -> None:
    """No text makes it fail."""
    assert isinstance(find(text, TODAY), tuple)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("H26.145-260108-0002 và H26.145-260109-0003", ["H26.145-260108-0002", "H26.145-260109-0003"]),
        ("H26.145 260108 0002 rồi H26.145-260109-0003", ["H26.145-260108-0002", "H26.145-260109-0003"]),
        ("H26.145-260108-0002, h26.145-260108-0002", ["H26.145-260108-0002"]),
        ("H26.145-260108-0002\nH26.145-260109-0003", ["H26.145-260108-0002", "H26.145-260109-0003"]),
        ("H26.145-260108-0002;G09.20-20260609-0092637", ["H26.145-260108-0002", "G09.20-20260609-0092637"]),
    ],
)
def test_several_codes_in_order_each_once(text: str, found: list[str]) -> None:
    """As many as there are, however each is written."""
    assert codes(text) == found


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("H26.145-261332-0002", Fault.NO_SUCH_DAY),
        ("H26.145-260230-0002", Fault.NO_SUCH_DAY),
        ("H26.145-000000-0002", Fault.NO_SUCH_DAY),
        ("G09.20-20261301-0092637", Fault.NO_SUCH_DAY),
        ("H26.145-261124-0002", Fault.IN_FUTURE),
        ("G09.20-20270101-0092637", Fault.IN_FUTURE),
        ("H26.145-261123-0002", None),
        ("H26.145-240229-0002", None),
    ],
)
def test_the_day_must_exist_and_have_come(code: str, fault: Fault | None) -> None:
    """A code of today is right; one of tomorrow or of no day is told with its fault."""
    assert find(code, TODAY) == (Found(code, fault),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.001193",
        "2.000815.000.00.00.H55",
        "1.000948.H38",
        "thủ tục 1.001193 lệ phí bao nhiêu",
        "PAKN.20200812.0012",
        "PAKN-200812-0012",
        "GY-261122-7432",
        "03706/2026/07906",
        "0912345678",
        "0912 345 678",
        "0912-345-678",
        "024 3825 1234",
        "001099012345",
        "ngày 20-11-2026",
        "20/11/2026",
        "từ 20 261120 đến 0001",
        "ma ho so 260108 0002",
        "so 260108 0002",
        "H26.145",
        "H26.145-260108",
        "260108-0002",
        "H26.145-2601-0002",
        "H26.145-260108-02",
        "H26.145-260108-00000002",
        "H26.145-260108-0002A",
        "XH26.145-260108-0002",
        "phí 8.000-10.000 đồng",
        "Nghị định 118/2025/NĐ-CP",
        "61/2018/NĐ-CP-260108",
    ],
)
def test_what_is_no_code(text: str) -> None:
    """Procedure codes, petition and feedback numbers, insurance and telephone numbers, dates and parts of a code."""
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("hồ sơ H26.145-261110-0001 trễ", "hồ sơ [mã] trễ"),
        ("h26.145 - 261110 - 0001", "[mã]"),
        ("hai mã H26.145-261110-0001 và G09.20-20260609-0092637", "hai mã [mã] và [mã]"),
        ("PAKN-261123-0001, 0900 000 000", "PAKN-261123-0001, 0900 000 000"),
    ],
)
def test_without(text: str, left: str) -> None:
    """Codes are marked in a text, and nothing else."""
    assert without(text, "[mã]") == left


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1.001193", Fault.PROCEDURE),
        ("thủ tục 2.000815.000.00.00.H55 ạ", Fault.PROCEDURE),
        ("1.000948.H38", Fault.PROCEDURE),
        ("PAKN.20200812.0012", Fault.PETITION),
        ("pakn 20200812 0012", Fault.PETITION),
        ("GY-261122-7K3Q", Fault.PETITION),
        ("PA-261122-7K3Q", Fault.PETITION),
        ("03706/2026/07906", Fault.INSURANCE),
        ("H26.145-260108", Fault.NO_NUMBER),
        ("079080000001", Fault.PERSON),
        ("0900 000 001", Fault.PERSON),
        ("20/11/2026", None),
        ("15.000 đồng", None),
        ("1.234.567", None),
        ("khai sinh cần gì", None),
        ("H26.145-260108-0002", None),
        ("", None),
    ],
)
def test_what_only_looks_like_a_code(text: str, fault: Fault | None) -> None:
    """Procedures, petitions, insurance, people, and codes cut short are told apart; sums and dates are nothing."""
    seen = lookalike(text)
    assert (seen.fault if seen else None) == fault


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("số biên nhận 123/2026", "123/2026"),
        ("Biên nhận số: BN-77 xong chưa", "BN-77"),
        ("so ho so giay 0012 toi dau", "0012"),
        ("giấy hẹn số 45/TN-2026.", "45/TN-2026"),
        ("receipt number 88", "88"),
        ("số biên nhận ở đâu", ""),
        ("mất biên nhận rồi", ""),
    ],
)
def test_a_receipt_that_is_named(text: str, number: str) -> None:
    """Only beside the word that says what the number is."""
    assert named_receipt(text) == number


@pytest.mark.parametrize(
    ("text", "number"), [(" bn 12 / 2026 ", "BN12/2026"), ("Số 7", "SO7"), ("", ""), ("abc", ""), ("1" * 25, ""), ("12_3", ""), ("Đ12", "D12")]
)
def test_a_receipt_number_is_compared_without_spaces_and_accents(text: str, number: str) -> None:
    """As it is stored and as it is asked for."""
    assert receipt_number(text) == number


def test_what_stands_beside_the_codes() -> None:
    """The rest of the words, for the digits in them."""
    assert without_codes("H26.145-261110-0001, số 0001").split() == ["|", ",", "so", "0001"]
    assert without_codes("số biên nhận 123/2026 và 0009").split() == ["|", "va", "0009"]


@given(text=st.text())
def test_any_text_is_looked_at(text: str) -> None:
    """None makes them fail."""
    for function in (lookalike, named_receipt, receipt_number, without_codes):
        function(text)  # type: ignore[operator]
