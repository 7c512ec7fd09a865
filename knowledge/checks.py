"""The rules of content: one small function a rule, each given the whole Knowledge and yielding its problems."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator

from rapidfuzz.distance import DamerauLevenshtein

from knowledge.model import General, Knowledge, Office, Problem, Procedure, Way
from knowledge.repealed import REPEALED
from knowledge.words import fold, spoken

Check = Callable[[Knowledge, dt.date], Iterator[Problem]]
Leaflet = Procedure | General
_DISTRICT = re.compile(r"\b(?:UBND|Ủy ban nhân dân)\s+(?:cấp\s+)?(huyện|quận|thị xã)\b", re.I)
_FORMER = re.compile(r"\bcũ\b|\btrước đây\b|\btrước (?:ngày )?0?1/0?7/2025\b", re.I)
STALE_AFTER = dt.timedelta(days=365)
ENDING_WITHIN = dt.timedelta(days=60)
FINDABLE_FROM = 3


def _leaflets(knowledge: Knowledge) -> tuple[Leaflet, ...]:
    return (*knowledge.procedures, *knowledge.generals)


def _line(leaflet: Leaflet, *names: str) -> int:
    """The line of the first of these keys, sections or items that the leaflet has, else 1."""
    places = dict(leaflet.places)
    return next((places[name] for name in names if name in places), 1)


def _at(leaflet: Leaflet, *names: str) -> str:
    """How another leaflet's problem points here: folder, file and line."""
    return f"{leaflet.path.parent.name}/{leaflet.path.name}:{_line(leaflet, *names)}"


