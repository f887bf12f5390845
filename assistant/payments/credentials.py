"""A mandate as it is signed: AP2 v0.2's open checkout and open payment mandate, each an SD-JWT under ES256.

    open   = JWT of the person's key over {delegate_payload: [digest], cnf: the assistant's key} ~ the mandate ~
    closed = open + JWT of the assistant's key over one payment, with the hash of `open`, an audience and a nonce

The only file that signs and verifies; sd-jwt and jwcrypto do the cryptography. Amounts are integer minor units. A
constraint, or a field of one, that is not known here makes the whole mandate void.
"""

from __future__ import annotations

import functools
import hashlib
import json
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError, conlist, create_model

from assistant.acp.messages import Shape
from assistant.errors import Refused

if TYPE_CHECKING:
    from jwcrypto.jwk import JWK

Minor = Annotated[int, Field(gt=0)]


class _Open(Shape):
    def the(self, kind: type[Any]) -> Any:
        """The one constraint of this kind. Raises `Refused`: without it, or with two, the mandate has no bound."""
        found = [each for each in self.constraints if isinstance(each, kind)]
        if len(found) != 1:
            raise Refused("mandate_invalid")
        return found[0]


def _shape(name: str, parent: type[Shape] = Shape, /, **fields: Any) -> Any:
    """A closed shape: each field is a type, a text it always is (`vct`, `type`), or a type with its usual value."""
    told: dict[str, Any] = {
        field: (Literal[said], said) if isinstance(said, str) else said if isinstance(said, tuple) else (said, ...)
        for field, said in fields.items()
    }
    made: Any = create_model(name, __base__=parent, **told)
    return made


def _some_of(*kinds: Any) -> Any:
    """A list of these constraints, and of no other."""
    return conlist(Annotated[functools.reduce(operator.or_, kinds), Field(discriminator="type")])  # type: ignore[arg-type]


Party = _shape("Party", id=str, name=str, website=(str | None, None))  # `website`: of a shop that is found by its URL
Instrument = _shape("Instrument", id=str, type=str)
Sum = _shape("Sum", amount=Minor, currency=str)
Item = _shape("Item", id=str, title=str, max_price=Sum)  # `max_price`, our own field: what one piece may cost
Wanted = _shape("Wanted", id=str, acceptable_items=conlist(Item, min_length=1), quantity=Minor)

Merchants = _shape("Merchants", type="checkout.allowed_merchants", allowed=conlist(Party))
Goods = conlist(Wanted, min_length=1, max_length=1)  # one product per mandate
LineItems = _shape("LineItems", type="checkout.line_items", items=Goods)
Reference = _shape("Reference", type="payment.reference", conditional_transaction_id=str)
Payees = _shape("Payees", type="payment.allowed_payees", allowed=conlist(Party))
Instruments = _shape("Instruments", type="payment.allowed_payment_instruments", allowed=conlist(Instrument))
AmountRange = _shape("AmountRange", type="payment.amount_range", max=Minor, currency=str, min=(int, 0))
Budget = _shape("Budget", type="payment.budget", max=Minor, currency=str)
Recurrence = _shape("Recurrence", type="payment.agent_recurrence", frequency="ON_DEMAND", max_occurrences=Minor)

