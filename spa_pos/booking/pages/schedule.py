"""The manager's schedule screens, all below `/schedule`."""

from litestar import Router

from spa_pos.booking.pages import (
    schedule_cards,
    schedule_house,
    schedule_provider,
    schedule_rules,
    schedule_week,
)

router = Router(
    "/",
    route_handlers=[
        *schedule_week.handlers,
        *schedule_provider.handlers,
        *schedule_house.handlers,
        *schedule_rules.handlers,
        *schedule_cards.handlers,
    ],
)
