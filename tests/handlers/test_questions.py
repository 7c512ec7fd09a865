"""From a question to the card, its aspects, one's own case, and back; and what is said where there is no answer."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.settings import ZONE
from knowledge.model import Aspect
from knowledge.understand.meaning import Answer, Asked, Choose, Meaning, Other, Unknown
from tests.citizen import Citizen
from tests.conftest import Clock
from tests.handlers.conftest import CHANNELS, Meet

NB = "\u00a0"
BIRTH, MARRIAGE, COPY, PENSION = "1.001193", "1.000894", "2.000815", "1.014027"
SOURCE = "Nguồn: Cổng Dịch vụ công quốc gia · kiểm tra ngày 10/06/2026 · mã 1.000894"


def asked(code: str, *aspects: Aspect, **more: bool) -> Answer:
    return Answer((Asked(code, aspects),), **more)


@pytest.mark.parametrize("question", ["đăng ký kết hôn", "dang ky ket hon", "ĐĂNG KÝ KẾT HÔN", "thủ tục đăng ký kết hôn"])
async def test_card(citizen: Citizen, question: str) -> None:
    """A question without aspect gets the short card: what it is, what to bring, fee, time, where, and the source."""
    await citizen.says(question)
    citizen.hears_only(
        "Đăng ký kết hôn\n\n"
        "Nhà nước ghi nhận hai người là vợ chồng và cấp Giấy chứng nhận kết hôn, mỗi người một bản.\n\n"
        "Anh/chị cần mang theo:\n"
        f"• Tờ khai đăng ký kết hôn, hai bên khai chung một tờ được; nộp trực tuyến thì điền mẫu điện tử (1{NB}bản{NB}chính)\n"
        "• Thẻ căn cước, hộ chiếu hoặc giấy tờ tùy thân có ảnh còn giá trị của hai bên; "
        "dùng căn cước, hộ chiếu thì chỉ cần cho biết số (để xuất trình)\n\n"
        "Cần thêm giấy tờ nếu: gửi hồ sơ qua bưu chính; máy không tra được nơi cư trú.\n\n"
        "Phí: miễn phí\n"
        "Thời gian: 1 ngày làm việc\n"
        "Nơi nộp: Trung tâm Phục vụ hành chính công (không cần đúng nơi cư trú, cán bộ sẽ giúp chuyển hồ sơ đến đúng xã, phường)\n\n" + SOURCE
    )
    citizen.sees("Giấy tờ cần mang", "Phí, lệ phí", "Bao lâu có kết quả", "Nộp ở đâu", "Các bước", "Xem thêm")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("aspect", "said"),
    [
        ("Giấy tờ cần mang", "Anh/chị cần nộp:\n• Tờ khai đăng ký kết hôn"),
        ("Phí, lệ phí", "Đăng ký kết hôn\n\nMiễn phí"),
        ("Bao lâu có kết quả", "Đăng ký kết hôn\n\n1 ngày làm việc"),
        ("Nộp ở đâu", "Trung tâm Phục vụ hành chính công xã Mẫu: Số 1 đường Mẫu, xã Mẫu, tỉnh Mẫu"),
        ("Các bước", "1. Chuẩn bị giấy tờ; nộp tại quầy, qua bưu chính hoặc trực tuyến.\n2. Cán bộ kiểm tra"),
    ],
)
async def test_aspects_from_the_card(meet: Meet, channel: str, aspect: str, said: str) -> None:
    """Each aspect of the card is one choice away, by button or by number."""
    citizen = meet(channel)
    await citizen.says("đăng ký kết hôn")
    await citizen.presses(aspect)
    citizen.hears(said, SOURCE)
    assert aspect not in citizen.labels


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("aspect", "said"),
    [
        ("Nộp trực tuyến", "Có, trên Cổng Dịch vụ công quốc gia (dichvucong.gov.vn) hoặc ứng dụng VNeID"),
        ("Mẫu đơn, tờ khai", "• Tờ khai đăng ký kết hôn"),
        ("Điều kiện", "Ai được nộp:\n• Hai bên nam, nữ, công dân Việt Nam\n\nPhải đủ điều kiện:\n• Hai bên đủ điều kiện kết hôn"),
        ("Cơ quan giải quyết", "Ủy ban nhân dân cấp xã"),
        ("Kết quả nhận được", "• Giấy chứng nhận kết hôn, mỗi bên một bản chính"),
        ("Căn cứ pháp lý", "• Luật Hộ tịch 60/2014/QH13\n• Luật Hôn nhân và gia đình 52/2014/QH13"),
        ("Giấy tờ theo trường hợp", "Máy không tra được nơi cư trú:\n• Giấy tờ chứng minh nơi cư trú, để xuất trình"),
    ],
)
async def test_aspects_behind_more(meet: Meet, channel: str, aspect: str, said: str) -> None:
    """The other aspects are behind «Xem thêm»."""
    citizen = meet(channel)
    await citizen.says("đăng ký kết hôn")
    await citizen.presses("Xem thêm")
    citizen.hears("• Cả hai phải có mặt khi nhận giấy; không nhờ người khác ký thay.", "Anh/chị muốn xem gì?")
    await citizen.presses(aspect)
    citizen.hears(said, SOURCE)


async def test_more_leads_on(citizen: Citizen) -> None:
    """«Xem thêm» leads to related procedures, to the field's list, to the desk, and back."""
    await citizen.says("đăng ký kết hôn")
    await citizen.presses("Xem thêm")
    citizen.sees("Làm tiếp: Đăng ký thường trú", "Khác với: Đăng ký lại kết hôn", "Các thủ tục Hộ tịch", "Gặp cán bộ")
    await citizen.presses("Quay lại thủ tục")
    citizen.hears("Anh/chị cần mang theo:", SOURCE)


