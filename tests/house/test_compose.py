"""compose.yaml: what it sets is known to the program, and what it refers to is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8")))


def test_two_workers_a_database_and_a_proxy(compose: dict[str, Any]) -> None:
    """The workers are alike, wait for the database, and are both behind the proxy."""
    services = compose["services"]
    assert set(services) == {"database", "worker1", "worker2", "proxy"}
    assert services["worker1"] == services["worker2"]
    assert services["worker1"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert re.findall(r"--to (\w+):(\d+)", services["proxy"]["command"]) == [("worker1", "8080"), ("worker2", "8080")]
    assert set(services["proxy"]["depends_on"]) == {"worker1", "worker2"}


def test_every_setting_is_known(compose: dict[str, Any]) -> None:
    """No name of the environment is misspelt."""
    known = {f"MOTCUA_{name.upper()}" for name in Settings.model_fields}
    names = set(compose["services"]["worker1"]["environment"])
    assert {name.removesuffix("_FILE") for name in names} <= known
    assert compose["services"]["worker1"]["environment"]["MOTCUA_HTTP"].endswith(":8080")


def test_every_secret_and_volume_is_declared(compose: dict[str, Any]) -> None:
    """What a service mounts or reads stands at the end of the file."""
    for service in compose["services"].values():
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
        assert {volume.split(":")[0] for volume in service.get("volumes", ())} <= set(compose["volumes"])
        for value in service.get("environment", {}).values():
            assert not value.startswith("/run/secrets/") or value.removeprefix("/run/secrets/") in service["secrets"]


def test_a_stop_has_the_time_that_it_takes(compose: dict[str, Any]) -> None:
    """A worker stops within ten seconds: it is given twenty before it is killed."""
    assert compose["services"]["worker1"]["stop_grace_period"] == "20s"
    assert "STOPSIGNAL SIGTERM" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
