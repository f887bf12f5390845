"""What a person may write into a card: decimal amounts in major units and percentages, within what can be computed."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

LARGEST = 10**12
Amount = Annotated[Decimal, Field(ge=0, le=LARGEST)]
Positive = Annotated[Decimal, Field(gt=0, le=LARGEST)]
Percent = Annotated[Decimal, Field(ge=0, le=100)]
Scale = Annotated[Decimal, Field(ge=0, le=300)]  # percent of what is now
Count = Annotated[int, Field(ge=1, le=1000)]
Months = Annotated[int, Field(ge=1, le=1200)]
