"""Invented entries in the portal's shapes. No such procedure exists; the turns of phrase are the portal's."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path
from typing import Any

RAW: dict[str, Any] = {
    "code": "9.100001",
    "name": "Thủ tục đăng ký nuôi rồng",
    "field": "Ví dụ",
    "level": "Cấp xã",
    "agency": "Ủy ban nhân dân cấp xã",
    "documents": [
        "Giấy tờ phải nộp:- Trường hợp rồng bị bỏ rơi thì phải có biên bản về việc rồng bị bỏ rơi.1 bản chính",
        "- Tờ khai nuôi rồng (Mẫu số 01 ban hành kèm theo Thông tư số 00/2026/TT-BTP).Mẫu số 01.docx1 bản chính",
        ",1 bản sao",
        "- Trường hợp đã nộp bản điện tử thì không phải nộp bản giấy.0 bản chính",
        "Giấy tờ phải xuất trình:- Hộ chiếu của rồng hoặc giấy tờ khác có ảnh.1 bản chính",
        "- Bản sao ảnh rồng, kèm bản chính",
        "để đối chiếu.0 bản chính",
        ",1 bản sao",
        "Lưu ý:- Người tiếp nhận không được yêu cầu nộp thêm giấy tờ.0 bản chính",
    ],
    "steps": "- Bước 1: Chuẩn bị hồ sơ.\n- Bước 2: Nộp hồ sơ tại\nbàn một cửa.",
    "methods": [
        "Trực tuyến7 Ngày làm việcMiễn phí",
        "Trực tiếp02 Ngày làm việc70,000 VNĐ(70.000 đồng/con.)Nộp tại xã nơi rồng ở.",
        "Dịch vụ bưu chính3Không có thông tin",
    ],
    "conditions": "Không",
    "result": "Giấy phép nuôi rồngMã: KQ.G15.000031Sổ theo dõi rồngMã: KQ.G15.000032",
    "legal_basis": "Tên văn bản pháp lýMã văn bảnLuật Rồng năm 202099/2020/QH14Thông tư số 00/2026/TT-BTP00/2026/TT-BTPNghị định rồng00/2025/NĐ-CP",
    "decision": "00/QĐ-BTP",
    "subjects": "Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)",
    "crawled": "<=2026-06-10",
}
STRUCTURED: dict[str, Any] = {
    "code": "9.100002",
    "name": "Xác nhận rồng khuyết tật",
    "field": "Ví dụ",
    "documents": [
        {"case": "", "name": "Đơn đề nghị theo Mẫu số 02", "original": 1, "copy": 0},
        {"case": "Xuất trình", "name": "Thẻ căn cước", "original": 1, "copy": 0},
        {"case": "Đối với trường hợp rồng con", "name": "Giấy khai sinh của rồng", "original": 0, "copy": 1},
    ],
    "steps": ["Gửi hồ sơ đến xã.", "Nhận giấy xác nhận."],
    "methods": [
        {"method": "Trực tuyến", "time": "5 ngày làm việc", "description": ""},
        {"method": "Trực tiếp", "time": "5 ngày làm việc", "description": ""},
    ],
    "fees": [{"fee_type": "FEE", "amount_value": 10000, "amount_text": "/giấy", "submission_method": "Trực tiếp"}],
    "result": "Giấy xác nhận",
    "legal_basis": ["00/2012/NĐ-CP"],
    "online": True,
    "partial": ["documents (2 of 4)"],
    "as_of": "2026-10-05",
    "fee_note": "no amount published",
    "time_and_fee_by_method": "",
}


def damaged(archive: Path, seed: int) -> None:
    """Changes, cuts or drops parts of a DOCX or XLSX at random; the archive itself stays sound."""
    rng = random.Random(seed)  # noqa: S311 # mutations, not secrets
    with zipfile.ZipFile(archive) as before:
        parts = {name: bytearray(before.read(name)) for name in before.namelist()}
    for name in rng.sample(sorted(parts), rng.randint(1, 4)):
        place = rng.randrange(len(parts[name]))
        parts[name][place : place + rng.randrange(40)] = bytes(rng.randrange(32, 127) for _ in range(rng.randrange(4)))
    if rng.random() < 0.3:
        del parts[rng.choice(sorted(parts))]
    with zipfile.ZipFile(archive, "w") as after:
        for name, raw in parts.items():
            after.writestr(name, bytes(raw))


def write_json_lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Chi tiết</title><style>p {color: red}</style></head><body>
<h1>Chi tiết thủ tục hành chính</h1>
<div class="row"><div class="key">Mã thủ tục:</div><div>9.100003</div></div>
<div class="row"><div class="key">Số quyết định:</div><div>00/QĐ-BTP</div></div>
<div class="row"><div class="key">Tên thủ tục:</div><div>Thủ tục thả rồng &amp; phượng</div></div>
<div class="row"><div class="key">Lĩnh vực:</div><div>Ví dụ</div></div>
<h2>Trình tự thực hiện</h2><p>Bước 1: Nộp hồ sơ.</p><p>Bước 2: Nhận kết quả.</p>
<h2>Cách thức thực hiện</h2>
<table><tr><th>Hình thức nộp</th><th>Thời hạn giải quyết</th><th>Phí, lệ phí</th><th>Mô tả</th></tr>
<tr><td>Trực tiếp</td><td>3 Ngày làm việc</td><td>Lệ phí : 50.000 Đồng (Thu một lần.)</td><td>Nộp tại xã.</td></tr>
<tr><td>Trực tuyến</td><td>2 Ngày làm việc</td><td></td><td></td></tr></table>
<h2>Thành phần hồ sơ</h2><p>Trường hợp rồng nước</p>
<table><tr><th>Tên giấy tờ</th><th>Mẫu đơn, tờ khai</th><th>Số lượng</th></tr>
<tr><td>Đơn xin thả rồng</td><td>Mẫu đơn thả rồng.docx</td><td>Bản chính: 1<br>Bản sao: 0</td></tr>
<tr><td>Người nộp hồ sơ tự kê khai trên Cổng.</td><td></td><td>Bản chính: 0<br>Bản sao: 0</td></tr></table>
<h2>Đối tượng thực hiện:</h2><p>Công dân Việt Nam</p>
<h2>Cơ quan thực hiện:</h2><p>Ủy ban nhân dân cấp xã</p>
<h2>Địa chỉ tiếp nhận HS:</h2><p>Không có thông tin</p>
<h2>Kết quả thực hiện:</h2><p>Giấy phép thả rồng</p>
<h2>Căn cứ pháp lý</h2>
<table><tr><th>Số ký hiệu</th><th>Trích yếu</th><th>Ngày ban hành</th><th>Cơ quan ban hành</th></tr>
<tr><td>00/2026/TT-BTP</td><td>Thông tư về rồng</td><td>01-01-2026</td><td>Bộ Tư pháp</td></tr></table>
<h2>Yêu cầu, điều kiện thực hiện</h2><p>Không có thông tin</p>
<script>alert("không phải nội dung")</script></body></html>"""