async def test_follow_up_after_a_button(citizen: Citizen) -> None:
    """After a button the conversation is about its procedure."""
    await citizen.presses_id(f"c:{BIRTH}")
    await citizen.says("bao nhiêu tiền")
    citizen.hears("Đăng ký khai sinh\n\nMiễn phí", f"mã {BIRTH}")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_narrowing_to_a_checklist(meet: Meet, channel: str) -> None:
    """The leaflet's questions lead to the papers of one's own case, and back to the card."""
    citizen = meet(channel)
    await citizen.says("đăng ký kết hôn")
    await citizen.presses("Chọn đúng trường hợp của tôi")
    citizen.hears("Câu 1 trên 2. Anh/chị nộp bằng cách nào?")
    await citizen.presses("Gửi bưu chính")
    citizen.hears("Câu 2 trên 2. Nơi ở của hai bên trên VNeID có đúng không?")
    await citizen.presses("Quay lại câu trước")
    citizen.hears("Câu 1 trên 2.")
    await citizen.presses("Gửi bưu chính")
    await citizen.presses("Chưa đúng hoặc không có")
    citizen.hears(
        "• Anh/chị nộp bằng cách nào? Gửi bưu chính\n• Nơi ở của hai bên trên VNeID có đúng không? Chưa đúng hoặc không có",
        "☐ Tờ khai đăng ký kết hôn",
        "☐ Bản sao có chứng thực các giấy tờ phải xuất trình",
        f"☐ Giấy tờ chứng minh nơi cư trú (1{NB}bản{NB}chính)",
        "Không phải nộp:\n• Giấy xác nhận tình trạng hôn nhân",
        "Phí: miễn phí\nThời gian: 1 ngày làm việc",
        SOURCE,
    )
    await citizen.presses("Chọn lại")
    citizen.hears("Câu 1 trên 2.")
    await citizen.presses("Quay lại thủ tục")
    citizen.hears("Anh/chị cần mang theo:")


async def test_checklist_leaves_out_other_cases(citizen: Citizen) -> None:
    """A checklist names no paper of a case that is not one's own."""
    await citizen.presses_id(f"n:{MARRIAGE}:0.0")
    citizen.hears("☐ Tờ khai đăng ký kết hôn")
    citizen.hears_no("Bản sao có chứng thực", "Giấy tờ chứng minh nơi cư trú")


