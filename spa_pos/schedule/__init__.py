"""When the spa can work: opening hours and special days, shifts and time off, rooms and equipment.

Owns   Resource, OpeningHours, SpecialDay, Shift, ShiftChange, ShiftException, TimeOff, ResourceOut,
       WorkLimit, PlanVersion.
Words  shift · time off · resource (a provider, a room, a station, a machine, by number).
Holds  A resource is in one place at a time; shifts are local time and become instants day by day.
"""
