import pytest

from assistant.errors import BadInput, Refused
from assistant.settings import load


def test_the_defaults_need_no_key_and_stay_on_this_machine() -> None:
    settings = load({})
    assert (settings.stripe_key, settings.host, settings.mode) == ("", "127.0.0.1", "personal")


@pytest.mark.parametrize("key", ["sk_live_abc", "rk_live_abc"])
def test_a_live_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(Refused) as refusal:
        load({"STRIPE_API_KEY": key})
    assert key not in str(refusal.value)


@pytest.mark.parametrize(
    "environment",
    [{"LUEUR_PORT": "many"}, {"LUEUR_MODE": "party"}, {"HF_HUB_OFFLINE": "perhaps"}, {"STRIPE_API_KEY": "pk"}],
)
def test_a_setting_that_cannot_be_used_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refusal:
        load(environment)
    assert refusal.value.values["name"] in environment


def test_secrets_are_masked_when_settings_are_shown() -> None:
    shown = load({"STRIPE_API_KEY": "sk_test_123", "LUEUR_SPEECH_KEY": "hush"}).masked()
    assert shown["stripe_key"] == "set"
    assert "hush" not in str(shown)
