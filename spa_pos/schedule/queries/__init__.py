"""Reading when people work, what there is to work with, and what managers planned."""

from spa_pos.schedule.queries.days import HOUSE_LIMITS, DaySchedule, ProviderOnDay, Thing, day_schedules

__all__ = ["HOUSE_LIMITS", "DaySchedule", "ProviderOnDay", "Thing", "day_schedules"]
