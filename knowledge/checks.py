"""The rules of content: one small function a rule, each given the whole Knowledge and yielding its problems."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

from knowledge.model import General, Knowledge, Problem, Procedure, Way
from knowledge.words import fold, spoken

Check = Callable[[Knowledge, dt.date], Iterator[Problem]]
_DISTRICT = re.compile(r"\b(?:UBND|Ủy ban nhân dân)\s+(?:cấp\s+)?(huyện|quận|thị xã)\b", re.I)
# Repealed or superseded on a known day; the leaflets that still lean on them are to be reviewed. Source: domain rules, section 1.
_ENDED = {"61/2018/NĐ-CP": dt.date(2025, 7, 1), "107/2021/NĐ-CP": dt.date(2025, 7, 1)}
STALE_AFTER = dt.timedelta(days=365)
ENDING_WITHIN = dt.timedelta(days=60)


def _leaflets(knowledge: Knowledge) -> tuple[Procedure | General, ...]:
    return (*knowledge.procedures, *knowledge.generals)


def codes_are_unique(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """One leaflet holds a code, current or former."""
    seen: dict[str, Procedure] = {}
    for procedure in knowledge.procedures:
        for code in (procedure.code, *procedure.former_codes):
            if code in seen:
                yield Problem(procedure.path, 1, f"mã {code} đã có trong {seen[code].path.name}. Mỗi mã chỉ một tờ.")
            seen.setdefault(code, procedure)


def related_exist(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A related procedure is one that we have; else the button would lead nowhere."""
    for leaflet in _leaflets(knowledge):
        for related in leaflet.related:
            if knowledge.procedure(related.code) is None:
                yield Problem(leaflet.path, 1, f"“Thủ tục liên quan: {related.code}” chưa có tờ hướng dẫn nên không hiện cho dân.", fatal=False)


def names_are_unique(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """Another name or sample question belongs to one leaflet only: claimed twice, it tells nothing apart."""
    seen: dict[str, Procedure | General] = {}
    for leaflet in _leaflets(knowledge):
        for phrase in {spoken(p) for p in (*leaflet.other_names, *leaflet.questions)}:
            other = seen.setdefault(phrase, leaflet)
            if other is not leaflet:
                yield Problem(leaflet.path, 1, f"“{phrase}” có ở cả {leaflet.path.name} và {other.path.name}. Hãy giữ ở một tờ.", fatal=False)


def recently_checked(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A leaflet is looked at again within twelve months."""
    for procedure in knowledge.procedures:
        if procedure.checked and today - procedure.checked > STALE_AFTER:
            yield Problem(procedure.path, 1, f"kiểm tra lần cuối ngày {procedure.checked:%d/%m/%Y}, đã hơn 12 tháng.", fatal=False)
        if procedure.checked and procedure.checked > today:
            yield Problem(procedure.path, 1, f"“Kiểm tra ngày: {procedure.checked:%d/%m/%Y}” ở tương lai.")


def validity_holds(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A leaflet that ends soon, or has ended, is told of beforehand."""
    for procedure in knowledge.procedures:
        if procedure.valid_from and procedure.valid_until and procedure.valid_from > procedure.valid_until:
            yield Problem(procedure.path, 1, "“Hiệu lực từ” sau “Hiệu lực đến”.")
        elif procedure.valid_until and procedure.valid_until - today < ENDING_WITHIN:
            yield Problem(procedure.path, 1, f"hiệu lực đến {procedure.valid_until:%d/%m/%Y}. Hãy chuẩn bị tờ thay thế.", fatal=False)


def no_district(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """Since 1/7/2025 there is no district: nobody is sent there. Source: domain rules, section 1."""
    for procedure in knowledge.procedures:
        lines = [procedure.agency, procedure.where, *(line.text for line in (*procedure.steps, *procedure.who, *procedure.conditions))]
        for text in lines:
            if match := _DISTRICT.search(text):
                yield Problem(procedure.path, 1, f"“{match.group(0)}”: từ 01/7/2025 không còn cấp huyện. Hãy sửa nơi giải quyết.", fatal=False)


def laws_in_force(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A leaflet that leans on a repealed act is to be reviewed."""
    for procedure in knowledge.procedures:
        for line in procedure.legal_basis:
            for law, ended in _ENDED.items():
                if law in line.text and ended <= today:
                    yield Problem(procedure.path, line.number, f"{law} đã hết hiệu lực từ {ended:%d/%m/%Y}.", fatal=False)


def fees_name_their_way(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """Nothing costs one thing online and another unsaid: where one way is priced the others are too."""
    for procedure in knowledge.procedures:
        ways = {rate.way for rate in procedure.fees}
        if Way.ANY in ways and len(ways) > 1 and not any(rate.case for rate in procedure.fees):
            yield Problem(
                procedure.path, 1, "mục “Phí, lệ phí” vừa có “Mọi hình thức” vừa có hình thức riêng. Hãy tách theo trường hợp.", fatal=False
            )


def findable(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A leaflet is found by what people say: at least three other names and three sample questions."""
    for procedure in knowledge.procedures:
        if len(procedure.other_names) < 3 or len(procedure.questions) < 3:
            yield Problem(
                procedure.path,
                1,
                f"chỉ có {len(procedure.other_names)} tên gọi khác và {len(procedure.questions)} câu hỏi mẫu; cần ít nhất 3 mỗi loại.",
                fatal=False,
            )


def no_code_in_words(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A short form stands for something other than itself."""
    for word in knowledge.words:
        if fold(word.short) == fold(word.long):
            yield Problem(knowledge.office.path.with_name("words.md"), word.line, f"“{word.short}” và “{word.long}” là một.", fatal=False)


CHECKS: tuple[Check, ...] = (
    codes_are_unique,
    related_exist,
    names_are_unique,
    recently_checked,
    validity_holds,
    no_district,
    laws_in_force,
    fees_name_their_way,
    findable,
    no_code_in_words,
)
