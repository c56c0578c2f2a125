"""Receipt printers and the drawers they open: what is printed waits in a queue, never in a sale.

Owns   Printer, DevicePrinter, PrintJob.
Words  printer: one at an address of the house's network · paper: lines for 80 mm, not yet bytes · job: one
       piece of paper, or one opening of a drawer · pulse: what makes a drawer spring open.
Holds  A job is written in the transaction of what it prints and sent outside any. Paper that may have come
       out is never printed again by itself. A drawer opens within seconds of its cause or not at all. A
       printer that is off keeps nobody from selling.
"""
