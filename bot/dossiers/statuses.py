"""The ten statuses of the national portal: label, who acts next. Labels of local systems are brought to them; unknown ones stay as they are.

Source: domain rules, section 3."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.texts import n_
from knowledge.words import fold


class Next(StrEnum):
    """Who acts next."""

    OFFICE = "office"
    CITIZEN = "citizen"
    COLLECT = "collect"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Status:
    number: int
    label: str
    next: Next
    plain: str  # the same in plain words, said to the citizen


COLLECTED = 10
CLOSED = frozenset({3, 8, COLLECTED})  # nothing more will come of these
STATUSES = {
    s.number: s
    for s in (
        Status(1, n_("Mới đăng ký"), Next.OFFICE, n_("Hồ sơ vừa được gửi đến và đang chờ bàn một cửa tiếp nhận.")),
        Status(2, n_("Được tiếp nhận"), Next.OFFICE, n_("Bàn một cửa đã nhận hồ sơ và sẽ chuyển cho người giải quyết.")),
        Status(3, n_("Không được tiếp nhận"), Next.CITIZEN, n_("Hồ sơ chưa được nhận. Anh/chị xem lý do trên phiếu từ chối rồi nộp lại.")),
        Status(4, n_("Đang xử lý"), Next.OFFICE, n_("Cơ quan đang giải quyết hồ sơ. Anh/chị chưa phải làm gì thêm.")),
        Status(5, n_("Yêu cầu bổ sung giấy tờ"), Next.CITIZEN, n_("Hồ sơ còn thiếu giấy tờ. Anh/chị xem phiếu yêu cầu bổ sung và nộp thêm.")),
        Status(6, n_("Yêu cầu thực hiện nghĩa vụ tài chính"), Next.CITIZEN, n_("Anh/chị cần nộp tiền theo thông báo thì hồ sơ mới đi tiếp.")),
        Status(7, n_("Công dân yêu cầu rút hồ sơ"), Next.OFFICE, n_("Cơ quan đã nhận yêu cầu rút hồ sơ và đang xử lý.")),
        Status(8, n_("Dừng xử lý"), Next.NOBODY, n_("Hồ sơ đã dừng. Lý do ghi trên thông báo dừng giải quyết.")),
        Status(9, n_("Đã xử lý xong"), Next.COLLECT, n_("Đã có kết quả. Mời anh/chị đến bàn một cửa nhận, nhớ mang giấy hẹn và giấy tờ tùy thân.")),
        Status(10, n_("Đã trả kết quả"), Next.NOBODY, n_("Kết quả đã được trả. Hồ sơ đã xong.")),
    )
}
_ALIASES = {
    "cho tiep nhan": 1, "moi tiep nhan": 2, "da tiep nhan": 2,
     "tiep nhan": 2, "tu choi": 3, "tu choi tiep nhan": 3, "dang giai quyet": 4, "dang thu ly": 4,
    "cho bo sung": 5, "yeu cau bo sung": 5, "bo sung ho so": 5, "cho nop phi": 6, "cho nghia vu tai chinh": 6, "rut ho so": 7, "dung giai quyet": 8,
    "da co ket qua": 9, "cho tra ket qua": 9, "hoan thanh": 9, "da giai quyet": 9, "da tra ket qua cho cong dan": 10, "da tra": 10, "ket thuc": 10,
}  # fmt: skip


def status_of(label: str) -> Status | None:
    """The status that a label or number means, None where it is not known."""
    words = fold(label).strip(" .")
    if words.isdecimal():
        return STATUSES.get(int(words))
    own = next((s for s in STATUSES.values() if fold(s.label) == words), None)
    return own or STATUSES.get(_ALIASES.get(words, 0))