BOUND: dict[str, Any] = {"cnf": dict[str, Any], "iat": int, "exp": int}
OfCheckout = _some_of(Merchants, LineItems)
OfPayment = _some_of(Reference, Payees, Instruments, AmountRange, Budget, Recurrence)
Checkout = _shape("Checkout", _Open, vct="mandate.checkout.open.1", constraints=OfCheckout, **BOUND)
PaymentMandate = _shape("PaymentMandate", _Open, vct="mandate.payment.open.1", constraints=OfPayment, **BOUND)
Closed = _shape(  # one payment under a mandate, as the assistant signs it
    "Closed", vct="mandate.payment.1", transaction_id=str, payee=Party, payment_amount=Sum,
    payment_instrument=Instrument, aud=str, nonce=str, iat=int, sd_hash=str,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """The person's key signs mandates, on their gesture alone; the assistant's signs payments under them."""

    person: JWK
    assistant: JWK

    @classmethod
    def new(cls) -> Keys:
        from jwcrypto.jwk import JWK

        return cls(JWK.generate(kty="EC", crv="P-256"), JWK.generate(kty="EC", crv="P-256"))

    def sealed(self, password: bytes) -> list[str]:
        """Both as encrypted PKCS #8."""
        return [key.export_to_pem(True, password).decode() for key in (self.person, self.assistant)]

    @classmethod
    def unsealed(cls, pems: list[str], password: bytes) -> Keys:
        from jwcrypto.jwk import JWK

        read = (JWK.from_pem(pem.encode(), password).export(as_dict=True) for pem in pems)
        return cls(*(JWK(**{name: part for name, part in each.items() if name != "kid"}) for each in read))

    @property
    def public(self) -> dict[str, str]:
        """The person's public key as a JWK: all that a verifier needs."""
        shown: dict[str, str] = self.person.export_public(as_dict=True)
        return {name: shown[name] for name in ("kty", "crv", "x", "y")}


def thumbprint(public: Mapping[str, str]) -> str:
    """RFC 7638: how a person compares keys."""
    return str(_key(public).thumbprint())


def digest(text: str) -> str:
    from jwcrypto.common import base64url_encode

    return str(base64url_encode(hashlib.sha256(text.encode()).digest()))


def signed(mandate: Any, keys: Keys) -> str:
    from sd_jwt.common import SDObj
    from sd_jwt.issuer import SDJWTIssuer

    told = {"delegate_payload": [SDObj(mandate.model_dump(exclude_none=True))], "iat": mandate.iat, "exp": mandate.exp}
    return str(SDJWTIssuer(told, keys.person, keys.assistant).sd_jwt_issuance)


def opened(checkout: str, payment: str, public: Mapping[str, str]) -> tuple[Any, Any]:
    """`Checkout` and `PaymentMandate`, if the person signed both and they belong together. Raises `Refused`."""
    first, second = _verified(checkout, public), _verified(payment, public)
    try:
        checked, paying = Checkout.model_validate(first), PaymentMandate.model_validate(second)
    except ValidationError as error:
        strange = any(each["type"] == "union_tag_invalid" for each in error.errors())
        raise Refused("mandate_unknown_constraint" if strange else "mandate_invalid") from None
    alike = (checked.cnf, checked.iat, checked.exp) == (paying.cnf, paying.iat, paying.exp)
    if paying.the(Reference).conditional_transaction_id != digest(checkout) or not alike:
        raise Refused("mandate_invalid")
    return checked, paying


def _verified(text: str, public: Mapping[str, str]) -> Any:
    """The one delegated payload, bound to the key that is confirmed outside of it too."""
    from sd_jwt.verifier import SDJWTVerifier

    def issuer(_: object, header: Mapping[str, Any]) -> JWK:
        if header.get("alg") != "ES256":
            raise ValueError(header.get("alg"))
        return _key(public)

    try:
        shown = SDJWTVerifier(text, issuer).get_verified_payload()
        (payload,) = shown["delegate_payload"]
        if text.count("~") != 2 or payload["cnf"] != shown["cnf"] or payload["exp"] != shown["exp"]:
            raise ValueError("other words outside than inside")
    except Exception as error:  # whatever a parser makes of a forged text, it is not a mandate
        raise Refused("mandate_bad_signature") from error
    return payload


def closed(payment: str, keys: Keys, now: datetime, **told: Any) -> str:
    """The payment mandate with one payment behind it, signed by the assistant: `told` are fields of `Closed`."""
    from jwcrypto.jws import JWS

    claims = Closed(iat=int(now.timestamp()), sd_hash=digest(payment), **told)
    made = JWS(claims.model_dump_json(exclude_none=True))
    made.add_signature(keys.assistant, alg="ES256", protected=json.dumps({"alg": "ES256", "typ": "kb+sd-jwt"}))
    return payment + str(made.serialize(compact=True))


def closing(text: str, public: Mapping[str, str]) -> Any:
    """The `Closed` at the end of a chain, if the key that the mandate confirms signed it. Raises `Refused`."""
    from jwcrypto.jws import JWS

    payment, mark, last = text.rpartition("~")
    bound = _verified(payment + mark, public)["cnf"]["jwk"]
    try:
        made = JWS()
        made.deserialize(last)
        if made.jose_header.get("typ") != "kb+sd-jwt":
            raise ValueError(made.jose_header.get("typ"))
        made.verify(_key(bound), alg="ES256")
        claims = Closed.model_validate_json(made.payload)
        if claims.sd_hash != digest(payment + mark):
            raise ValueError("the payment of another mandate")
    except Exception as error:
        raise Refused("mandate_bad_signature") from error
    return claims


def _key(public: Mapping[str, str]) -> JWK:
    """Raises `ValueError` for a coordinate with unused bits set: a key is written in one way (RFC 4648, 3.5)."""
    from jwcrypto.common import base64url_decode, base64url_encode
    from jwcrypto.jwk import JWK

    if any(base64url_encode(base64url_decode(public[name])) != public[name] for name in "xy"):
        raise ValueError("not in its canonical encoding")
    return JWK(**{name: public[name] for name in ("kty", "crv", "x", "y")})
