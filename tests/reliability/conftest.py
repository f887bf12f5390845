"""A furnished world, made once and copied."""

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.reliability.world import World


@pytest.fixture(scope="session")
def new_world(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], World]:
    """Makes a folder of its own for each world, with the schema in it."""
    ground = tmp_path_factory.mktemp("worlds")
    World(ground / "template").close()

    def make() -> World:
        home = ground / f"{len(list(ground.iterdir()))}"
        shutil.copytree(ground / "template", home)
        return World(home)

    return make


@pytest.fixture
def world(new_world: Callable[[], World]) -> Iterator[World]:
    made = new_world()
    with made.watching_commits():
        yield made
    made.close()
