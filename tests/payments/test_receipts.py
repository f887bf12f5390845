"""A receipt on paper and as JSON: where each field came from, for the person it belongs to and nobody else."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant.clock import MovableClock
from assistant.conversation import MOST_MISSED, Guesses
from assistant.money import Money
from assistant.payments import Origin, Payee, Payment, Payments
from assistant.payments.sandbox.courier import signature
from assistant.protocols.payment import _page, routes
from assistant.reply import SumLine
from tests.payments.conftest import LUNCH, SESSION, USER, pay

SAID = "pay Alice 12.50 <b>${1+1}</b>"


@pytest.fixture
def browser(kernel: Payments) -> Iterator[TestClient]:
    assistant: Any = SimpleNamespace(rooms=SimpleNamespace(payments=kernel, shop=None), guesses=Guesses(kernel.clock))
    app = Starlette(routes=routes(assistant, lambda call: call.headers.get("x-user", USER)))
    with TestClient(app, base_url=kernel.page, follow_redirects=False) as client:
        yield client


@pytest.fixture
def done(kernel: Payments, alice: Payee) -> Payment:
    origin = Origin(SAID, {"amount": {"span": [10, 15]}, "payee": {"image": 0, "box": [1, 2, 3, 4]}})
    return pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH, "lunch <i>", origin))


def test_a_receipt_to_print_says_what_was_paid_and_why(browser: TestClient, done: Payment) -> None:
    page = browser.get(f"/receipts/{done.id}").text
    for words in ("€12.50", "Alice Martin", "Paid", done.provider_ref, "sandbox", "no real money", "“12.50”"):
        assert words in page.replace("&#36;", "$")
    assert "<b>" not in page.replace("<b>Paid</b>", "") and "<i>" not in page and "${" not in page
    assert "已付款" in browser.get(f"/receipts/{done.id}", headers={"accept-language": "zh"}).text


def test_a_receipt_as_json_carries_its_trail(browser: TestClient, done: Payment) -> None:
    data = browser.get(f"/receipts/{done.id}.json").json()
    assert (data["state"], data["amount"]["minor"], data["hash"]) == ("succeeded", 1250, done.hash)
    assert data["origin"]["source"] == SAID and data["origin"]["provenance"]["amount"] == {"span": [10, 15]}
    assert [step["event"] for step in data["trail"]] == ["draft", "confirmed", "submitted", "intent", "succeeded"]
    assert all(len(step["hash"]) == 64 for step in data["trail"]) and "session" not in data


def test_somebody_elses_receipt_does_not_exist(browser: TestClient, kernel: Payments, done: Payment) -> None:
    gas = kernel.payees.add(USER, "Gas", "biller", "EUR", iban="FR7630006000011234567890189")
    made = kernel.transfers.prepare(USER, gas, LUNCH)
    paths = [f"/receipts/{done.id}", f"/receipts/{done.id}.json", f"/challenge/{done.id}"]
    for path in [*paths, f"/transfers/{made.id}", f"/transfers/{made.id}.xml"]:
        assert browser.get(path).status_code in (200, 303)
        stranger = browser.get(path, headers={"x-user": "eve"})
        assert stranger.status_code == 404 and done.id not in stranger.text


def test_a_prepared_transfer_is_a_code_and_a_file(browser: TestClient, kernel: Payments) -> None:
    gas = kernel.payees.add(USER, "Gas <b>", "biller", "EUR", iban="FR7630006000011234567890189")
    made = kernel.transfers.prepare(USER, gas, LUNCH)
    page = browser.get(f"/transfers/{made.id}").text
    assert "<svg" in page and "Not paid" in page and "<b>" not in page
    assert browser.get(f"/transfers/{made.id}.xml").headers["content-disposition"].startswith("attachment")


def test_only_a_signed_webhook_is_heard(browser: TestClient, kernel: Payments, done: Payment) -> None:
    told = {"id": "evt_1", "data": {"object": {"object": "payment_intent", "id": done.provider_ref}}}
    body = json.dumps(told)
    signed = signature(kernel._webhook_secret, body, int(kernel.clock.now().timestamp()))
    heard = [browser.post("/webhooks/stripe", content=body, headers={"stripe-signature": signed}) for _ in (1, 2)]
    assert [(answer.status_code, answer.text) for answer in heard] == [(200, "heard"), (200, "heard before")]
    assert browser.post("/webhooks/stripe", content=body).status_code == 400
    assert browser.post("/webhooks/stripe", content=b"x" * 300_000).status_code == 413


def test_22_who_tries_out_ids_is_not_answered_for_a_minute(
    browser: TestClient, clock: MovableClock, done: Payment
) -> None:
    tried = [browser.get(f"/receipts/pay_{number:032x}").status_code for number in range(MOST_MISSED + 2)]
    assert tried == [404] * MOST_MISSED + [403] * 2
    assert browser.get(f"/receipts/{done.id}").status_code == 403
    assert browser.get("/payments.csv", headers={"x-user": "eve"}).status_code == 200, "nobody else is held up"
    clock.forward(seconds=61)
    assert browser.get(f"/receipts/{done.id}").status_code == 200


FORMULAS = ("=HYPERLINK(1)", "+1+1", "-2", "@SUM(1)", "\t=1", "＝1", '"; =1', "plain, with a comma")


def test_56_a_formula_stays_text_in_a_spreadsheet(browser: TestClient, kernel: Payments, alice: Payee) -> None:
    for purpose in FORMULAS:
        pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH, purpose))
    answer = browser.get("/payments.csv")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    cells = [cell for row in rows for cell in row]
    assert len(rows) == len(FORMULAS) and all(len(row) == len(head) for row in rows)
    assert not [cell for cell in cells if cell.lstrip()[:1] in "=+-@＝＋－＠" and cell]
    told = {row[head.index("purpose")].removeprefix("'") for row in rows}
    assert told == {text.strip() for text in FORMULAS}
    assert {row[head.index("amount")] for row in rows} == {"12.50"}
    assert answer.headers["content-disposition"] == 'attachment; filename="payments.csv"'
    assert len(browser.get("/payments.csv", headers={"x-user": "eve"}).text.splitlines()) == 1


def test_paper_tells_how_many_of_each_were_bought_and_keeps_two_of_one_name(done: Payment) -> None:
    mugs = (SumLine("Mug", Money(500, "EUR"), 2), SumLine("Mug", Money(700, "EUR")))
    page = _page(replace(done, lines=mugs), "sandbox", "en")
    assert "2 × €5.00" in page and "€7.00" in page