async def test_only_conditional_papers(citizen: Citizen) -> None:
    """Where every paper belongs to a case the card lists the cases, and the aspect their papers."""
    await citizen.presses_id(f"p:{PENSION}")
    citizen.hears("Giấy tờ tùy trường hợp của anh/chị:\n• Xin hưởng lần đầu\n• Đang hưởng, nay chuyển nơi ở\n\nPhí: chưa công bố")
    citizen.hears("Phần chưa công bố, anh/chị hỏi bàn một cửa: 0200 000 0000.")
    await citizen.presses("Giấy tờ cần mang")
    citizen.hears("Xin hưởng lần đầu:\n• Văn bản đề nghị hưởng trợ cấp hưu trí xã hội")
    citizen.hears_no("Cần thêm giấy tờ nếu")


async def test_unpublished_aspect(citizen: Citizen) -> None:
    """What the source does not say is said to be unpublished, with the telephone; no button leads to it."""
    await citizen.presses_id(f"a:{PENSION}:fee")
    citizen.hears("Nguồn chính thức chưa công bố mục này. Anh/chị hỏi bàn một cửa: 0200 000 0000.")
    await citizen.presses_id(f"p:{PENSION}")
    assert "Phí, lệ phí" not in citizen.labels


async def test_fee_that_differs(citizen: Citizen) -> None:
    """A card gives the first case of a long fee and names the button to the rest."""
    await citizen.presses_id(f"p:{COPY}")
    citizen.hears("(tính theo trang của bản chính). Trường hợp khác: xem “Phí, lệ phí”.\nThời gian:")
    await citizen.presses("Phí, lệ phí")
    citizen.hears("Làm ở cơ quan đại diện Việt Nam tại nước ngoài:\nTrực tiếp: 10 USD/bản")


@pytest.mark.parametrize(
    ("meaning", "said", "unsaid"),
    [
        (asked(BIRTH, Aspect.FEE, yes_no=True), "Đăng ký khai sinh\n\nKhông mất phí.\n\n", "Miễn phí"),
        (asked(COPY, Aspect.FEE, yes_no=True), "Có, mất phí.\nTrực tiếp: 2.000 đồng/trang", "Không mất"),
        (asked(BIRTH, Aspect.ONLINE, yes_no=True), "Đăng ký khai sinh\n\nCó, trên Cổng Dịch vụ công quốc gia", "nộp trực tuyến được"),
        (asked(BIRTH, Aspect.DOCUMENTS, yes_no=True), "Đăng ký khai sinh\n\nAnh/chị cần nộp:", "Không mất"),
        (asked(MARRIAGE, Aspect.CONDITIONS, yes_no=True), "Đăng ký kết hôn\n\nAi được nộp:", "Không mất"),
        (asked(MARRIAGE, Aspect.FEE), "Đăng ký kết hôn\n\nMiễn phí", "Không mất"),
    ],
)
async def test_yes_or_no_first(meant: Meet, meaning: Meaning, said: str, unsaid: str) -> None:
    """A yes-or-no question is answered by yes or no first, where the leaflet decides it, and only there."""
    citizen = meant({"?a": meaning})
    await citizen.says("?a")
    citizen.hears(said)
    citizen.hears_no(unsaid)


async def test_several_aspects(meant: Meet) -> None:
    """Several aspects come in one message, each under its name."""
    citizen = meant({"a": asked(MARRIAGE, Aspect.FEE, Aspect.TIME)})
    await citizen.says("a")
    citizen.hears("Phí, lệ phí:\nMiễn phí\n\nBao lâu có kết quả:\n1 ngày làm việc")
    assert "Phí, lệ phí" not in citizen.labels
    assert "Bao lâu có kết quả" not in citizen.labels


async def test_several_procedures(meant: Meet) -> None:
    """Several procedures come in a message each; the last one's buttons lead to the first one too."""
    citizen = meant({"a": Answer((Asked(BIRTH, (Aspect.FEE,)), Asked(COPY, (Aspect.FEE,))))})
    await citizen.says("a")
    assert [wire.title for wire in citizen.reply] == ["Đăng ký khai sinh", "Chứng thực bản sao từ bản chính"]
    await citizen.presses("Đăng ký khai sinh")
    citizen.hears(f"mã {BIRTH}")


