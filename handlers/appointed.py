"""«Vì sao hẹn ngày này»: how a dossier's appointed day was reckoned, for whoever has proved the dossier."""

from __future__ import annotations

from bot.chat import Choice, Say
from bot.store import dossiers
from bot.turn import Reply, Turn
from handlers import dossier, duedate, show, standing


async def why(turn: Turn) -> Reply | None:
    """The reckoning from the moment of receipt, a step a line; any other dossier is asked for its four digits first."""
    t, code = turn.t, turn.arguments[0] if turn.arguments else ""
    if code not in await dossiers.proved_codes(turn.db, turn.chat, turn.now):
        return await dossier.details(turn)
    found = await dossiers.find(turn.db, turn.chat.office, code)
    leaflet = standing.leaflet_of(turn, found) if found else None
    if found is None or leaflet is None or not duedate.can_explain(found, leaflet):
        return None
    choices = (Choice(t("Xem lại hồ sơ"), f"d:{code}"), Choice(t("Tờ hướng dẫn thủ tục này"), f"p:{leaflet.code}"))
    say = Say(duedate.explain(turn, found, leaflet), standing.title(t, found), show.source(turn, leaflet), choices)
    return Reply((say,), subject=dossier.SUBJECT)
