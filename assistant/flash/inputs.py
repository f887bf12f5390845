"""What a person may write into a card: the type and bounds of each field, and how it is asked for."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

LARGEST = 10**12


@dataclass(frozen=True, slots=True)
class Input:
    """`unit`: a sign, `currency` (the card's) or `month` (counted from today). `most`: the end of a slider, a number or
    the field that sets it; empty: the value itself does. `label`: its message, where that is not the field's name."""

    kind: Literal["number", "range", "date", "choice"] = "number"
    step: str = ""
    unit: str = ""
    most: str = ""
    least: str = "0"
    label: str = ""


Fixed = Annotated[Decimal, Field(ge=0, le=LARGEST)]  # an amount that no control changes
Amount = Annotated[Fixed, Input(step="0.01", unit="currency")]
Positive = Annotated[Decimal, Field(gt=0, le=LARGEST), Input(step="0.01", unit="currency")]
Percent = Annotated[Decimal, Field(ge=0, le=100), Input("range", "0.05", "%", "15")]
Scale = Annotated[Decimal, Field(ge=0, le=300), Input("range", "5", "%", "200")]  # percent of what is now
Count = Annotated[int, Field(ge=1, le=1000), Input(step="1", least="1")]
Months = Annotated[int, Field(ge=1, le=1200)]
