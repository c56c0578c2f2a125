"""Payments by card: localstripe's, with its known faults mended and today's fields filled in.

localstripe approves Stripe's decline cards unless they were attached first, forgets
`amount_received` and more, and says `Bad request` where Stripe names the state. It cannot take a
second card on a payment that was declined once; nor can this.
"""

from dataclasses import dataclass, field
from typing import Any

from tools.fake_stripe.answers import Answer, Refused, missing
from tools.fake_stripe.lists import Lists
from tools.fake_stripe.localstripe_peer import Localstripe

DECLINING_FOR_LOCALSTRIPE = "4000000000000341"
"""The one number that localstripe declines when it is charged."""

DECLINES = {
    "4000000000000002": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000009987": "lost_card",
    "4000000000009979": "stolen_card",
    "4000000000000069": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "4000000000000119": "processing_error",
    "4000000000000341": "generic_decline",
    "4000002760003184": "authentication_required",
}
APPROVED = (
    "4242424242424242",
    "4000056655665556",
    "5555555555554444",
    "2223003122003222",
    "6011111111111117",
)
KEPT_THOUGH_DECLINED = frozenset({"4000000000000341", "4000002760003184"})
"""Cards that can be put on file and are declined only when they are charged."""

TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_chargeDeclined": "4000000000000002",
}
"""The processor's names for test cards, so that no page has to send a number."""

OWN_CODES = frozenset({"authentication_required", "expired_card", "incorrect_cvc", "processing_error"})
BRANDS = {"4": "visa", "5": "mastercard", "2": "mastercard", "6": "discover"}

TAKEN = {
    "create": frozenset(
        {"amount", "currency", "customer", "payment_method", "metadata", "capture_method", "confirm"}
    ),
    "update": frozenset({"metadata", "payment_method", "customer"}),
    "setup": frozenset({"customer", "usage", "metadata"}),
    "capture": frozenset({"amount_to_capture"}),
}
"""What localstripe can be told of a payment; the rest, already checked, is dropped."""

INTENT_FIELDS: dict[str, Any] = {
    "amount_capturable": 0,
    "amount_details": {"tip": {}},
    "application": None,
    "application_fee_amount": None,
    "automatic_payment_methods": None,
    "canceled_at": None,
    "cancellation_reason": None,
    "confirmation_method": "automatic",
    "description": None,
    "on_behalf_of": None,
    "processing": None,
    "receipt_email": None,
    "review": None,
    "setup_future_usage": None,
    "shipping": None,
    "source": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer_data": None,
    "transfer_group": None,
}
CHARGE_FIELDS: dict[str, Any] = {
    "application": None,
    "billing_details": {"address": None, "email": None, "name": None, "phone": None},
    "disputed": False,
    "fraud_details": {},
    "on_behalf_of": None,
    "outcome": None,
    "receipt_url": None,
    "review": None,
    "shipping": None,
    "source_transfer": None,
    "transfer_data": None,
    "transfer_group": None,
}
CHARGE_EXTRAS = frozenset({"invoice"})
INTENT_EXTRAS = frozenset({"charges", "invoice"})


@dataclass
class Known:
    """What the layer remembers of a payment because localstripe does not."""

    kinds: list[str] = field(default_factory=lambda: ["card"])
    number: str = ""
    present: bool = False


