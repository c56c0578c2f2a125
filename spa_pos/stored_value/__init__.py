"""What we owe guests: gift cards, guest credit, deposits, packages.

Owns   Holding, Movement, PackagePlan, PackagePlanItem, PackageItem, ValueTerms, CodeTry,
       GiftDelivery, GiftOrder.
Words  holding: one gift card, credit, deposit or package with what is left of it · paid part: money we
       were given, which never expires and bears no fee (Minn. Stat. 325G.53) · free part: a gift of ours,
       which may expire and is spent first · movement: one change of a holding, append-only · code: what
       a gift card is known by, shown once and kept as a keyed hash alone.
Holds  Nothing falls below zero. A balance is the sum of its movements; all balances of a kind are its
       liability account. Asking again with the same id changes nothing and gives the first answer.
For checkout, inside its own transaction: `issue_gift_card`, `reload_gift_card`, `take_deposit`,
       `sell_package` and `refund_to` give postings that credit what we owe from then on; `redeem`,
       `draw_visit` and `take_back` give postings that debit it; `unredeem` undoes a tender, whole or in
       part. Whoever calls adds the other side and posts. `check_card_line` asks who may sell so much;
       `try_code` finds a card by its code, in a transaction of its own, so that misses count.
"""
