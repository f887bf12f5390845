"""The rules, loaded once for every file here."""

import pytest

from assistant.language.rules import Rules


@pytest.fixture(scope="session")
def rules() -> Rules:
    return Rules()