class Cards:
    """Payments, their charges and the cards that pay them."""

    def __init__(self, peer: Localstripe) -> None:
        self._peer = peer
        self.lists = Lists()
        self._intents: dict[str, Known] = {}
        self._numbers: dict[str, str] = {}
        self._stand_ins: dict[str, str] = {}
        self._before: dict[str, str] = {}

    async def ask(self, method: str, path: str, parameters: dict[str, Any]) -> Answer:
        """Hand a checked request on and mend the answer."""
        expand = parameters.pop("expand", [])
        parts = [self._before.get(part, part) for part in path.split("/")[2:]]
        path = "/".join(["/v1", *parts])
        for name in {"customer", "payment_method"} & parameters.keys():
            parameters[name] = self._before.get(parameters[name], parameters[name])
        if parts[0] == "payment_intents":
            return await self._intent(method, parts[1:], parameters, expand)
        if parts[0] == "setup_intents":
            return await self._setup(method, parts[1:], parameters)
        kind = {"charges": "charge", "refunds": "refund"}.get(parts[0])
        if kind is not None and method == "GET":
            return await self._looked_back(kind, path, parts[1:], parameters)
        answer = await self._peer.ask(method, path, parameters)
        if path == "/v1/payment_methods" and method == "POST" and answer.status == 200:
            self._numbers[answer.body["id"]] = parameters.get("card", {}).get("number", "")
        return self._mended(answer, expand)

    async def remember(self, method_id: str, customer_id: str, last4: str) -> None:
        """A card that was kept before this processor was started, under the names it had then."""
        number = next((one for one in (*APPROVED, *DECLINES) if one.endswith(last4)), APPROVED[0])
        if customer_id not in self._before:
            made = await self._peer.ask("POST", "/v1/customers", {})
            self._before[customer_id] = made.body["id"]
        self._before[method_id] = await self._card_of(number)
        place = f"/v1/payment_methods/{self._before[method_id]}/attach"
        await self._peer.ask("POST", place, {"customer": self._before[customer_id]})

    async def _looked_back(self, kind: str, path: str, rest: list[str], parameters: dict[str, Any]) -> Answer:
        """One charge or refund, or a list of them."""
        if rest:
            earlier = self.lists.remembered(kind, rest[0])
            answer = await self._peer.ask("GET", path) if earlier is None else Answer(200, earlier)
            return self._mended(answer, [])
        every = (await self._peer.ask("GET", path, {"limit": 1_000_000})).body["data"]
        things = [self._mended(Answer(200, one), []).body for one in every]
        return self.lists.page(kind, things, parameters)

    async def _setup(self, method: str, rest: list[str], parameters: dict[str, Any]) -> Answer:
        """Keeping a card: localstripe forgets to attach it, and knows few tokens."""
        path = "/".join(["/v1/setup_intents", *rest])
        if method != "POST" or rest[1:] not in ([], ["confirm"]):
            return self._mended_setup(await self._peer.ask(method, path, parameters))
        if not rest:
            sent = {name: value for name, value in parameters.items() if name in TAKEN["setup"]}
            return self._mended_setup(await self._peer.ask(method, path, sent))
        sent = dict(parameters)
        number = TOKENS.get(sent.get("payment_method", ""), "")
        if number in DECLINES and number not in KEPT_THOUGH_DECLINED:
            return Answer(402, {"error": self._decline(number, {})})
        if number:
            sent["payment_method"] = await self._card_of(number)
        answer = await self._peer.ask(method, path, sent)
        if answer.status == 200 and answer.body["customer"] and answer.body["payment_method"]:
            attach = f"/v1/payment_methods/{answer.body['payment_method']}/attach"
            await self._peer.ask("POST", attach, {"customer": answer.body["customer"]})
        return self._mended_setup(answer)

    async def _card_of(self, number: str) -> str:
        """A card of a test number; one that would ask its bank is kept as one that does not."""
        plain = number if number in (*APPROVED, DECLINING_FOR_LOCALSTRIPE) else APPROVED[0]
        card = {"number": plain, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        made = await self._peer.ask("POST", "/v1/payment_methods", {"type": "card", "card": card})
        self._numbers[made.body["id"]] = number
        return str(made.body["id"])

    def _mended_setup(self, answer: Answer) -> Answer:
        if answer.status == 404:
            raise missing("setup_intent", "")
        return self._mended(answer, [])

    async def tap(self, intent_id: str, number: str) -> Answer:
        """A card is held to a reader that asks for this payment.

        Raises:
            Refused: it is no test card.
        """
        if number not in DECLINES and number not in APPROVED:
            raise Refused(400, "Only test cards can be presented.", code="incorrect_number", param="number")
        known = self._intents.setdefault(intent_id, Known())
        known.number, known.present = number, True
        card = {
            "number": DECLINING_FOR_LOCALSTRIPE if number in DECLINES else number,
            "exp_month": 12,
            "exp_year": 2040,
            "cvc": "123",
        }
        method = await self._peer.ask("POST", "/v1/payment_methods", {"type": "card", "card": card})
        self._numbers[method.body["id"]] = number
        place = f"/v1/payment_intents/{intent_id}"
        await self._peer.ask("POST", place, {"payment_method": method.body["id"]})
        answer = await self._peer.ask("POST", f"{place}/confirm")
        return await self._card_error(answer) if answer.status == 402 else self._mended(answer, [])

    async def intent(self, intent_id: str) -> dict[str, Any]:
        """One payment.

        Raises:
            Refused: there is none.
        """
        answer = await self.ask("GET", f"/v1/payment_intents/{intent_id}", {})
        if answer.status != 200:
            raise missing("payment_intent", intent_id)
        return answer.body

    def kinds(self, intent_id: str) -> list[str]:
        """What may pay a payment: `card`, `card_present`."""
        return self._intents[intent_id].kinds if intent_id in self._intents else ["card"]

    async def charges(self) -> list[dict[str, Any]]:
        """Every charge, oldest first, with the metadata of its payment."""
        answer = await self._peer.ask("GET", "/v1/charges", {"limit": 1_000_000})
        found = []
        for charge in answer.body["data"]:
            intent = await self.intent(charge["payment_intent"]) if charge["payment_intent"] else None
            mended = self._mended(Answer(200, charge), []).body
            found.append({**mended, "metadata": intent["metadata"] if intent else {}})
        return found

    async def _intent(
        self, method: str, rest: list[str], parameters: dict[str, Any], expand: list[str]
    ) -> Answer:
        verb = "create" if not rest else rest[1] if len(rest) > 1 else "update"
        sent = await self._prepared(verb, rest, parameters) if method == "POST" else parameters
        answer = await self._peer.ask(method, "/".join(["/v1/payment_intents", *rest]), sent)
        if answer.status == 200 and verb == "create" and method == "POST":
            self._remember(answer.body["id"], parameters)
        if answer.status == 404 and rest:
            raise missing("payment_intent", rest[0])
        if answer.status == 400 and verb in ("cancel", "confirm", "capture"):
            status = (await self._peer.ask("GET", f"/v1/payment_intents/{rest[0]}")).body.get("status")
            raise Refused(
                400,
                f"You cannot {verb} this PaymentIntent because it has a status of {status}.",
                code="payment_intent_unexpected_state",
            )
        if answer.status == 402:
            return await self._card_error(answer)
        return self._mended(answer, expand)

    async def _prepared(self, verb: str, rest: list[str], parameters: dict[str, Any]) -> dict[str, Any]:
        """What localstripe can be told; a card given at the last moment is put on the payment first."""
        sent = {name: value for name, value in parameters.items() if name in TAKEN.get(verb, ())}
        if "payment_method" in parameters:
            stand_in = await self._stand_in(parameters["payment_method"])
            if verb == "confirm":
                await self._peer.ask("POST", f"/v1/payment_intents/{rest[0]}", {"payment_method": stand_in})
            else:
                sent["payment_method"] = stand_in
        return sent

    async def _card_error(self, answer: Answer) -> Answer:
        """A decline with its reason and the payment it is about."""
        error = answer.body["error"]
        charge = (await self._peer.ask("GET", f"/v1/charges/{error['charge']}")).body
        number = self._numbers.get(charge["payment_method"], "")
        intent = self._mended(
            (await self._peer.ask("GET", f"/v1/payment_intents/{charge['payment_intent']}")), []
        )
        return Answer(402, {"error": {**self._decline(number, error), "payment_intent": intent.body}})

    def _remember(self, intent_id: str, parameters: dict[str, Any]) -> None:
        kinds = parameters.get("allowed_payment_method_types", ["card"])
        number = self._numbers.get(parameters.get("payment_method", ""), "")
        self._intents[intent_id] = Known(kinds, number)

    async def _stand_in(self, method_id: str) -> str:
        """A card that localstripe declines in place of one that it would wrongly approve."""
        number = self._numbers.get(method_id, "")
        if method_id == "pm_card_visa_chargeDeclined":
            number = "4000000000000002"
        if number not in DECLINES:
            return method_id
        card = {"number": DECLINING_FOR_LOCALSTRIPE, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        made = await self._peer.ask("POST", "/v1/payment_methods", {"type": "card", "card": card})
        self._stand_ins[made.body["id"]] = method_id
        self._numbers[made.body["id"]] = number
        return str(made.body["id"])

    def _mended(self, answer: Answer, expand: list[str]) -> Answer:
        body = answer.body
        if "error" in body:
            return Answer(answer.status, {"error": self._error(answer.status, body["error"])})
        match body.get("object"):
            case "payment_intent":
                body = self._mended_intent(body, expand)
            case "payment_method" if body["id"] in self._numbers:
                number = self._numbers[body["id"]]
                told = {"last4": number[-4:], "brand": BRANDS.get(number[:1], "visa")} if number else {}
                body = {**body, "card": {**body["card"], **told}}
            case "charge":
                body = self._mended_charge(body)
            case "refund":
                body = self.lists.stamp(body)
            case "list":
                inner = [self._mended(Answer(200, one), expand).body for one in body["data"]]
                body = {**body, "data": inner}
        return Answer(answer.status, body)

    def _mended_intent(self, body: dict[str, Any], expand: list[str]) -> dict[str, Any]:
        known = self._intents.get(body["id"], Known())
        charge = body["latest_charge"]
        done = body["status"] == "succeeded"
        held = int(body["amount"]) if body["status"] == "requires_capture" else 0
        mended = {name: value for name, value in body.items() if name not in INTENT_EXTRAS}
        mended = {**INTENT_FIELDS, **mended}
        mended["amount"] = int(body["amount"])  # an updated amount comes back as text
        mended["amount_received"] = mended["amount"] if done else 0
        mended["amount_capturable"] = held
        mended["allowed_payment_method_types"] = known.kinds
        mended["payment_method_types"] = known.kinds
        mended["payment_method_options"] = {kind: {} for kind in known.kinds}
        mended["payment_method"] = self._stand_ins.get(body["payment_method"], body["payment_method"])
        if body["last_payment_error"] is not None:
            mended["last_payment_error"] = self._decline(known.number, body["last_payment_error"])
            mended["payment_method"] = None
        if charge is not None:
            whole = self._mended_charge(charge)
            mended["latest_charge"] = whole if "latest_charge" in expand else whole["id"]
        return mended

    def _mended_charge(self, body: dict[str, Any]) -> dict[str, Any]:
        known = self._intents.get(body["payment_intent"] or "", Known())
        number = known.number or self._numbers.get(body["payment_method"], "")
        mended = {name: value for name, value in body.items() if name not in CHARGE_EXTRAS}
        mended = {**CHARGE_FIELDS, **mended}
        mended["amount_captured"] = body["amount"] if body["captured"] and body["paid"] else 0
        mended["payment_method"] = self._stand_ins.get(body["payment_method"], body["payment_method"])
        kind = "card_present" if known.present else "card"
        mended["payment_method_details"] = {
            "type": kind,
            kind: {"brand": BRANDS.get(number[:1], "visa"), "last4": number[-4:], "funding": "credit"},
        }
        if body["status"] == "failed":
            declined = self._decline(number, {})
            mended["failure_code"], mended["failure_message"] = declined["code"], declined["message"]
        return self.lists.stamp(mended)

    def _decline(self, number: str, said: dict[str, Any]) -> dict[str, Any]:
        reason = DECLINES.get(number, "generic_decline")
        code = reason if reason in OWN_CODES else "card_declined"
        words = reason.replace("_", " ")
        told = {**said, "type": "card_error", "code": code, "message": f"The card was declined: {words}."}
        return told if reason in OWN_CODES else {**told, "decline_code": reason}

    @staticmethod
    def _error(status: int, error: dict[str, Any]) -> dict[str, Any]:
        if status == 402:  # a card that was refused when it was attached to a customer
            return {**error, "type": "card_error"}
        return {**error, "code": "resource_missing"} if status == 404 else error
