"""What can go back of a ticket, and how."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spa_pos.checkout.rules import (
    Chosen,
    RefundPlan,
    SoldLine,
    SoldTax,
    SoldTender,
    check_may_refund,
    check_may_void,
    plan_refund,
    plan_void,
    postings_for_refund,
)
from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import NewPosting, settle_zeroes

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
MASSAGE, FACIAL = UUID(int=1), UUID(int=2)
CASH, VISA = UUID(int=8), UUID(int=9)


def line(
    which: UUID = MASSAGE, net: int = 12_000, tax: int = 975, *, listed: int | None = None, back: int = 0
) -> SoldLine:
    return SoldLine(
        which,
        "Swedish massage",
        Cents(listed or net),
        Cents(net),
        Cents(tax),
        "massage",
        "visitor",
        "4000-sales",
        Cents(back),
    )


def tender(which: UUID = CASH, kind: str = "cash", amount: int = 12_975, back: int = 0) -> SoldTender:
    return SoldTender(which, kind, kind, Cents(amount), Cents(back))


TAXES = (
    SoldTax("mn", Cents(825), Cents(0)),
    SoldTax("rochester", Cents(90), Cents(0)),
    SoldTax("olmsted", Cents(60), Cents(0)),
)


def plan(
    chosen: dict[UUID, int],
    *tenders: SoldTender,
    lines: tuple[SoldLine, ...] = (line(),),
    to: str = "original",
    tip: int = 0,
) -> RefundPlan:
    wanted = Chosen({key: Cents(cents) for key, cents in chosen.items()}, Cents(tip), to)
    return plan_refund(lines, TAXES, tenders or (tender(),), wanted, tip_left_cents=Cents(1_000))


def test_a_whole_line_goes_back_with_its_tax_by_jurisdiction_the_way_it_was_paid() -> None:
    found = plan({MASSAGE: 12_000})
    assert (found.net_cents, found.tax_cents, found.total_cents) == (12_000, 975, 12_975)
    assert found.taxes == (("mn", 825), ("rochester", 90), ("olmsted", 60))
    assert [(part.kind, part.tender_id, part.amount_cents) for part in found.parts] == [
        ("cash", CASH, 12_975)
    ]


def test_a_part_takes_its_share_of_the_tax_and_the_list_price() -> None:
    found = plan({MASSAGE: 4_800}, lines=(line(net=9_600, tax=780, listed=12_000),))
    assert (found.lines[0].tax_cents, found.lines[0].list_cents, found.lines[0].reduction_cents) == (
        390,
        6_000,
        1_200,
    )


def test_cards_go_first_and_cash_last() -> None:
    found = plan({MASSAGE: 12_000}, tender(amount=10_000), tender(VISA, "card", 2_975))
    assert [(part.kind, part.amount_cents) for part in found.parts] == [("card", 2_975), ("cash", 10_000)]


def test_nothing_is_chosen_of_how_it_goes_back_until_somebody_does() -> None:
    found = plan({MASSAGE: 12_000}, to="")
    assert (found.total_cents, found.parts) == (12_975, ())


def test_what_went_back_before_cannot_go_back_again() -> None:
    with pytest.raises(Conflict, match="can still go back"):
        plan({MASSAGE: 6_001}, lines=(line(back=6_000),))
    with pytest.raises(Conflict) as refusal:
        plan({MASSAGE: 12_000}, tender(back=1))
    assert refusal.value.code == "refund-above-tenders"
    with pytest.raises(Conflict) as refusal:
        plan({}, tip=1_001)
    assert refusal.value.code == "refund-above-tip"


@pytest.mark.parametrize("chosen", [{}, {MASSAGE: 0}, {MASSAGE: -1}, {uuid4(): 5}])
def test_nothing_and_nonsense_are_refused(chosen: dict[UUID, int]) -> None:
    with pytest.raises(Invalid):
        plan(chosen)
    with pytest.raises(Invalid):
        plan({MASSAGE: 5}, to="the moon")


def value(kind: str, left: int) -> SoldLine:
    card = line(FACIAL, 5_000, 0)
    return replace(card, account="2400-gift-cards", kind=kind, value_left_cents=Cents(left))


@pytest.mark.parametrize(
    ("kind", "left", "cents", "to", "code"),
    [
        ("gift_card", 5_000, 5_000, "original", None),
        ("gift_card", 3_000, 3_000, "original", None),
        ("gift_card", 3_000, 3_001, "original", "refund-above-line"),
        ("gift_card", 3_000, 3_000, "credit", "value-goes-back-as-paid"),
        ("reload", 3_000, 1_000, "gift_card", "value-goes-back-as-paid"),
        ("deposit", 5_000, 2_000, "credit", None),
        ("deposit", 5_000, 2_000, "gift_card", "value-goes-back-as-paid"),
        ("package", 4_000, 4_000, "original", None),
        ("package", 4_000, 3_999, "original", "package-whole"),
    ],
)
def test_value_goes_back_as_far_as_it_was_not_spent_and_the_way_it_was_paid(
    kind: str, left: int, cents: int, to: str, code: str | None
) -> None:
    if code is None:
        found = plan({FACIAL: cents}, lines=(value(kind, left),), to=to)
        debit = postings_for_refund(found, {None: [NewPosting("2420-guest-credit", Cents(-cents))]})
        assert NewPosting("2400-gift-cards", Cents(cents)) in settle_zeroes(debit)
        return
    with pytest.raises(Conflict) as refusal:
        plan({FACIAL: cents}, lines=(value(kind, left),), to=to)
    assert refusal.value.code == code


SLIPPERS = replace(line(FACIAL, 4_801, 390), kind="product", quantity=3)


def test_pieces_cost_their_share_and_the_last_takes_the_rest() -> None:
    assert [SLIPPERS.cents_of(pieces) for pieces in (1, 2, 3)] == [1_600, 3_201, 4_801]
    one_left = replace(SLIPPERS, pieces_back=2, refunded_cents=Cents(3_201))
    assert (one_left.pieces_left, one_left.cents_of(1)) == (1, 1_600)


def test_pieces_come_back_with_the_last_cent_unless_somebody_says_how_many() -> None:
    def back(cents: int, **more: object) -> tuple[int, bool]:
        wanted = Chosen({FACIAL: Cents(cents)}, to="original", **more)  # type: ignore[arg-type]
        (found,) = plan_refund((SLIPPERS,), TAXES, (tender(),), wanted, tip_left_cents=Cents(0)).lines
        return found.pieces, found.sellable

    assert back(4_801) == (3, True)
    assert back(1_600) == (0, True)
    assert back(4_801, pieces={FACIAL: 0}) == (0, True)
    assert back(1_600, pieces={FACIAL: 1}, damaged=frozenset({FACIAL})) == (1, False)
    for pieces in (-1, 4):
        with pytest.raises(Conflict) as refusal:
            back(1_600, pieces={FACIAL: pieces})
        assert refusal.value.code == "refund-above-pieces"


def test_a_late_tip_goes_back_to_what_paid_it_and_pays_back_nothing_else() -> None:
    late = replace(tender(VISA, "card", 800), late=True)
    found = plan({MASSAGE: 12_000}, tender(), late, tip=500)
    assert [(part.tender_id, part.late_tip_id, part.amount_cents) for part in found.parts] == [
        (None, VISA, 500),
        (CASH, None, 12_975),
    ]
    assert not any(part.is_new for part in found.parts)


def test_a_void_takes_everything_back_or_nothing() -> None:
    free = replace(line(uuid4(), 0, 0, listed=1_600), kind="product")

    def void(*lines: SoldLine, back: int = 0) -> RefundPlan:
        paid = (tender(amount=19_366, back=back), replace(tender(VISA, "card", 800), late=True))
        return plan_void(lines, TAXES, paid, tip_left_cents=Cents(2_000))

    found = void(line(), SLIPPERS, free)
    assert (found.total_cents, [one.pieces for one in found.lines]) == (20_166, [0, 3, 1])
    assert [part.amount_cents for part in found.parts] == [800, 19_366]
    assert sum(one.amount_cents for one in settle_zeroes(postings_for_refund(void(line()), {}))) == 0
    for wrong, code in (
        ((line(back=1),), "void-after-refund"),
        ((value("gift_card", 4_999),), "void-value-spent"),
    ):
        with pytest.raises(Conflict) as refusal:
            void(*wrong)
        assert refusal.value.code == code
    with pytest.raises(Conflict) as refusal:
        void(line(), back=1)
    assert refusal.value.code == "void-after-refund"
    check_may_void(Role.MANAGER, found)
    with pytest.raises(NeedsApproval):
        check_may_void(Role.FRONT_DESK, found)


@pytest.mark.parametrize(
    ("role", "cents", "hours", "today", "to", "allowed"),
    [
        (Role.FRONT_DESK, 4_000, 1, 0, "original", True),
        (Role.FRONT_DESK, 4_700, 1, 0, "original", False),
        (Role.FRONT_DESK, 4_000, 25, 0, "original", False),
        (Role.FRONT_DESK, 4_000, 1, 1_000, "original", False),
        (Role.FRONT_DESK, 1_000, 1, 0, "credit", False),
        (Role.MANAGER, 12_000, 500, 90_000, "credit", True),
    ],
)
def test_the_desk_gives_small_sums_back_soon_and_a_manager_the_rest(
    role: Role, cents: int, hours: int, today: int, to: str, allowed: bool
) -> None:
    def check() -> None:
        check_may_refund(
            role,
            plan({MASSAGE: cents}, to=to),
            settled_at=NOW - timedelta(hours=hours),
            now=NOW,
            refunded_today=Cents(today),
        )

    if allowed:
        check()
    else:
        with pytest.raises(NeedsApproval) as refusal:
            check()
        assert refusal.value.facts["amount_cents"] == plan({MASSAGE: cents}, to=to).total_cents


@given(
    st.integers(1, 50_000),
    st.integers(0, 5_000),
    st.integers(0, 20_000),
    st.lists(st.integers(1, 20_000), min_size=1, max_size=6),
)
def test_refunds_in_any_parts_give_back_exactly_what_was_paid(
    net: int, tax: int, reduction: int, wishes: list[int]
) -> None:
    taxes = [[tax - tax // 3, 0], [tax // 3, 0]]
    back, tax_back, listed, paid_back = 0, 0, 0, 0
    for wish in [*wishes, net]:
        amount = min(wish, net - back)
        if not amount:
            continue
        found = plan_refund(
            [line(net=net, tax=tax, listed=net + reduction, back=back)],
            [SoldTax(str(place), Cents(whole), Cents(gone)) for place, (whole, gone) in enumerate(taxes)],
            [tender(amount=net + tax, back=paid_back)],
            Chosen({MASSAGE: Cents(amount)}, to="original"),
            tip_left_cents=Cents(0),
        )
        for code, cents in found.taxes:
            taxes[int(code)][1] += cents
        back += amount
        tax_back += found.tax_cents
        listed += found.lines[0].list_cents
        paid_back += found.total_cents
        settle_zeroes(postings_for_refund(found, {}))
    assert (back, tax_back, listed, paid_back) == (net, tax, net + reduction, net + tax)
    assert all(whole == gone for whole, gone in taxes)


def test_the_books_take_back_sales_reductions_tax_and_tips() -> None:
    found = plan(
        {MASSAGE: 9_600},
        tender(VISA, "gift_card", 20_000),
        lines=(line(net=9_600, tax=975, listed=12_000),),
        tip=500,
    )
    value = {VISA: [NewPosting("2400-gift-cards", Cents(-11_075))]}
    told = [(one.account, one.amount_cents) for one in settle_zeroes(postings_for_refund(found, value))]
    assert told == [
        ("2500-tips", 500),
        ("4000-sales", 12_000),
        ("4900-reductions", -2_400),
        ("2200-sales-tax:mn", 825),
        ("2200-sales-tax:rochester", 90),
        ("2200-sales-tax:olmsted", 60),
        ("2400-gift-cards", -11_075),
    ]
