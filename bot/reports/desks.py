"""What the QR code of a desk says, made by `motcua qr` and read by the dialogues."""

from knowledge.model import Desk, Office


def desk_payload(office: Office, desk: Desk) -> str:
    """The payload of a deep link to a desk: at most 64 of A-Z, a-z, 0-9, _ and -, as Telegram allows. It names no clerk."""
    return f"desk_{office.code}_{desk.id}"
