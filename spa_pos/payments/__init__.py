"""How money reaches us by card; the only place that knows the card processor.

Owns   Reader, Attempt, CardSetup, StoredCard, CardTerm, ProcessorEvent, CardDay, CardDifference.
Words  attempt: one try to move money · reader · outcome: what the processor says of an attempt ·
       purpose: what an attempt pays for (a ticket …), which decides who hears that it is paid ·
       difference: what the processor and we say otherwise of one charge or refund of a day.
Holds  An attempt is written before the processor is asked. No money can move before its id there is
       written too. The truth is what the processor answers when that id is read; no answer is
       `unknown`, never "declined". An ended attempt never changes. What it pays for is told in the
       transaction that records it as paid: once, or neither is recorded. What is booked is the
       amount received. An event of the processor is a hint: kept once, answered, then looked up.
       A card is kept with the words its guest agreed to, and charged only while it is on file.
       A card that a guest types on their own device goes from the processor's element to the processor.
       No card number passes through here but the test cards of simulated readers.
"""
