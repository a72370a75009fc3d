"""What an activation file says, read from its claims. Unknown ones are skipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from licensed_system.jws import Json
from licensed_system.languages import Language

UNITS = ("users", "servers", "cores")
LAST_SECOND = 253402214400  # 9999-12-31T00:00:00Z: datetime can hold it in every time zone
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # not fromtimestamp: on Windows it ends in 3000
LONGEST_EMERGENCY = 14  # days; a file that says more is not of this format
LARGEST_NUMBER = 2**53  # whole numbers above it differ between JSON libraries


@dataclass(frozen=True)
class Name:
    """A product's name in both languages."""

    ja: str
    en: str

    def say(self, language: Language) -> str:
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True)
class Product:
    """One product and term. Both dates are usable, in the contract's time zone."""

    code: str
    name: Name
    unit: str
    quantity: int
    not_before: date
    not_after: date


@dataclass(frozen=True)
class Contract:
    """The contract the counts come from; ``time_zone`` is an IANA name."""

    number: str
    name: str
    company: str
    time_zone: str


@dataclass(frozen=True)
class Activation:
    """The claims of an activation file. Times are aware UTC datetimes."""

    jti: str
    audience: str
    jkt: str
    issued_at: datetime
    not_before: datetime
    expires_at: datetime
    seq: int
    nonce: str
    fp: dict[str, str]
    fp_salt: str
    fp_min: int
    contract: Contract
    environment: str
    products: tuple[Product, ...]
    grace_days: int


@dataclass(frozen=True)
class Emergency:
    """The claims of an emergency file. ``days`` is how long it runs after the day of first use."""

    jti: str
    issued_at: datetime
    not_before: datetime
    expires_at: datetime
    slot: int
    days: int
    contract: Contract
    environment: str
    products: tuple[Product, ...]


def read_emergency(claims: Json) -> Emergency:
    """Read verified claims. Raises ``ValueError`` when one is missing or of the wrong kind."""
    days = number(claims, "emergency_days")
    if not 1 <= days <= LONGEST_EMERGENCY:
        raise ValueError("emergency_days is out of range")
    return Emergency(
        jti=text(claims, "jti"),
        issued_at=moment(claims, "iat"),
        not_before=moment(claims, "nbf"),
        expires_at=moment(claims, "exp"),
        slot=number(claims, "slot"),
        days=days,
        contract=_contract(member(claims, "contract", dict)),
        environment=text(member(claims, "environment", dict), "name"),
        products=_products(claims),
    )


def read_activation(claims: Json) -> Activation:
    """Read verified claims. Raises ``ValueError`` when one is missing or of the wrong kind."""
    fp = {name: text(member(claims, "fp", dict), name) for name in member(claims, "fp", dict)}
    return Activation(
        jti=text(claims, "jti"),
        audience=text(claims, "aud"),
        jkt=text(member(claims, "cnf", dict), "jkt"),
        issued_at=moment(claims, "iat"),
        not_before=moment(claims, "nbf"),
        expires_at=moment(claims, "exp"),
        seq=number(claims, "seq"),
        nonce=text(claims, "nonce"),
        fp=fp,
        fp_salt=text(claims, "fp_salt"),
        fp_min=number(claims, "fp_min"),
        contract=_contract(member(claims, "contract", dict)),
        environment=text(member(claims, "environment", dict), "name"),
        products=_products(claims),
        grace_days=number(claims, "grace_days"),
    )


def member(claims: Json, name: str, kind: type) -> Any:
    """The claim ``name`` of exactly this kind. Raises ``ValueError`` otherwise."""
    value = claims.get(name)
    if type(value) is not kind:
        raise ValueError(f"{name} is missing or not {kind.__name__}")
    return value


def text(claims: Json, name: str) -> str:
    """A non-empty text claim. Raises ``ValueError`` otherwise."""
    value: str = member(claims, name, str)
    if not value:
        raise ValueError(f"{name} is empty")
    return value


def number(claims: Json, name: str) -> int:
    """A whole number from 0; ``true`` is none. Raises ``ValueError`` otherwise."""
    value: int = member(claims, name, int)
    if not 0 <= value <= LARGEST_NUMBER:
        raise ValueError(f"{name} is out of range")
    return value


def moment(claims: Json, name: str) -> datetime:
    """A NumericDate in whole seconds. Raises ``ValueError`` otherwise."""
    seconds = number(claims, name)
    if seconds > LAST_SECOND:
        raise ValueError(f"{name} is out of range")
    return _EPOCH + timedelta(seconds=seconds)


def day(claims: Json, name: str) -> date:
    """A date written YYYY-MM-DD and in no other way. Raises ``ValueError`` otherwise."""
    value = text(claims, name)
    read = date.fromisoformat(value)
    if read.isoformat() != value:
        raise ValueError(f"{name} is not written YYYY-MM-DD")
    return read


def _contract(claims: Json) -> Contract:
    return Contract(
        number=text(claims, "number"),
        name=text(claims, "name"),
        company=text(claims, "company"),
        time_zone=text(claims, "time_zone"),
    )


def _products(claims: Json) -> tuple[Product, ...]:
    products = tuple(_product(entry) for entry in member(claims, "products", list))
    if not products:
        raise ValueError("products is empty")
    return products


def _product(claims: Any) -> Product:
    if not isinstance(claims, dict):
        raise ValueError("a product is not an object")
    name = member(claims, "name", dict)
    product = Product(
        code=text(claims, "code"),
        name=Name(ja=text(name, "ja"), en=text(name, "en")),
        unit=text(claims, "unit"),
        quantity=number(claims, "quantity"),
        not_before=day(claims, "not_before"),
        not_after=day(claims, "not_after"),
    )
    if product.unit not in UNITS or product.quantity < 1:
        raise ValueError("unit or quantity is out of range")
    if product.not_after < product.not_before:
        raise ValueError("the term ends before it begins")
    return product