async def test_brief(meant: Meet) -> None:
    """Shorter than usual: what to bring, fee, time."""
    citizen = meant({"a": asked(MARRIAGE, brief=True)})
    await citizen.says("a")
    citizen.hears("Mang theo: Tờ khai đăng ký kết hôn", "Phí: miễn phí\nThời gian: 1 ngày làm việc")
    citizen.hears_no("Nơi nộp", "Nhà nước ghi nhận")


async def test_sure(meant: Meet) -> None:
    """«Chắc không?» is answered by source, decision, law, and whom to call."""
    citizen = meant({"a": asked(MARRIAGE, sure=True)})
    await citizen.says("a")
    citizen.hears(
        "Thông tin này lấy từ Cổng Dịch vụ công quốc gia.",
        "Quyết định công bố: 163/QĐ-BTP",
        "• Luật Hộ tịch 60/2014/QH13",
        "Nếu còn phân vân, anh/chị gọi bàn một cửa: 0200 000 0000.",
    )


async def test_compared(meant: Meet) -> None:
    """Two procedures side by side: what tells them apart, under one source."""
    citizen = meant({"a": Answer((Asked(MARRIAGE), Asked(BIRTH)), compare=True)})
    await citizen.says("a")
    citizen.hears(
        "So sánh",
        "Đăng ký kết hôn\n• hai người đều là công dân Việt Nam sống trong nước, đăng ký lần đầu\n• 1 giấy tờ phải nộp\n"
        "• Phí: miễn phí\n• Thời gian: 1 ngày làm việc\n• mã 1.000894",
    )
    assert citizen.heard.endswith("\n\nNguồn: Cổng Dịch vụ công quốc gia · kiểm tra ngày 10/06/2026")
    citizen.sees("Đăng ký kết hôn", "Đăng ký khai sinh")


OPEN = Choose((BIRTH, "1.004884", "2.000528"))


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("words", ["2", "2.", "số 2", "câu 2", "cái thứ hai", "cai thu 2", "Đăng ký lại khai sinh", "dang ky lai khai sinh"])
async def test_choosing(meant: Meet, channel: str, words: str) -> None:
    """A question back is answered by number, ordinal or label, with buttons and without."""
    citizen = meant({"khai sinh": OPEN}, channel)
    await citizen.says("khai sinh")
    citizen.hears("Anh/chị muốn hỏi thủ tục nào? Chọn một dòng, hoặc trả lời bằng số.", "1. Đăng ký khai sinh\n", "2. Đăng ký lại khai sinh\n")
    await citizen.says(words)
    citizen.hears("Đăng ký lại khai sinh", "mã 1.004884")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_choosing_by_button(meant: Meet, channel: str) -> None:
    """A choice is made by its button, or by its number where there are none; «none of these» asks for more words."""
    citizen = meant({"khai sinh": OPEN}, channel)
    await citizen.says("khai sinh")
    await citizen.presses("Không có việc tôi cần")
    citizen.hears("Anh/chị nói rõ hơn một chút giúp tôi", "Hoặc gọi bàn một cửa: 0200 000 0000.")
    await citizen.says("khai sinh")
    await citizen.presses("Đăng ký khai sinh")
    citizen.hears(f"mã {BIRTH}")


async def test_choosing_keeps_the_aspect(meant: Meet) -> None:
    """What was asked of the procedure is answered once it is chosen."""
    citizen = meant({"phí khai sinh": Choose((BIRTH, "1.004884"), (Aspect.FEE,))})
    await citizen.says("phí khai sinh")
    await citizen.says("1")
    citizen.hears_only(f"Đăng ký khai sinh\n\nMiễn phí\n\nNguồn: Cổng Dịch vụ công quốc gia · kiểm tra ngày 10/06/2026 · mã {BIRTH}")


async def test_choosing_with_every_aspect(meant: Meet) -> None:
    """A question back after all aspects fits the 64 bytes of a choice."""
    citizen = meant({"a": Choose((BIRTH, "1.004884"), tuple(Aspect))})
    await citizen.says("a")
    await citizen.says("1")
    citizen.hears(f"mã {BIRTH}")


