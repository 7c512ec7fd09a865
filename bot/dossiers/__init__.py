"""Dossiers: their codes, the ten statuses, and the exports they come from."""
