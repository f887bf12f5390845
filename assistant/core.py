"""A whole turn: perceive, understand, reduce, handle, remember. Everything else is in the rooms this file calls."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistant import demo
from assistant.clock import Clock, SystemClock
from assistant.conversation import Conversations, Guesses, Preferences, Session
from assistant.errors import BadInput, LueurError, NotFound, OutOfRoom, Refused, Unavailable
from assistant.flash import Flash
from assistant.handlers import (
    Context,
    Rooms,
    carry_out,
    cart,
    mandates,
    noticed,
    payment,
    product,
    service,
    stage,
    taps,
)
from assistant.language import detect, dialogue
from assistant.language.acts import Act, Do, Proposer, Start, State, World
from assistant.language.proposer import Beside, chosen
from assistant.language.quotes import apart, uncovered
from assistant.language.rules import Rules
from assistant.payments import Payments
from assistant.redaction import Found, hide, hide_in_heard, hide_in_request, hide_in_seen
from assistant.reply import AnyCard, Reply, Step
from assistant.request import Evidence, Heard, Language, Request, Seen, Upload
from assistant.senses import Senses
from assistant.senses.line import Line
from assistant.senses.read import PRINTED
from assistant.senses.view import Sighting, View
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.store import Store
from assistant.uploads import Uploads
from assistant.wealth import Wealth
from models.sound import Samples
from models.text import embedder, vocabulary

log = logging.getLogger(__name__)
LOOKS_AT_ONCE = 2  # pictures in the worker: one is read while the next one is opened
ASKED_EVERY = 600.0  # seconds between two looks at what shops elsewhere ask
LONGEST_TEXT = 4_000  # characters of one request; a longer one is a file, not a sentence


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page may show before the answer: how many pictures of others are `before`, the words heard, what a
    picture holds so far.
    """

    stage: Literal["working", "waiting", "heard", "seen"]
    before: int = 0
    heard: Heard | None = None
    seen: Seen | None = None
    image: int = 0


News = list[tuple[Sighting, Reply]]


