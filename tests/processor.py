"""The pretended card processor as a program of its own, for tests that take cards."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from spa_pos.settings import PROJECT

KEY = "sk_test_tests0000"


@dataclass(frozen=True)
class Processor:
    """A running one. Its state is shared by all tests of a worker: give each its own reader."""

    address: str

    def fault(self, on: str, what: str, times: int = 1, **more: object) -> None:
        """Plan what happens to the next requests that begin with `on`, such as `GET /v1/payment_intents`."""
        self._tell("fault", {"on": on, "what": what, "times": times, **more})

    def no_more_faults(self) -> None:
        """Take back what was planned and did not happen."""
        self._tell("fault", {"times": 0})

    def switch_reader(self, reader: str, status: str) -> None:
        """`online` or `offline`."""
        self._tell("reader", {"id": reader, "status": status})

    def charges(self, attempt: object | None = None) -> list[dict[str, Any]]:
        """Every charge that moved money, or those of one attempt."""
        answer = httpx.get(f"{self.address}/_control/charges", trust_env=False).raise_for_status()
        return [
            charge
            for charge in answer.json()["charges"]
            if charge["paid"] and (attempt is None or charge["metadata"].get("attempt") == str(attempt))
        ]

    def refunds(self) -> list[dict[str, Any]]:
        """Every refund, newest first."""
        found: list[dict[str, Any]] = []
        while True:
            after = {"starting_after": found[-1]["id"]} if found else {}
            headers = {"Authorization": f"Bearer {KEY}"}
            asked = {"limit": 100, **after}
            answer = httpx.get(
                f"{self.address}/v1/refunds", params=asked, headers=headers, trust_env=False
            ).raise_for_status()
            page = answer.json()
            found += page["data"]
            if not page["has_more"]:
                return found

    def intents(self, attempt: object) -> list[str]:
        """The states of all payments that were announced for an attempt."""
        answer = httpx.get(
            f"{self.address}/v1/payment_intents",
            params={"limit": 10_000},
            headers={"Authorization": f"Bearer {KEY}"},
            trust_env=False,
        ).raise_for_status()
        found = answer.json()["data"]
        return [one["status"] for one in found if one["metadata"].get("attempt") == str(attempt)]

    def set_clock(self, now: datetime | None) -> None:
        """What is charged and given back from now on, it says was then; None: at the machine's time."""
        self._tell("clock", {"now": None if now is None else int(now.timestamp())})

    def remind(self, **past: list[dict[str, object]]) -> None:
        """What it did before it was started: `charges`, `refunds`, `cards`."""
        self._tell("past", dict(past))

    def charge(self, amount_cents: int) -> str:
        """Charge a card as somebody does in the processor's own pages; gives the id of the payment."""
        card = {"payment_method": "pm_card_visa", "confirm": "true", "amount": amount_cents}
        kinds = {"currency": "usd", "allowed_payment_method_types[0]": "card"}
        return str(self._post("payment_intents", {**card, **kinds})["id"])

    def give_back(self, payment_id: str, amount_cents: int, *, part: object = "") -> str:
        """Give money back as somebody does in the processor's own pages; gives the id of the refund."""
        asked = {"payment_intent": payment_id, "amount": amount_cents}
        return str(self._post("refunds", asked | ({"metadata[refund]": str(part)} if part else {}))["id"])

    def _post(self, what: str, sent: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = httpx.post(f"{self.address}/v1/{what}", data=sent, headers=headers, trust_env=False)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def _tell(self, what: str, asked: dict[str, Any]) -> None:
        httpx.post(f"{self.address}/_control/{what}", json=asked, trust_env=False).raise_for_status()


@contextlib.contextmanager
def pretended_processor(*, bare: bool = False) -> Iterator[Processor]:
    """Inside the block it answers; `bare` is localstripe without our layer."""
    command = [sys.executable, "-m", "tools.fake_stripe", "--port", "0", *(["--bare"] if bare else [])]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            words = child.stdout.readline().split()
            assert words[:2] == ["listening", "on"], f"the pretended processor says {words}"
            yield Processor(words[2])
        finally:
            child.terminate()
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
