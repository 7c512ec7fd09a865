"""The national portal's published form → draft leaflets: the portal's facts in our grammar, doubts as comments to the person who checks them.

Drafts lie in `drafts/` of the content folder, carry «Trạng thái: Nháp», and are served when a person has published them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.model import Line, Paper, Problem, Procedure, Rate, Way
from knowledge.portal import Published, read_portal
from knowledge.portal.fields import FIELDS
from knowledge.portal.form import Filing
from knowledge.portal.papers import Sorted, sort
from knowledge.portal.phrases import capital, one_line, pieces, says_nothing, separate, unique
from knowledge.procedure import UNPUBLISHED
from knowledge.versions import replace_file
from knowledge.words import fold
from knowledge.writer import write

DRAFTS = "drafts"
SOURCE = "Cổng Dịch vụ công quốc gia"
MANY_NOTES = 400
_DISTRICT = re.compile(r"\b(?:UBND|Ủy ban nhân dân|Công an|cấp)\s+(?:cấp\s+)?(?:huyện|quận|thị xã)\b", re.I)
_MONEY = re.compile(r"\d[\d.,]*(?=\s*(?:đồng|đ\b|đ/|VNĐ|Việt Nam Đồng))", re.I)
_UNITLESS = re.compile(r"^\d+$")


@dataclass
class Imported:
    """What became of a portal file: drafts written, procedures left out with the reason, entries that could not be read."""

    written: list[Path] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def import_file(
    source: Path,
    drafts: Path,
    today: dt.date,
    remarks: Mapping[str, str] | None = None,
    skip: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
) -> Imported:
    """Writes a draft for each procedure of a portal file. A draft that is there already is a person's work and stays.

    `remarks` are further comments by code; `skip` gives codes to leave out, with the reason; `only` the codes to take. Raises Unreadable."""
    found, problems = read_portal(source)
    done = Imported(problems=problems)
    there = codes_in(drafts)
    for published in (p for p in found if only is None or p.code in only):
        reason = (skip or {}).get(published.code) or (f"đã có bản nháp {there[published.code].name}" if published.code in there else "")
        if reason:
            done.skipped.append((published.code, reason))
            continue
        path = _place(drafts, published)
        further = (remarks or {}).get(published.code, "")
        replace_file(path, draft_text(published, today, [further] if further else ()))
        there[published.code] = path
        done.written.append(path)
    return done


def codes_in(folder: Path) -> dict[str, Path]:
    """The national codes of the leaflets in a folder, with their files."""
    found = {}
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if match := re.search(r"^Mã thủ tục:\s*(\d\.\d{6})", text, re.M):
            found[match.group(1)] = path
    return found


def slug(text: str, most: int = 60) -> str:
    """A file's name: folded, joined by hyphens, cut between words."""
    words = re.findall(r"[a-z0-9]+", fold(text))
    while len(words) > 1 and len("-".join(words)) > most:
        words.pop()
    return "-".join(words)[:most] or "khong-ten"


def _place(drafts: Path, published: Published) -> Path:
    folder, name = drafts / slug(our_field(published.field)), slug(our_name(published.name))
    path = folder / f"{name}.md"
    return folder / f"{name}-{published.code.replace('.', '-')}.md" if path.exists() else path


def our_field(name: str) -> str:
    return FIELDS.get(name, name) or UNPUBLISHED


def our_name(name: str) -> str:
    """The title: the official name without «Thủ tục» before it."""
    return capital(re.sub(r"^thủ tục(?: hành chính)?[:\s]+", "", name.strip(" #*:."), flags=re.I).strip(" #*:.")) or capital(name)


def draft_text(published: Published, today: dt.date, remarks: Iterable[str] = ()) -> str:
    """The draft's text, with what its reader is to look at as comments."""
    return write(draft(published, today), (*remarks, *doubts(published)))


def draft(published: Published, today: dt.date) -> Procedure:
    """The leaflet that the published form makes. `today` is the day of the download where the form does not say it."""
    rows = sort(published.listed)
    name = our_name(published.name)
    return Procedure(
        path=Path(),
        code=published.code,
        name=name,
        field=our_field(published.field),
        official_name=published.name if published.name != name else "",
        agency=pieces(published.agency)[0] or UNPUBLISHED,
        where=pieces(published.where)[0] or UNPUBLISHED,
        online={True: f"Có, trên {SOURCE}", False: "Không", None: UNPUBLISHED}[published.online],
        decision=published.decision,
        source=SOURCE,
        checked=published.as_of or today,
        draft=True,
        papers=tuple(_by_case(rows.papers)) or (Paper(UNPUBLISHED),),
        shown=tuple(_by_case(rows.shown)),
        not_needed=tuple(rows.not_needed),
        fees=fees(published.filings),
        times=times(published.filings),
        who=_lines(published.who),
        steps=_lines(published.steps) or _lines((UNPUBLISHED,)),
        result=_lines(published.results) or _lines((UNPUBLISHED,)),
        conditions=_lines(published.conditions),
        legal_basis=_lines(published.laws) or _lines((UNPUBLISHED,)),
        notes=_notes(published, rows),
    )


def _by_case(papers: Iterable[Paper]) -> list[Paper]:
    """Papers that are always needed first, then case by case."""
    papers = list(dict.fromkeys(papers))
    order = ["", *dict.fromkeys(p.case for p in papers if p.case)]
    return sorted(papers, key=lambda p: order.index(p.case))


def _lines(texts: Iterable[str]) -> tuple[Line, ...]:
    return tuple(Line(text) for text in unique(texts))