class Assistant:
    """The owner of one `LUEUR_HOME`: its store, rooms and senses."""

    def __init__(self, settings: Settings, clock: Clock | None = None, proposer: Proposer | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.store = Store(settings.home / "lueur.db")
        self.store.upgrade()
        self.senses = Senses(settings)
        self.uploads = Uploads(settings.home / "uploads")
        self.looked, self.listened = Line(LOOKS_AT_ONCE), Line(1)  # whose picture, whose recording is next
        self.rooms = Rooms(
            payments=Payments(self.store, settings, self.clock),
            wealth=Wealth(self.store, settings, self.clock),
            shop=Shop(
                store=self.store,
                settings=settings,
                clock=self.clock,
                embed=embedder(),
                known=lambda word: word in vocabulary(),
                eye=self.senses.mark,
            ),
            flash=Flash(self.store, self.clock),
        )
        self.rooms.payments.trade_with(self.rooms.shop.merchants)
        self.rooms.shop.carts.standing = self.rooms.payments.standing
        self.rooms.shop.repriced = self.heed_prices
        self.conversations = Conversations(self.store, self.clock)
        self.guesses = Guesses(self.clock)
        self.proposer = Beside(Rules(), proposer) if proposer else chosen(settings)
        self.taps = taps()
        self._closing = threading.Event()
        self._acting: dict[str, list[Reply]] = {}  # sessions that tap right now: what is bought meanwhile is told there

    def open(self, user: str, session: str | None = None, language: Language = "en") -> Session:
        """The user's session, or a new one; a person seen for the first time gets the demo data, if it is wanted."""
        if self.conversations.greet(user) and self.settings.demo_data:
            demo.furnish(user, self.rooms, self.settings, self.clock)
        with self.guesses.counted(user):
            return self.conversations.open(user, session, language)

    def answer(self, who: Session, request: Request) -> Iterator[Progress | Reply]:
        """One turn: progress while it works, then exactly one Reply. Refusals are replies too; nothing is lost."""
        began, evidence = time.perf_counter(), Evidence()
        who = replace(who, language=request.language or who.language)
        request, found = hide_in_request(request)
        yield Progress("working")
        try:
            evidence, shown = yield from self._perceive(who, _checked(request))
            words = evidence.heard.text if evidence.heard else request.text.strip()
            who = replace(who, language=request.language or detect(words, who.language))
            if found or shown:
                raise Refused(f"{found or shown}_not_kept")
            context = self._context(who, words, evidence, request.microphone)
            heard = time.perf_counter()
            own, quoted = apart(words)
            proposal = self.proposer.propose(own, replace(evidence, quoted=quoted), context.state, self._world(who))
            proposal = uncovered(proposal, words)
            evidence = self._told(evidence, proposal, request)
            context = replace(context, evidence=evidence)
            understood = Step("understand", proposal.by, round(1000 * (time.perf_counter() - heard)))
            reply = self._respond(who, context, proposal)
            ignored = service.ignored(context)
            reply = replace(reply, cards=reply.cards + ignored, trace=(understood, *reply.trace))
        except LueurError as error:
            reply = service.refused(error, who.language)
        step = Step("answer", reply.route, round(1000 * (time.perf_counter() - began)))
        yield self.conversations.publish(who, request, evidence, replace(reply, trace=(*reply.trace, step)))

    def expect(self, user: str, sound: Samples | None = None) -> None:
        """The microphone opened: what hears and understands this person is loaded while they speak; and they paused
        after `sound`: it is heard, in case that was all."""
        with contextlib.suppress(LueurError):  # then the sentence itself is refused, with its reason
            who = self.open(user, self.conversations.newest(user))
            if sound is None:
                self.senses.expect(self._hints(who), who.language)
                Rules().propose("pay", Evidence(), State(language=detect("pay", who.language)), self._world(who))
            else:
                self.senses.overhear(sound, self._hints(who), who.language)

    def act(self, who: Session, action: str, values: Mapping[str, str] | None = None) -> Reply:
        """A tap: only the action's id comes from outside; what it does was written when its card was made."""
        try:
            with self.guesses.counted(who.user):
                verb, target = self.conversations.action(who, action)
            bought = self._acting[who.id] = []
            reply = self.tap(who, verb, target, {name: hide(value)[0] for name, value in (values or {}).items()})
            if reply.revises:
                return self.conversations.revise(who, reply)
            reply = dialogue.joined([reply, *bought])
        except LueurError as error:
            reply = service.refused(error, who.language)
        finally:
            self._acting.pop(who.id, None)
        return self.conversations.publish(who, Request(), Evidence(), reply)

    def tap(self, who: Session, verb: str, target: Mapping[str, Any], values: Mapping[str, str]) -> Reply:
        """What a tap does, without a turn of its own."""
        if verb not in self.taps:  # of an older version
            raise NotFound("unknown_action")
        context = self._context(who)
        result = self.taps[verb](target, values, context)
        if not isinstance(result, Reply):
            return self._respond(who, context, result)
        self.conversations.remember(who, dialogue.tapped(context.state, result))
        return result

    def watch(self, who: Session, view: View, frame: Upload, number: int, read: bool) -> Iterator[News]:
        """What each look at a camera's frame adds to its view, each thing with its cards; no turn yet.

        Raises `BadInput` for what is no picture or too large for a frame.
        """
        for look in self.senses.watch(frame, read):
            seen, hidden = hide_in_seen(look)
            seen = replace(seen, codes=()) if hidden else seen
            yield [(each, self._spot(who, each)) for each in view.take(seen, number)]

    def _spot(self, who: Session, sighting: Sighting) -> Reply:
        reply = carry_out(Do("describe"), self._context(who, evidence=Evidence(seen=(sighting.seen,))))
        return replace(reply, language=who.language)

    def cart(self, who: Session) -> Reply:
        """The cart as it stands, without a turn of its own."""
        return replace(carry_out(Do("cart"), self._context(who)), language=who.language)

    def noticed(self, who: Session) -> AnyCard | None:
        """What an empty conversation opens with; its taps are registered, no turn is made of it."""
        card = noticed.card(self._context(who))
        self.conversations.replace_cards(who, (card,) if card else ())
        return card

    def keep(self, who: Session, view: View, replies: Sequence[Reply]) -> Reply:
        """Close the camera: what it found becomes one turn of the conversation."""
        context = self._context(who)
        reply = service.scanned(replies, context)
        self.conversations.remember(who, dialogue.remember(context.state, Do("describe"), reply))
        evidence = Evidence(seen=tuple(sighting.seen for sighting in view.found.values()))
        seen = Request(images=(Upload(context.say("service.live"), b""),))
        return self.conversations.publish(who, seen, evidence, reply)

    def refresh(self, who: Session, payments: tuple[str, ...]) -> tuple[AnyCard, ...]:
        """The receipts of these payments (and the shows) as they stand now, and the cart; the stored turns follow."""
        context = self._context(who)
        cards = payment.receipts(payments, context) + stage.cards(payments, context)
        cards += cart.bought(cards, context)
        self.conversations.replace_cards(who, cards)
        return cards

    def _perceive(self, who: Session, request: Request) -> Generator[Progress, None, tuple[Evidence, Found]]:
        """What was heard and seen, and what was hidden in it that nobody may show Lueur."""
        heard, seen = None, []
        hidden: list[Found] = [""]
        if request.audio:
            with self.listened.join(who.user) as place:
                yield from (Progress("waiting", before=before) for before in place.wait())
                heard, found = hide_in_heard(self.senses.hear(request.audio, self._hints(who), who.language))
            hidden.append(found)
            yield Progress("heard", heard=heard)
        pages = (page for image in request.images for page in self.senses.pages(image))
        for index, image in enumerate(pages):
            look = None
            with self.looked.join(who.user) as place:
                yield from (Progress("waiting", before=before) for before in place.wait())
                for sight in self.senses.see(image, index):
                    look, found = hide_in_seen(sight)
                    yield Progress("seen", seen=look, image=index)
            if look:
                seen.append(look)
                hidden += [found] if look.kind not in PRINTED else []
        return Evidence(heard, tuple(seen), request.files), max(hidden)

    def _told(self, evidence: Evidence, acts: tuple[Act, ...], request: Request) -> Evidence:
        """The pictures that are to be described, with what a model for open questions says of them."""
        asked = {act.slots["document"].value for act in acts if isinstance(act, Start) and act.goal == "describe"}
        if not asked or len(request.images) != len(evidence.seen):  # pages of a PDF are papers
            return evidence
        pairs = enumerate(zip(evidence.seen, request.images, strict=True))
        seen = (self.senses.told(look, image) if at in asked else look for at, (look, image) in pairs)
        return replace(evidence, seen=tuple(seen))

    def _respond(self, who: Session, context: Context, acts: tuple[Act, ...]) -> Reply:
        state, effects = dialogue.reduce(context.state, acts)
        replies = []
        for effect in effects:
            reply = carry_out(effect, replace(context, state=state))
            state = dialogue.remember(state, effect, reply)
            replies.append(reply)
        self.conversations.remember(who, state)
        return dialogue.joined(replies)

    def _context(self, who: Session, words: str = "", evidence: Evidence | None = None, live: bool = False) -> Context:
        undo = self.settings.undo_seconds if who.undo_seconds is None else who.undo_seconds
        return Context(
            user=who.user, session=who.id, language=who.language, now=self.clock.now(), rooms=self.rooms,
            settings=replace(self.settings, undo_seconds=undo),
            state=replace(self.conversations.state(who), language=who.language),
            preferences=Preferences(self.store, who.user),
            utterance=words, spoken=live, evidence=evidence or Evidence(),
        )  # fmt: skip

    def _world(self, who: Session) -> World:
        return World(
            payees=self.rooms.payments.payees.names(who.user),
            accounts=self.rooms.wealth.account_names(who.user),
            categories=self.rooms.wealth.categories(),
            merchants=self.rooms.wealth.merchant_names(who.user),
            holdings=self.rooms.wealth.holding_names(who.user),
            currencies=self.rooms.wealth.currencies(who.user),
            today=self.clock.now().date().isoformat(),
            **self.rooms.shop.lexicon(),
        )

    def _hints(self, who: Session) -> tuple[str, ...]:
        """What may be said: payees with their capitals, products without; never the amount of a waiting sheet."""
        return self.rooms.payments.payees.names(who.user) + tuple(map(str.lower, self.rooms.shop.words()))

    def history(self, who: Session) -> list[dict[str, Any]]:
        return self.conversations.history(who)

    def show(self, user: str, make: Callable[[Context], Reply]) -> Reply:
        """What another program prepared, as a turn of the person's newest conversation. Raises what `make` raises."""
        who = self.open(user, self.conversations.newest(user))
        context = self._context(who)
        reply = make(context)
        with self.store.write():
            self.conversations.remember(who, dialogue.tapped(context.state, reply))
            return self.conversations.publish(who, Request(), Evidence(), reply)

    def heed_prices(self) -> None:
        """Prices may have changed: what was waited for is bought or told."""
        self.keep_mandates()
        for user in self.rooms.shop.watches.waiting():
            with contextlib.suppress(LueurError):
                self.show(user, product.told_prices)

    def keep_mandates(self) -> None:
        """Buy what signed mandates allow at today's prices; each is told in the conversation it was signed in."""
        kept = self.rooms.payments.mandates
        for user, id in kept.waiting():
            with contextlib.suppress(LueurError):
                signed = kept.get(user, id)
                who = self.open(user, signed.session)
                bought = mandates.keep(signed, self._context(who))
                if bought and who.id in self._acting:
                    self._acting[who.id].append(bought)
                elif bought:
                    self.conversations.publish(who, Request(), Evidence(), bought)

    def start(self) -> None:
        """Take on the owner's duties: the undo timer, the reconciler and warm models, each in the background."""
        self.rooms.payments.start()
        self.rooms.shop.start()
        self.heed_prices()
        threading.Thread(target=self._show_pictures, name="shop-pictures", daemon=True).start()
        threading.Thread(target=self._ask_prices, name="shop-prices", daemon=True).start()
        self.senses.start()

    def _ask_prices(self) -> None:
        """A shop elsewhere tells nobody of its prices: while somebody waits for one, it is asked."""
        while not self._closing.wait(ASKED_EVERY):
            with contextlib.suppress(LueurError):
                self.heed_prices()

    def catch_up(self) -> None:
        """Ask about what an earlier process left undecided, before anything is said; without a provider it waits."""
        with contextlib.suppress(Unavailable, OutOfRoom):
            self.rooms.payments.settle_due(restarted=True)

    def _show_pictures(self) -> None:
        """Learn once what the pictures in `pictures/` look like; each is named by its product's id."""
        for path in sorted((self.settings.home / "pictures").glob("*")):
            if self.rooms.shop.pictures.has(path.stem):
                continue
            try:
                (*_, seen) = self.senses.see(Upload(path.name, path.read_bytes()), 0, read=False)
                self.rooms.shop.pictures.show(path.stem, seen.prints, seen.features)
            except (LueurError, OSError) as error:
                log.warning("the picture %s shows nothing: %s", path.name, error)

    def close(self) -> None:
        self._closing.set()
        self.senses.close()
        self.rooms.payments.close()
        self.store.close()


def _checked(request: Request) -> Request:
    if not (request.text.strip() or request.audio or request.images or request.files):
        raise BadInput("nothing_said")
    if len(request.text) > LONGEST_TEXT:
        raise BadInput("text_too_long", limit=LONGEST_TEXT, length=len(request.text))
    return request