def codes_are_unique(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """One leaflet holds a code, current or former."""
    seen: dict[str, tuple[Procedure, str]] = {}
    for procedure in knowledge.procedures:
        for code, key in ((procedure.code, "Mã thủ tục"), *((former, "Mã cũ") for former in procedure.former_codes)):
            other, where = seen.setdefault(code, (procedure, key))
            if other is not procedure or where != key:
                yield Problem(procedure.path, _line(procedure, key), f"mã {code} đã có ở {_at(other, where)}. Mỗi mã chỉ một tờ.")


def related_exist(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A related procedure is one that we have, and the one that its words name; else the button would lead nowhere, or astray."""
    known = {code: p for p in reversed(knowledge.procedures) for code in (p.code, *p.former_codes)}  # the first to claim a code has it
    named = {fold(name): p for p in knowledge.procedures for name in (p.name, p.short_name) if name}
    for leaflet in _leaflets(knowledge):
        for related in leaflet.related:
            found, meant = known.get(related.code), named.get(fold(related.text))
            if found is None:
                guesses = [meant] if meant else [known[code] for code in _slips(related.code) if code in known]
                guess = f" Ý bạn là “{guesses[0].code} {guesses[0].label}”?" if len(guesses) == 1 and guesses[0] is not leaflet else ""
                message = f"“Thủ tục liên quan: {related.code}” chưa có tờ hướng dẫn nên không hiện cho dân.{guess}"
                yield Problem(leaflet.path, related.line, message, fatal=False)
            elif meant and meant is not found:
                message = f"{related.code} là “{found.label}”, không phải “{related.text}”. Ý bạn là {meant.code}?"
                yield Problem(leaflet.path, related.line, message, fatal=False)


def _slips(code: str) -> Iterator[str]:
    """The codes that are one wrong digit, or two exchanged ones, away."""
    for place, written in enumerate(code):
        if written.isdigit():
            yield from (f"{code[:place]}{digit}{code[place + 1 :]}" for digit in "0123456789" if digit != written)
        following = code[place + 1 : place + 2]
        if following.isdigit() and written.isdigit() and following != written:
            yield f"{code[:place]}{following}{written}{code[place + 2 :]}"


def names_are_unique(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """Another name or sample question belongs to one leaflet only: claimed twice, it tells nothing apart."""
    seen: dict[str, tuple[Leaflet, str]] = {}
    for leaflet in _leaflets(knowledge):
        for phrase in (*leaflet.other_names, *leaflet.questions):
            other, there = seen.setdefault(spoken(phrase), (leaflet, phrase))
            if other is not leaflet:
                message = f"“{phrase}” có ở cả {_at(leaflet, phrase)} và {_at(other, there)}. Hãy giữ ở một tờ."
                yield Problem(leaflet.path, _line(leaflet, phrase), message, fatal=False)


def recently_checked(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A leaflet is looked at again within twelve months."""
    for leaflet in _leaflets(knowledge):
        day = leaflet.checked
        if day and today - day > STALE_AFTER:
            yield Problem(leaflet.path, _line(leaflet, "Kiểm tra ngày"), f"kiểm tra lần cuối ngày {day:%d/%m/%Y}, đã hơn 12 tháng.", fatal=False)
        if day and day > today:
            yield Problem(leaflet.path, _line(leaflet, "Kiểm tra ngày"), f"“Kiểm tra ngày: {day:%d/%m/%Y}” ở tương lai.", fatal=False)


def validity_holds(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A leaflet that ends soon, or has ended, is told of beforehand."""
    for procedure in knowledge.procedures:
        first, last = procedure.valid_from, procedure.valid_until
        if last is None:
            continue
        line = _line(procedure, "Hiệu lực đến")
        if first and first > last:
            yield Problem(procedure.path, line, f"“Hiệu lực từ” ({first:%d/%m/%Y}) sau “Hiệu lực đến” ({last:%d/%m/%Y}).")
        elif last < today:
            yield Problem(procedure.path, line, f"hiệu lực chỉ đến {last:%d/%m/%Y}, nay bot không trả lời theo tờ này nữa.", fatal=False)
        elif last - today <= ENDING_WITHIN:
            yield Problem(procedure.path, line, f"hiệu lực đến {last:%d/%m/%Y}. Hãy chuẩn bị tờ thay thế.", fatal=False)


def no_district(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """Since 1/7/2025 there is no district: nobody is sent there. Source: domain rules, section 1."""
    for leaflet in _leaflets(knowledge):
        for line, text in _served(leaflet):
            if (match := _DISTRICT.search(text)) and not _FORMER.search(text):
                message = f"“{match.group(0)}”: từ 01/7/2025 không còn cấp huyện. Hãy viết nơi giải quyết bây giờ; nói chuyện xưa thì thêm “cũ”."
                yield Problem(leaflet.path, line if isinstance(line, int) else _line(leaflet, line), message, fatal=False)


def _served(leaflet: Leaflet) -> Iterator[tuple[int | str, str]]:
    """All that citizens may read of a leaflet, by line or key. Acts keep their names; other names and questions are what citizens say."""
    if isinstance(leaflet, General):
        yield "Trả lời", leaflet.answer
        return
    yield from (("Cơ quan giải quyết", leaflet.agency), ("Nơi nộp", leaflet.where), ("Nộp trực tuyến", leaflet.online))
    yield "Tóm tắt", leaflet.summary
    for paper in (*leaflet.papers, *leaflet.shown):
        yield paper.line, paper.name
    for rate in (*leaflet.fees, *leaflet.times):
        yield rate.line, rate.text
    sections = (leaflet.not_needed, leaflet.forms, leaflet.who, leaflet.steps, leaflet.result, leaflet.conditions, leaflet.notes)
    for line in (line for section in sections for line in section):
        yield line.number, line.text


def laws_in_force(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A leaflet that leans on a repealed act is to be reviewed, unless the line names the act's successor too."""
    for leaflet in _leaflets(knowledge):
        for line in leaflet.legal_basis:
            for act in REPEALED:
                if act.number not in line.text or act.successor in line.text or not re.search(rf"(?<![\d/]){act.number}", line.text):
                    continue
                if act.ended <= today:
                    message = f"{act.number} đã hết hiệu lực từ {act.ended:%d/%m/%Y}, thay bằng {act.successor}. Hãy xem lại tờ này."
                    yield Problem(leaflet.path, line.number, message, fatal=False)
                elif act.ended - today <= ENDING_WITHIN:
                    message = f"{act.number} hết hiệu lực từ {act.ended:%d/%m/%Y}, thay bằng {act.successor}. Hãy chuẩn bị xem lại."
                    yield Problem(leaflet.path, line.number, message, fatal=False)


def fees_name_their_way(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """Nothing costs one thing online and another unsaid: where one way is priced the others are too."""
    for procedure in knowledge.procedures:
        ways = {rate.way for rate in procedure.fees}
        if Way.ANY in ways and len(ways) > 1 and not any(rate.case for rate in procedure.fees):
            line = next(rate.line for rate in procedure.fees if rate.way is Way.ANY)
            message = "mục “Phí, lệ phí” vừa có “Mọi hình thức” vừa có hình thức riêng. Hãy tách theo trường hợp."
            yield Problem(procedure.path, line, message, fatal=False)


def findable(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A leaflet is found by what people say: at least three other names and three sample questions."""
    for procedure in knowledge.procedures:
        names, questions = len(procedure.other_names), len(procedure.questions)
        if names < FINDABLE_FROM or questions < FINDABLE_FROM:
            short = "Tên gọi khác" if names < FINDABLE_FROM else "Câu hỏi mẫu"
            message = f"chỉ có {names} tên gọi khác và {questions} câu hỏi mẫu; cần ít nhất 3 mỗi loại."
            yield Problem(procedure.path, _line(procedure, short), message, fatal=False)


def fields_are_spelt_alike(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A field has one spelling: a slip would open a field of its own in the list that citizens choose from."""
    counts = Counter(p.field for p in knowledge.procedures)
    usual = {rare: f for rare in counts for f in counts if counts[f] > counts[rare] and _near(f, rare)}
    for procedure in knowledge.procedures:
        if meant := usual.get(procedure.field):
            message = f"lĩnh vực “{procedure.field}” khác cách viết ở các tờ kia. Ý bạn là “{meant}”?"
            yield Problem(procedure.path, _line(procedure, "Lĩnh vực"), message, fatal=False)


def _near(one: str, two: str) -> bool:
    return DamerauLevenshtein.normalized_similarity(fold(one), fold(two)) >= 0.8


def words_say_something(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A short form stands for something other than itself."""
    for word in knowledge.words:
        if spoken(word.short) == spoken(word.long):
            yield Problem(knowledge.office.path.with_name("words.md"), word.line, f"“{word.short}” và “{word.long}” là một.", fatal=False)


def offices_are_told_apart(knowledge: Knowledge, today: dt.date) -> Iterator[Problem]:
    """A code, and a name that citizens choose by, is one office's alone."""
    seen: dict[str, Office] = {}
    for office in knowledge.offices:
        for key, value in (("Mã", office.code), ("tên", fold(office.name))):
            other = seen.setdefault(f"{key}: {value}", office)
            if other is not office and value:
                shown = office.code if key == "Mã" else office.name
                yield Problem(
                    office.path, office.line if key == "Mã" else 1, f"{key} “{shown}” đã có ở {other.path.name}. Mỗi cơ quan một {key} riêng."
                )


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
    fields_are_spelt_alike,
    words_say_something,
    offices_are_told_apart,
)
