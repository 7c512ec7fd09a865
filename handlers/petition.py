"""A petition: first what it is, then the words; the other steps are in petition_details and petition_sending.

Routes of domain rules, section 6: petitions are taken here, complaints and denunciations are told where to go, danger goes first."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Choice, Say
from bot.dossiers.codes import find, without
from bot.petitions.rules import TEXT_LEAST, TEXT_MOST
from bot.petitions.steps import Draft
from bot.petitions.wording import plain
from bot.store import drafts, petitions
from bot.turn import Reply, Turn
from handlers import office, offices, petition_details, petition_sending, questions, wording
from handlers.petition_draft import TELLS, draft_of, dropped, editing, leave, limit_text, private, saved
from knowledge.understand.grievance import Grievance
from knowledge.understand.meaning import Answer
from knowledge.words import fold

QUOTED = 200
QUESTION_MOST = 12  # words; what is longer and names a procedure is still a story


async def begin(turn: Turn) -> Reply:
    """The way in: an unfinished draft first, else what it is about. Words that already tell it are kept as the draft."""
    if turn.undecided:
        return await offices.ask(turn)
    if refused := await _too_many(turn):
        return refused
    kept = await drafts.find(turn.db, turn.key, turn.chat, turn.now)
    if kept and kept.draft.text:
        return _resume(turn, kept.draft)
    text = plain(turn.text)
    tells = not text.startswith("/") and not turn.incoming.choice and len(text.split()) >= TELLS and len(text) >= TEXT_LEAST
    return await _judged(turn, Draft(text), sure=False) if tells else _kinds(turn)


async def _too_many(turn: Turn) -> Reply | None:
    own = await petitions.of_sender(turn.db, turn.key, turn.chat, turn.now.replace(hour=0, minute=0, second=0, microsecond=0))
    if len(own) < turn.rules.per_day:
        return None
    return private(Say(limit_text(turn), choices=(Choice(turn.t("Phản ánh của tôi"), "k:mine"),)))


def _resume(turn: Turn, draft: Draft) -> Reply:
    t = turn.t
    text = t("Anh/chị đang viết dở một phản ánh:") + f"\n“{_short(draft.text)}”"
    choices = (Choice(t("Viết tiếp"), "k:resume"), Choice(t("Bỏ, viết cái mới"), "k:fresh"), Choice(t("Bỏ"), "cancel"))
    return private(Say(text, choices=choices), step="petition.resume")


def _short(text: str) -> str:
    return text if len(text) <= QUOTED else text[:QUOTED].rstrip() + "…"


async def resume(turn: Turn) -> Reply | None:
    """On with the unfinished draft."""
    draft = await draft_of(turn)
    return await petition_details.next_step(turn, draft, petition_details.PHOTOS) if draft.text else None


async def fresh(turn: Turn) -> Reply | None:
    """The unfinished draft is left for a new one."""
    draft = await draft_of(turn)
    return replace(_kinds(turn), effects=(dropped(turn, draft.photos),))


async def resume_step(turn: Turn) -> Reply | None:
    """Other words than a choice between the draft and a new one: asked again, or left for a question."""
    draft = await draft_of(turn)
    return _resume(turn, draft) if draft.text and len(turn.text.split()) < TELLS else None


def _kinds(turn: Turn) -> Reply:
    t = turn.t
    lines = (
        t("Phản ánh, kiến nghị: chậm trễ, phiền hà, thái độ, đường, rác, đèn, quy định chưa hợp lý. Gửi ngay tại đây, có mã và có trả lời."),
        t("Khiếu nại: quyết định, việc làm của cơ quan động đến quyền lợi của chính anh/chị."),
        t("Tố cáo: báo một người làm sai. Không gửi vào đây, để giữ kín tên anh/chị."),
    )
    text = wording.bullets(lines) + "\n\n" + t("Việc của anh/chị là gì? Chọn giúp tôi, hoặc viết luôn điều muốn phản ánh.")
    choices = (
        Choice(t("Phản ánh, kiến nghị"), "k:kind:phan-anh"),
        Choice(t("Khiếu nại"), "k:kind:khieu-nai"),
        Choice(t("Tố cáo"), "k:kind:to-cao"),
        Choice(t("Hỏi thủ tục"), "k:kind:hoi-dap"),
        Choice(t("Có người gặp nguy hiểm"), "k:kind:nguy-hiem"),
        Choice(t("Phản ánh của tôi"), "k:mine"),
        leave(turn),
    )
    return private(Say(text, t("Gửi phản ánh, kiến nghị"), choices=choices), step="petition.kind")


async def kind(turn: Turn) -> Reply | None:
    """What the citizen says that it is."""
    draft = await draft_of(turn)
    match turn.arguments[1] if len(turn.arguments) > 1 else "":
        case "phan-anh":
            return await petition_details.next_step(turn, draft, petition_details.PHOTOS) if draft.text else ask_text(turn)
        case "khieu-nai":
            return _complaint(turn)
        case "to-cao":
            return replace(_denunciation(turn), effects=(dropped(turn, draft.photos),))
        case "hoi-dap":
            return await _question(turn, draft)
        case "nguy-hiem":
            return replace(await office.emergency(turn), private=True)
    return None


def _complaint(turn: Turn) -> Reply:
    t, address = turn.t, turn.knowledge.office.address
    lines = (
        t("Gửi đơn cho chính nơi đã ra quyết định hoặc có việc làm đó. Lần đầu được giải quyết trong 30 ngày kể từ ngày thụ lý."),
        t("Việc của xã: nộp tại {address}, hoặc gọi {phone} hỏi lịch tiếp công dân.", address=address, phone=wording.telephones(turn)),
        t("Mang theo quyết định và giấy tờ liên quan. Đơn ghi rõ tên, địa chỉ và có chữ ký."),
    )
    choices = (Choice(t("Vẫn gửi là phản ánh"), "k:kind:phan-anh"), Choice(t("Khác nhau thế nào?"), "g:khieu-nai-to-cao-kien-nghi"))
    return private(Say(wording.bullets(lines), t("Khiếu nại"), t("Nguồn: Luật Khiếu nại 2011"), choices), step="petition.kind")


def _denunciation(turn: Turn) -> Reply:
    t = turn.t
    lines = (
        t("Tôi không nhận tố cáo trong khung chat, và không giữ lại điều anh/chị vừa viết."),
        t("Gửi đơn, hoặc đến trình bày trực tiếp, với người đứng đầu cơ quan quản lý người bị tố cáo; việc có dấu hiệu tội phạm thì báo công an."),
        t("Tại xã: phòng tiếp công dân, {address}. Hỏi lịch: {phone}.", address=turn.knowledge.office.address, phone=wording.telephones(turn)),
        t("Họ tên, địa chỉ, bút tích của người tố cáo được giữ bí mật theo Luật Tố cáo; bị đe doạ thì báo ngay nơi nhận đơn hoặc gọi 113."),
        t("Xin đừng kể chuyện này trong nhóm chat. Anh/chị nên xoá tin đã gửi khỏi máy."),
    )
    choices = (Choice(t("Không phải tố cáo, viết lại"), "k:edit:text"), Choice(t("Khác nhau thế nào?"), "g:khieu-nai-to-cao-kien-nghi"))
    return private(Say(wording.bullets(lines), t("Tố cáo"), t("Nguồn: Luật Tố cáo 2018"), choices))


async def _question(turn: Turn, draft: Draft) -> Reply:
    """The words as a question; where there are none yet, they are asked for."""
    if not draft.text:
        return private(Say(turn.t("Anh/chị cứ gõ câu hỏi, ví dụ “làm giấy khai sinh cần gì”.")))
    asked = replace(turn, incoming=replace(turn.incoming, text=draft.text, choice=""))
    reply = await questions.understood(asked, turn.library.understanding.read(draft.text, turn.state.topic))
    return replace(reply, effects=(*reply.effects, dropped(turn, draft.photos)), private=True)


def ask_text(turn: Turn) -> Reply:
    """Asks for the words."""
    t = turn.t
    text = t("Anh/chị kể chuyện gì, ở đâu, từ bao giờ, và mong xã làm gì. Viết một tin, chưa gửi đi ngay đâu.")
    text += "\n" + t("Không cần ghi tên, số điện thoại hay số căn cước ở đây.")
    return private(Say(text, t("Viết phản ánh"), choices=(leave(turn),)), step="petition.text", data=editing(turn))


async def edit_text(turn: Turn) -> Reply:
    """The words anew; the rest of the draft stays."""
    draft = await draft_of(turn)
    reply = ask_text(turn)
    return replace(reply, data={**reply.data, "back": True}) if draft.text else reply


async def text_step(turn: Turn) -> Reply | None:
    """The words: kept as a draft, and asked about where they sound like something else."""
    t, words = turn.t, plain(turn.text)
    if len(words) < TEXT_LEAST:
        text = t("Anh/chị viết rõ hơn một chút giúp tôi, để cán bộ hiểu chuyện gì và ở đâu.")
        return private(Say(text, choices=(leave(turn),)), step=turn.state.step, data=turn.state.data)
    return await _judged(turn, replace(await draft_of(turn), text=words[:TEXT_MOST]), sure=True, cut=len(words) > TEXT_MOST)


async def _judged(turn: Turn, draft: Draft, *, sure: bool, cut: bool = False) -> Reply:
    """On with the words where they are a petition for sure; a denunciation is not even kept."""
    found = turn.library.understanding.grievance(draft.text)
    if found is Grievance.DENUNCIATION:
        return _denunciation(turn)
    if not draft.dossier and (codes := [f.code for f in find(draft.text, turn.now.date()) if not f.fault]):
        draft = replace(draft, dossier=codes[0])
    draft = replace(draft, text=without(draft.text, turn.t("[mã hồ sơ]")))
    if found is Grievance.PETITION and sure:
        most = turn.t.number(TEXT_MOST)
        note = turn.t("Phản ánh dài quá {n} ký tự nên tôi giữ phần đầu. Phần còn lại anh/chị gửi thêm sau.", n=most) if cut else ""
        back = bool(turn.state.data.get("back"))
        reply = petition_sending.preview(turn, draft) if back else await petition_details.next_step(turn, draft, petition_details.PHOTOS)
        says = (Say(note), *reply.says) if note else reply.says
        return replace(reply, says=says, effects=(saved(turn, draft), *reply.effects))
    return replace(_unsure(turn, draft, found), effects=(saved(turn, draft),))


def _unsure(turn: Turn, draft: Draft, found: Grievance) -> Reply:
    t = turn.t
    petition = Choice(t("Gửi là phản ánh"), "k:kind:phan-anh")
    complaint, denunciation = Choice(t("Là khiếu nại"), "k:kind:khieu-nai"), Choice(t("Là tố cáo"), "k:kind:to-cao")
    question = Choice(t("Là câu hỏi, trả lời tôi"), "k:kind:hoi-dap")
    asked, others = {
        Grievance.MAYBE_DENUNCIATION: (t("Anh/chị muốn tố cáo một người, hay phản ánh để xã chấn chỉnh?"), (denunciation,)),
        Grievance.COMPLAINT: (t("Đây có phải là khiếu nại về quyền lợi của chính anh/chị không?"), (complaint,)),
        Grievance.MAYBE_COMPLAINT: (t("Anh/chị khiếu nại về quyền lợi của chính mình, hay phản ánh chung?"), (complaint,)),
        Grievance.QUESTION: (t("Anh/chị hỏi thủ tục, hay muốn phản ánh với xã?"), (question,)),
    }.get(found, (t("Anh/chị muốn gửi điều này tới xã thành một phản ánh có mã, có trả lời?"), (complaint, denunciation, question)))
    text = f"“{_short(draft.text)}”\n\n{asked}\n" + t("Chưa có gì được gửi đi.")
    return private(Say(text, choices=(petition, *others, leave(turn))), step="petition.kind")


async def kind_step(turn: Turn) -> Reply | None:
    """Words where a kind was asked for are the petition itself, unless there are words already."""
    count = len(turn.text.split())
    if count < TELLS - 2 or (await draft_of(turn)).text:
        return None
    known = turn.library.understanding
    may_ask = count < QUESTION_MOST and known.grievance(turn.text) is Grievance.PETITION
    if may_ask and isinstance(known.read(turn.text, turn.state.topic).meaning, Answer):
        draft = Draft(plain(turn.text))
        return replace(_unsure(turn, draft, Grievance.QUESTION), effects=(saved(turn, draft),))
    return await text_step(turn)


async def preview_step(turn: Turn) -> Reply | None:
    """A yes in words sends; other words are what is to be changed, so the preview is shown with its buttons."""
    said = fold(turn.text).strip(" .!,")
    if said in _YES:
        return await petition_sending.send(turn)
    draft = await draft_of(turn)
    if len(said.split()) >= TELLS:
        return await text_step(replace(turn, state=replace(turn.state, data={**turn.state.data, "back": True})))
    return petition_sending.preview(turn, draft) if draft.text else None


_YES = frozenset({"gui", "gui di", "gui nhe", "gui luon", "ok", "oke", "dong y", "co", "vang", "u", "duoc", "send", "yes"})
