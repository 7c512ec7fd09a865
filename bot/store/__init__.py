"""The store: tables, migrations, and a function a question. Functions take a connection; transactions belong to the caller."""

from bot.store.database import Database, StoreError

__all__ = ["Database", "StoreError"]