@pytest.mark.parametrize("words", ["9", "0", "77"])
async def test_number_that_is_not_there(meant: Meet, words: str) -> None:
    """A number outside the list is told so, and the list is shown again."""
    citizen = meant({"khai sinh": OPEN})
    await citizen.says("khai sinh")
    await citizen.says(words)
    citizen.hears("Danh sách chỉ có số 1 đến 4. Anh/chị gõ lại số, hoặc gõ điều cần hỏi.", "1. Đăng ký khai sinh")
    await citizen.says("1")
    citizen.hears(f"mã {BIRTH}")


async def test_number_beside_a_single_choice(meant: Meet) -> None:
    """A list of one line says so."""
    citizen = meant({}, "zalo_bot")
    await citizen.says("/theodoi")
    await citizen.says("2")
    citizen.hears("Danh sách chỉ có số 1. Anh/chị gõ 1, hoặc gõ điều cần hỏi.", "1. Tra cứu hồ sơ")


async def test_a_longer_number_is_no_line_of_a_list(meant: Meet) -> None:
    """A number of three digits and more is read as a message, not as a line of the list."""
    citizen = meant({"khai sinh": OPEN})
    await citizen.says("khai sinh")
    await citizen.says("0005")
    citizen.hears("Tôi chưa hiểu anh/chị cần việc gì")


async def test_broad_subject(meant: Meet) -> None:
    """A whole field is asked back with its commonest procedures and its list."""
    citizen = meant({"hộ tịch": Choose((BIRTH, MARRIAGE), field="Hộ tịch")})
    await citizen.says("hộ tịch")
    citizen.hears("Lĩnh vực Hộ tịch có nhiều thủ tục. Anh/chị cần việc nào?")
    await citizen.presses("Cả danh sách Hộ tịch")
    citizen.hears("Hộ tịch", "Thủ tục 1 đến 8 trong 28. Anh/chị chọn một thủ tục:")


async def test_unknown(meant: Meet) -> None:
    """What is not understood is not guessed: an example, the desk's telephone, the list."""
    citizen = meant({})
    await citizen.says("xyz")
    citizen.hears_only(
        "Tôi chưa hiểu anh/chị cần việc gì, nên không dám trả lời bừa.\n"
        "Anh/chị thử nói ngắn gọn tên việc, ví dụ “làm giấy khai sinh cho con”, hoặc chọn bên dưới.\n"
        "Cần người thật, anh/chị gọi bàn một cửa: 0200 000 0000."
    )
    citizen.sees("Danh sách thủ tục", "Gặp cán bộ")


async def test_elsewhere(meant: Meet) -> None:
    """The matter of another body: whose it is, with the source, and the desk."""
    citizen = meant({"a": Unknown("visa")})
    await citizen.says("a")
    citizen.hears("Visa, thị thực", "hỏi đại sứ quán, lãnh sự quán nước đó", "Nguồn: ")
    citizen.sees("Gặp cán bộ")


async def test_refused(meant: Meet) -> None:
    """What the bot will not do is said without title or source, with a way on."""
    citizen = meant({"a": Unknown("nau-an")})
    await citizen.says("a")
    citizen.hears_no("Nguồn:", "Nấu ăn, mẹo vặt")
    citizen.sees("Danh sách thủ tục", "Tra cứu hồ sơ")


async def test_general_leaflet(meant: Meet) -> None:
    """A question beyond a single procedure gets its leaflet, a line a sentence, and the desk."""
    citizen = meant({"a": Other("lay-mau-don")})
    await citizen.says("a")
    citizen.hears("Lấy mẫu đơn, tờ khai ở đâu", "• Nộp qua mạng thì khai ngay trên màn hình, không cần in.")
    citizen.sees("Gặp cán bộ")


OLD, NEW = "1.011606", "1.116214"


