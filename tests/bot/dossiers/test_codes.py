"""Dossier codes in all their spellings, and what only looks like one. Source: domain rules, section 2."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dossiers.codes import Fault, Found, find, without

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
