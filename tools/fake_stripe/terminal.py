"""Card readers that exist nowhere: they are asked, somebody taps, they tell what came of it.

Every reader is online from the start. `tmr_simulated_desk_1`, `…_2` and so on need not be
registered. No peer for this exists; the replies are checked against the Stripe library's types.
"""

import re
import secrets
import time
from typing import Any

from tools.fake_stripe.answers import Answer, Refused, missing
from tools.fake_stripe.cards import DECLINES, Cards

HOUSE_LOCATION = "tml_simulated_house"
HOUSE_READER = re.compile(r"tmr_simulated_desk_[1-9][0-9]{0,5}")
APPROVED_CARD = "4242424242424242"


class Terminal:
    """Locations and readers since the start."""

    def __init__(self, cards: Cards) -> None:
        self._cards = cards
        self._locations: dict[str, dict[str, Any]] = {}
        self._readers: dict[str, dict[str, Any]] = {}
        self._add_location(HOUSE_LOCATION, {"display_name": "Simulated desk"})

    async def ask(self, method: str, path: str, parameters: dict[str, Any]) -> Answer:
        """Answer a checked request.

        Raises:
            Refused: it cannot be done now, or this fake does not do it.
        """
        parts = [
            part for part in path.removeprefix("/v1/").split("/") if part not in ("test_helpers", "terminal")
        ]
        what, identifier, verb = [*parts, "", ""][:3]
        match method, what, bool(identifier), verb:
            case "POST", "locations", False, _:
                made = self._add_location(f"tml_{secrets.token_hex(8)}", parameters)
            case "POST", "readers", False, _:
                made = self._register(parameters)
            case "GET", ("locations" | "readers"), False, _:
                rows = self._locations if what == "locations" else self._readers
                data = list(rows.values())
                made = {"object": "list", "data": data, "has_more": False, "url": path}
            case "GET", "locations", True, "":
                made = self._location(identifier)
            case "GET", "readers", True, "":
                made = self._reader(identifier)
            case "POST", "readers", True, "process_payment_intent":
                made = await self._process(identifier, parameters)
            case "POST", "readers", True, "cancel_action":
                made = self._stop(identifier)
            case "POST", "readers", True, "present_payment_method":
                card = parameters.get("card_present", {}).get("number", APPROVED_CARD)
                made = await self.tap(identifier, card)
            case _:
                raise Refused(404, f"This fake does not do {method} {path}.")
        return Answer(200, made)

    def set_status(self, reader_id: str, status: str) -> None:
        """Switch a reader on or off: `online`, `offline`."""
        self._reader(reader_id)["status"] = status

    async def tap(self, reader_id: str, number: str) -> dict[str, Any]:
        """Hold a card to a reader that asks for one.

        Raises:
            Refused: it does not ask.
        """
        reader = self._reader(reader_id)
        action = reader["action"]
        if action is None or action["status"] != "in_progress":
            raise Refused(400, "The reader is not asking for a card.", code="intent_invalid_state")
        intent_id = action["process_payment_intent"]["payment_intent"]
        if (await self._cards.intent(intent_id))["status"] != "requires_payment_method":
            _fail(action, "payment_intent_unexpected_state", "The payment has ended.")
            return reader
        answer = await self._cards.tap(intent_id, number)
        if answer.status == 200:
            action["status"] = "succeeded"
        elif number in DECLINES:
            _fail(action, "card_declined", answer.body["error"]["message"])
        else:
            raise RuntimeError(f"localstripe did not take the card: {answer}")
        return reader

    async def _process(self, reader_id: str, parameters: dict[str, Any]) -> dict[str, Any]:
        reader = self._reader(reader_id)
        if reader["status"] == "offline":
            raise Refused(400, "The reader is offline.", code="terminal_reader_offline")
        if reader["action"] is not None and reader["action"]["status"] == "in_progress":
            raise Refused(400, "The reader is busy.", code="terminal_reader_busy")
        intent = await self._cards.intent(parameters["payment_intent"])
        if "card_present" not in self._cards.kinds(intent["id"]):
            raise Refused(
                400, "A reader takes only card_present.", code="payment_intent_incompatible_payment_method"
            )
        if intent["status"] != "requires_payment_method" or intent["last_payment_error"] is not None:
            raise Refused(
                400,
                f"The PaymentIntent has a status of {intent['status']} and cannot be processed.",
                code="payment_intent_unexpected_state",
            )
        asked = {"payment_intent": intent["id"]}
        if "process_config" in parameters:
            asked["process_config"] = _typed(parameters["process_config"])
        reader["action"] = {
            "type": "process_payment_intent",
            "status": "in_progress",
            "failure_code": None,
            "failure_message": None,
            "api_error": None,
            "process_payment_intent": asked,
        }
        return reader

    def _stop(self, reader_id: str) -> dict[str, Any]:
        reader = self._reader(reader_id)
        if reader["action"] is not None and reader["action"]["status"] == "in_progress":
            reader["action"] = None
        return reader

    def _register(self, parameters: dict[str, Any]) -> dict[str, Any]:
        if not parameters["registration_code"].startswith("simulated-"):
            raise Refused(400, "Only simulated readers exist here.", param="registration_code")
        place = parameters.get("location", HOUSE_LOCATION)
        self._location(place)
        label = parameters.get("label", "Simulated reader")
        return self._add_reader(f"tmr_{secrets.token_hex(8)}", label, place, parameters.get("metadata", {}))

    def _location(self, location_id: str) -> dict[str, Any]:
        if location_id not in self._locations:
            raise missing("terminal location", location_id)
        return self._locations[location_id]

    def _reader(self, reader_id: str) -> dict[str, Any]:
        if reader_id not in self._readers:
            if not HOUSE_READER.fullmatch(reader_id):
                raise missing("terminal reader", reader_id)
            self._add_reader(reader_id, "Simulated desk reader", HOUSE_LOCATION, {})
        self._readers[reader_id]["last_seen_at"] = int(time.time() * 1000)  # noqa: TID251 - the fake's own clock
        return self._readers[reader_id]

    def _add_location(self, location_id: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._locations[location_id] = {
            "id": location_id,
            "object": "terminal.location",
            "address": parameters.get("address", {"country": "US"}),
            "display_name": parameters.get("display_name", ""),
            "livemode": False,
            "metadata": parameters.get("metadata", {}),
        }
        return self._locations[location_id]

    def _add_reader(
        self, reader_id: str, label: str, location_id: str, metadata: dict[str, Any]
    ) -> dict[str, Any]:
        self._readers[reader_id] = {
            "id": reader_id,
            "object": "terminal.reader",
            "action": None,
            "device_sw_version": None,
            "device_type": "simulated_wisepos_e",
            "ip_address": "127.0.0.1",
            "label": label,
            "last_seen_at": None,
            "livemode": False,
            "location": location_id,
            "metadata": metadata,
            "serial_number": f"SIM-{reader_id[-8:]}",
            "status": "online",
        }
        return self._readers[reader_id]


def _fail(action: dict[str, Any], code: str, message: str) -> None:
    action["status"], action["failure_code"], action["failure_message"] = "failed", code, message


def _typed(value: Any) -> Any:
    """What was sent as text, as the reply tells it: truths and whole numbers."""
    if isinstance(value, dict):
        return {name: _typed(part) for name, part in value.items()}
    if value in ("true", "false"):
        return value == "true"
    return int(value) if isinstance(value, str) and value.isdecimal() else value