@pytest.mark.parametrize("way", ["p:{}", "a:{}:fee", "m:{}", "c:{}", "n:{}", "n:{}:0"])
async def test_after_its_validity(citizen: Citizen, clock: Clock, way: str) -> None:
    """From 2027 the leaflet 1.011606 is not answered from, by whatever button; the one that follows it is offered."""
    clock.now = dt.datetime(2027, 1, 4, 9, tzinfo=ZONE)
    await citizen.presses_id(way.format(OLD))
    citizen.hears_no("Anh/chị cần", "☐", "miễn phí")
    citizen.hears(
        "Thủ tục này đã hết hiệu lực, nên tôi không hướng dẫn theo tờ cũ nữa. "
        "Anh/chị gọi bàn một cửa để được chỉ đúng thủ tục đang áp dụng: 0200 000 0000.",
        "Thủ tục này có hiệu lực đến 31/12/2026.",
    )
    citizen.sees("Hộ nghèo định kỳ (chuẩn mới 2027)")


@pytest.mark.parametrize("way", ["p:{}", "a:{}:documents", "m:{}"])
async def test_before_its_validity(citizen: Citizen, way: str) -> None:
    """Before 2027 the leaflet 1.116214 is not answered from; the one in force is offered."""
    await citizen.presses_id(way.format(NEW))
    citizen.hears(
        "Thủ tục này chỉ có hiệu lực từ 01/01/2027, nên tôi chưa hướng dẫn được. "
        "Anh/chị gọi bàn một cửa để được chỉ đúng thủ tục đang áp dụng: 0200 000 0000."
    )
    citizen.sees("Hộ nghèo: định kỳ hằng năm")


@pytest.mark.parametrize("more", [{}, {"sure": True}, {"brief": True}, {"compare": True}])
async def test_validity_of_what_is_asked_in_words(meant: Meet, clock: Clock, more: dict[str, bool]) -> None:
    """A question in words is not answered from a lapsed leaflet either."""
    clock.now = dt.datetime(2027, 1, 4, 9, tzinfo=ZONE)
    citizen = meant({"a": Answer((Asked(OLD), Asked(MARRIAGE)), **more)})
    await citizen.says("a")
    citizen.hears("Thủ tục này đã hết hiệu lực")


async def test_last_day_of_validity(citizen: Citizen, clock: Clock) -> None:
    """On its last day the leaflet holds, and says until when."""
    clock.now = dt.datetime(2026, 12, 31, 16, tzinfo=ZONE)
    await citizen.presses_id(f"p:{OLD}")
    citizen.hears("Phí: miễn phí", "Thủ tục này có hiệu lực đến 31/12/2026.")


async def test_due_day(citizen: Citizen) -> None:
    """The appointed day is reckoned from the published time, for today and for the next days."""
    await citizen.presses_id(f"a:{MARRIAGE}:time")
    await citizen.presses("Nộp hôm nay thì hẹn ngày nào?")
    citizen.hears("1 ngày làm việc\n→ nhận lúc 9:00 thứ Hai 23/11/2026", "ngày hẹn chính thức ghi trên giấy hẹn.")
    await citizen.presses("Nếu nộp thứ Tư 25/11/2026")
    citizen.hears("→ nhận lúc 7:30 thứ Tư 25/11/2026", "→ hẹn trả thứ Năm 26/11/2026")


@pytest.mark.parametrize(
    ("id_", "said"),
    [
        (f"p:{MARRIAGE}", "Please bring:\n• Tờ khai"),
        (f"a:{MARRIAGE}:documents", "Please hand in:\n• Tờ khai"),
        (f"a:{MARRIAGE}:conditions", "Who may file:\n• Hai bên nam, nữ"),
        (f"m:{MARRIAGE}", "What would you like to see?"),
        (f"n:{MARRIAGE}", "Question 1 of 2. Anh/chị nộp bằng cách nào?"),
        (f"p:{PENSION}", "For what is not published, ask the one-stop desk: 0200 000 0000."),
        (f"p:{COPY}", "For other cases see “Fees”."),
    ],
)
async def test_english_frame(citizen: Citizen, id_: str, said: str) -> None:
    """In English the frame is English, dates too; the leaflet is said to be Vietnamese."""
    await citizen.says("/language en")
    await citizen.presses_id(id_)
    citizen.hears(said)
    if not id_.startswith("n:"):
        citizen.hears("Source: ", "checked on ", " 2026 · code ", "\nThe leaflet is in Vietnamese only.")
    citizen.hears_no("Anh/chị cần mang theo", "Nguồn:", "kiểm tra ngày", "/2026")
