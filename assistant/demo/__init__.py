"""Made-up data for a first start, marked as such: people, a household, a catalogue. All of it by code, none copied."""

from assistant.clock import Clock
from assistant.handlers import Rooms
from assistant.settings import Settings


def furnish(user: str, rooms: Rooms, settings: Settings, clock: Clock) -> None:
    """Give a new person the demo contacts and household, and the folder its demo catalogue if it has none."""
    from assistant.demo import catalogue, household, people

    catalogue.stock(rooms.shop)
    people.introduce(user, rooms.payments)
    household.move_in(user, rooms.wealth, settings, clock)