def _notes(published: Published, rows: Sorted) -> tuple[Line, ...]:
    told = [note for f in published.filings if _several(published.filings, f) < 2 for note in separate(f.note)]
    return _lines((*published.notes, *told, *(line.text for line in rows.notes)))


def _several(filings: Sequence[Filing], filing: Filing) -> int:
    """How many rows with a time the filing's way has: several are the stages of the work."""
    return sum(f.way is filing.way and bool(f.time) for f in filings)


def fees(filings: Sequence[Filing]) -> tuple[Rate, ...]:
    """The fees by way. A bare «Miễn phí» may stand for an empty cell, so it counts as not published (domain rules, section 9)."""
    return _rates([(f.way, text) for f in filings for text in pieces(fee_text(f))])


def times(filings: Sequence[Filing]) -> tuple[Rate, ...]:
    """The time limits by way, in the published units; where a way has several rows, each with what it is for."""
    return _rates([(f.way, time_text(f, _several(filings, f) > 1)) for f in filings])


def _rates(found: Sequence[tuple[Way, str]]) -> tuple[Rate, ...]:
    """One rate for every way where all are alike; what is not published is said only where nothing else is."""
    by_way: dict[Way, tuple[str, ...]] = {}
    for way, text in found:
        by_way[way] = unique((*by_way.get(way, ()), text))
    by_way = {way: tuple(t for t in texts if t != UNPUBLISHED) or (UNPUBLISHED,) for way, texts in by_way.items()}
    if len(set(by_way.values())) <= 1:
        texts = next(iter(by_way.values()), (UNPUBLISHED,))
        return tuple(Rate(Way.ANY, text) for text in texts)
    order = (Way.DIRECT, Way.ONLINE, Way.POST, Way.ANY)
    return tuple(Rate(way, text) for way in order for text in by_way.get(way, ()))


def fee_text(filing: Filing) -> str:
    """The fee of a row as a citizen reads it: amounts in đồng, else the portal's note, else that it is not published."""
    note = "" if says_nothing(filing.fee_note) else capital(filing.fee_note.strip(" -+*."))
    amount = _amount(filing.fee)
    if not amount:
        return note or UNPUBLISHED
    if note and _MONEY.search(note):
        return note
    return f"{amount}{note}" if filing.fee_note.startswith("/") else f"{amount} ({note})" if note else amount


def _amount(fee: str) -> str:
    """«70,000 VNĐ» → «70.000 đồng»; "" for «Miễn phí» and for nought."""
    match = re.match(r"^(\d[\d.,]*)\s*(?:VNĐ|Việt Nam Đồng|đồng)\b(.*)$", fee, re.I)
    if match:
        number = int(re.sub(r"\D", "", match.group(1)))
        return f"{number:,}".replace(",", ".") + " đồng" + match.group(2) if number else match.group(2).strip(" /")
    return "" if is_free(fee) else fee


def is_free(fee: str) -> bool:
    return fold(fee).startswith("mien phi") or bool(re.match(r"^0+\s*(?:dong|vnd)", fold(fee)))


def time_text(filing: Filing, staged: bool) -> str:
    """«7 Ngày làm việc» → «7 ngày làm việc»; the source's silence about the unit is said."""
    time = one_line(filing.time)
    if not time:
        return UNPUBLISHED
    if _UNITLESS.match(time):
        return f"{int(time)} (nguồn không ghi đơn vị)"
    time = re.sub(r"^0(?=\d)", "", time)
    time = time[:1] + time[1:].lower() if time[:1].isdigit() else time
    note = " ".join(separate(filing.note)).strip(" .") if staged else ""
    return f"{time} ({note})" if note and len(note) < MANY_NOTES else time


def doubts(published: Published) -> tuple[str, ...]:
    """What the person who checks the draft is to look at, in plain words."""
    found = ["Bản nháp lấy từ Cổng, chưa ai kiểm tra. Hãy viết lại cho dễ hiểu, thêm Tên gọi khác và Câu hỏi mẫu, rồi: motcua knowledge publish TỆP"]
    found += published.remarks
    if any(is_free(f.fee) and says_nothing(f.fee_note) for f in published.filings):
        found.append("Cổng ghi “Miễn phí” nhưng đó có thể là ô để trống. Đối chiếu quyết định công bố; đúng là miễn thì viết “Miễn phí”.")
    if any(_UNITLESS.match(f.time) for f in published.filings):
        found.append("Cổng không ghi đơn vị thời gian. Hãy hỏi lại: ngày, ngày làm việc hay giờ.")
    if any(_amounts_differ(f) for f in published.filings):
        found.append("Mức phí ở ô của Cổng khác mức trong chú thích; tờ này ghi theo chú thích.")
    if not (rows := sort(published.listed)).papers and not rows.shown:
        found.append("Không tách được giấy tờ nào từ dữ liệu của Cổng. Hãy đọc lại trang của thủ tục.")
    text = " ".join((published.agency, published.where, *published.steps, *(row.text for row in published.listed)))
    if match := _DISTRICT.search(text):
        found.append(f"Nguồn còn nhắc “{match.group()}”: từ 01/7/2025 không còn cấp huyện.")
    return unique(found)


def _amounts_differ(filing: Filing) -> bool:
    own = re.sub(r"\D", "", _amount(filing.fee).partition(" ")[0])
    told = {re.sub(r"\D", "", m) for m in _MONEY.findall(filing.fee_note)}
    return bool(own and told and own not in told)
