"""The outbox: what guests are told by e-mail and text, and whether they want to be.

Owns   Message, Consent, MessageRule.
Words  message: one thing told to one guest by one channel · consent: whether an address may be
       written to · quiet hours: when nobody is woken · outbox: all messages and what became of them.
Holds  A message is written in the transaction of what it tells of, and told once per guest, subject,
       kind, sequence and channel. It carries time, place and a link: no service, no provider, no word
       of health (DOMAIN.md §7.33). Nothing is sent inside a transaction. Nothing is lost: whatever was
       not sent says why. Who says stop gets nothing more from that second on.
"""
