"""Who is talking and what was said: people, sessions, turns and the actions a tap may name.

A session belongs to one user; an id that is not yours is answered like one that does not exist. Actions are written
when their card is published, so a tap can carry nothing but an id.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.clock import Clock
from assistant.errors import NotFound, Refused
from assistant.language.acts import State
from assistant.language.memory import freeze, thaw
from assistant.pace import Pace
from assistant.reply import Action, Reply, new_id, to_json
from assistant.request import Evidence, Language, Request
from assistant.store import Store, actions, sessions, turns, users

OWNER = "owner"  # the one person of personal mode
MINUTE, MOST_MISSED = timedelta(minutes=1), 20


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    user: str
    language: Language = "en"
    undo_seconds: int | None = None  # between a tap and the provider; None: as set. The command line taps with 0


class Guesses:
    """Who asks for too many things that are not there is not answered for a while: ids cannot be tried out."""

    def __init__(self, clock: Clock) -> None:
        self.pace = Pace(MOST_MISSED / MINUTE.total_seconds(), MOST_MISSED, lambda: clock.now().timestamp())

    @contextmanager
    def counted(self, user: str) -> Iterator[None]:
        """Look for something of `user`. Raises `Refused` once they missed too often within a minute."""
        if self.pace.left(user) < 1:
            raise Refused("too_many_guesses")
        try:
            yield
        except NotFound:
            self.pace.admit(user)
            raise


class Preferences:
    """What a person wants of every answer, by name."""

    def __init__(self, store: Store, user: str) -> None:
        self.store, self.mine = store, users.c.user_id == user

    def get(self, name: str) -> Any:
        return (self.store.value(sa.select(users.c.preferences).where(self.mine)) or {}).get(name)

    def keep(self, name: str, value: Any) -> None:
        kept = self.store.value(sa.select(users.c.preferences).where(self.mine)) or {}
        self.store.run(sa.update(users).where(self.mine).values(preferences={**kept, name: value}))


class Conversations:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    def greet(self, user: str) -> bool:
        """Note that `user` is here, to the minute; True when this is the first time."""
        now, seen = self.clock.now(), self.store.value(sa.select(users.c.seen_at).where(users.c.user_id == user))
        if seen is not None and abs(now - seen) < MINUTE:
            return False
        with self.store.write() as db:
            known = db.execute(sa.update(users).where(users.c.user_id == user).values(seen_at=now)).rowcount
            if not known:
                db.execute(sa.insert(users).values(user_id=user, created_at=now, seen_at=now, preferences={}))
        return not known

    def open(self, user: str, session: str | None, language: Language) -> Session:
        """The named session of `user`, or a new one. Raises `NotFound` for a session of somebody else or of nobody."""
        if session is None:
            return self._new(user, language)
        mine = (sessions.c.id == session) & (sessions.c.user_id == user)
        spoken = self.store.value(sa.select(sessions.c.language).where(mine))
        if spoken is None:
            raise NotFound("unknown_session", session=session[:80])
        return Session(session, user, spoken)

    def _new(self, user: str, language: Language) -> Session:
        fresh = Session(new_id("ses"), user, language)
        row = {"id": fresh.id, "user_id": user, "created_at": self.clock.now(), "language": language}
        self.store.run(sa.insert(sessions).values(**row, state=freeze(State())))
        return fresh

    def newest(self, user: str) -> str | None:
        """The session that was opened or spoken in last."""
        used = sa.func.max(sa.func.coalesce(turns.c.at, sessions.c.created_at))
        mine = sa.select(sessions.c.id).outerjoin(turns, turns.c.session_id == sessions.c.id)
        last = mine.where(sessions.c.user_id == user).group_by(sessions.c.id).order_by(used.desc()).limit(1)
        found: str | None = self.store.value(last)
        return found

    def state(self, who: Session) -> State:
        state: State = thaw(self.store.value(sa.select(sessions.c.state).where(sessions.c.id == who.id)))
        return state

    def remember(self, who: Session, state: State) -> None:
        change = sa.update(sessions).where(sessions.c.id == who.id, sessions.c.user_id == who.user)
        self.store.run(change.values(state=freeze(state), language=who.language))

    def publish(self, who: Session, request: Request, evidence: Evidence, reply: Reply) -> Reply:
        """Store the turn and its actions; the reply comes back with its session, turn and language."""
        reply = replace(
            reply, session=who.id, turn=new_id("turn"), language=who.language, evidence=tuple(shown(evidence))
        )
        said = {
            "text": evidence.heard.text if evidence.heard else request.text,
            "spoken": request.audio is not None,
            "images": [image.name for image in request.images],
            "files": [file.name for file in request.files],
        }
        row = {"id": reply.turn, "user_id": who.user, "session_id": who.id, "at": self.clock.now(), "request": said}
        with self.store.write() as db:
            self._register(db, who, reply.turn, reply.cards)
            db.execute(sa.insert(turns).values(**row, reply=to_json(reply, who.language)))
        return reply

    def _register(self, db: Connection, who: Session, turn: str, cards: Any) -> None:
        """Note what each action does. An action shown again keeps the meaning it was first given."""
        fresh = {action.id: action for action in found_actions(cards) if action.verb}
        known = db.execute(sa.select(actions.c.id).where(actions.c.id.in_(fresh))).scalars()
        for id in known:
            del fresh[id]
        if fresh:
            mine = {"user_id": who.user, "session_id": who.id, "turn_id": turn, "created_at": self.clock.now()}
            told = [{"id": a.id, "verb": a.verb, "target": freeze(dict(a.target))} | mine for a in fresh.values()]
            db.execute(sa.insert(actions), told)

    def action(self, who: Session, action: str) -> tuple[str, Mapping[str, Any]]:
        """The verb and target behind an action id of this very session, else `NotFound`."""
        mine = (actions.c.id == action) & (actions.c.user_id == who.user) & (actions.c.session_id == who.id)
        row = self.store.first(sa.select(actions.c.verb, actions.c.target).where(mine))
        if row is None:
            raise NotFound("unknown_action")
        return row.verb, thaw(row.target)

    def replace_cards(self, who: Session, cards: tuple[Any, ...]) -> None:
        """Cards that moved on (a payment was sent) take the place of the stored ones with the same id."""
        fresh = {card.id: to_json(card, who.language) for card in cards}
        with self.store.write() as db:
            self._register(db, who, "", cards)
            mine = (turns.c.session_id == who.id) & (turns.c.user_id == who.user)
            for row in db.execute(sa.select(turns.c.id, turns.c.reply).where(mine)).all():
                if any(card["id"] in fresh for card in row.reply["cards"]):
                    moved = [fresh.get(card["id"], card) for card in row.reply["cards"]]
                    reply = {**row.reply, "cards": moved}
                    db.execute(sa.update(turns).where(turns.c.id == row.id).values(reply=reply))

    def revise(self, who: Session, reply: Reply) -> Reply:
        """Cards adjusted by a tap take their own places; what was said stays one turn however often a slider moves."""
        self.replace_cards(who, reply.cards)
        return replace(reply, session=who.id, language=who.language)

    def history(self, who: Session, limit: int = 50) -> list[dict[str, Any]]:
        """The newest `limit` turns, oldest first: {id, at, request, reply} with the reply as published JSON."""
        mine = (turns.c.session_id == who.id) & (turns.c.user_id == who.user)
        newest = sa.select(turns).where(mine).order_by(turns.c.at.desc()).limit(limit)
        rows = reversed(self.store.rows(newest))
        return [{"id": r.id, "at": r.at, "request": r.request, "reply": r.reply} for r in rows]


def found_actions(value: Any) -> Iterator[Action]:
    """Every action in a card, at any depth."""
    if isinstance(value, Action):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            yield from found_actions(getattr(value, item.name))
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from found_actions(part)


def shown(evidence: Evidence) -> Iterator[dict[str, Any]]:
    """Evidence as the reply publishes it: engines, confidences and places, without pixels, crops or features."""
    if evidence.heard:
        yield {"sense": "hear", **to_json(evidence.heard)}
    for index, seen in enumerate(evidence.seen):
        look = to_json(seen)
        del look["features"], look["prints"]
        for item in (*look["codes"], *look["lines"], *look["fields"]):
            del item["place"]["crop"]
        yield {"sense": "see", "image": index, **look}
