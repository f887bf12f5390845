CREATE TABLE actions (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    session_id VARCHAR(64) NOT NULL,
    turn_id VARCHAR(64) NOT NULL,
    verb VARCHAR(64) NOT NULL,
    target JSON NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_actions PRIMARY KEY (id)
);

CREATE INDEX ix_actions_user_id ON actions (user_id);

CREATE TABLE erasures (
    user_id VARCHAR(64) NOT NULL,
    CONSTRAINT pk_erasures PRIMARY KEY (user_id)
);

CREATE TABLE payees (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    name VARCHAR(120) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    account VARCHAR(64) NOT NULL,
    iban VARCHAR(34) NOT NULL,
    nicknames JSON NOT NULL,
    source VARCHAR(16) NOT NULL,
    added_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_payees PRIMARY KEY (id),
    CONSTRAINT ck_payees_kind CHECK (kind IN ('contact', 'biller')),
    CONSTRAINT uq_payees_user_id_name UNIQUE (user_id, name)
);

CREATE INDEX ix_payees_user_id ON payees (user_id);

CREATE TABLE payment_events (
    id INTEGER NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    payment_id VARCHAR(64) NOT NULL,
    event VARCHAR(32) NOT NULL,
    detail VARCHAR(120) NOT NULL,
    at VARCHAR(32) NOT NULL,
    hash VARCHAR(64) DEFAULT '' NOT NULL,
    CONSTRAINT pk_payment_events PRIMARY KEY (id)
);

CREATE INDEX ix_payment_events_payment_id ON payment_events (payment_id);

CREATE INDEX ix_payment_events_user_id ON payment_events (user_id);

CREATE TABLE payments (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    session_id VARCHAR(64) NOT NULL,
    state VARCHAR(16) NOT NULL,
    payee_id VARCHAR(64) NOT NULL,
    payee_name VARCHAR(120) NOT NULL,
    account VARCHAR(64) NOT NULL,
    amount BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    worth BIGINT NOT NULL,
    purpose VARCHAR(200) NOT NULL,
    method VARCHAR(64) NOT NULL,
    merchant_id VARCHAR(64) NOT NULL,
    quote_id VARCHAR(64) NOT NULL,
    sheet JSON NOT NULL,
    hash VARCHAR(64) NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    expires_at VARCHAR(32) NOT NULL,
    confirmed_at VARCHAR(32),
    send_at VARCHAR(32),
    moved_at VARCHAR(32) NOT NULL,
    provider_ref VARCHAR(64),
    attempt INTEGER NOT NULL,
    look_at VARCHAR(32),
    reason VARCHAR(64) NOT NULL,
    CONSTRAINT pk_payments PRIMARY KEY (id),
    CONSTRAINT ck_payments_quote CHECK ((merchant_id = '') = (quote_id = '')),
    CONSTRAINT ck_payments_send_at CHECK (state <> 'confirmed' OR send_at IS NOT NULL),
    CONSTRAINT ck_payments_paid_has_proof CHECK (state <> 'succeeded' OR provider_ref IS NOT NULL),
    CONSTRAINT ck_payments_state CHECK (state IN ('draft', 'confirmed', 'submitted', 'succeeded', 'failed', 'requires_action', 'unknown', 'canceled', 'expired')),
    CONSTRAINT ck_payments_unsent CHECK (state NOT IN ('draft', 'confirmed', 'canceled', 'expired') OR provider_ref IS NULL),
    CONSTRAINT ck_payments_amount CHECK (amount > 0),
    CONSTRAINT ck_payments_currency CHECK (length(currency) = 3),
    CONSTRAINT uq_payments_provider_ref UNIQUE (provider_ref)
);

CREATE INDEX ix_payments_state ON payments (state);

CREATE INDEX ix_payments_user_id ON payments (user_id);

CREATE TABLE quotes (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    merchant VARCHAR(40) NOT NULL,
    wanted JSON NOT NULL,
    delivery VARCHAR(40) NOT NULL,
    language VARCHAR(8) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    total INTEGER NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    expires_at VARCHAR(32) NOT NULL,
    coupons JSON DEFAULT '[]' NOT NULL,
    root VARCHAR(64) DEFAULT '' NOT NULL,
    CONSTRAINT pk_quotes PRIMARY KEY (id)
);

CREATE INDEX ix_quotes_user_id ON quotes (user_id);

CREATE TABLE sessions (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    language VARCHAR(8) NOT NULL,
    state JSON NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (id)
);

CREATE INDEX ix_sessions_user_id ON sessions (user_id);

CREATE TABLE turns (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    session_id VARCHAR(64) NOT NULL,
    at VARCHAR(32) NOT NULL,
    request JSON NOT NULL,
    reply JSON NOT NULL,
    CONSTRAINT pk_turns PRIMARY KEY (id)
);

CREATE INDEX ix_turns_session_id ON turns (session_id);

CREATE INDEX ix_turns_user_id ON turns (user_id);

CREATE TABLE users (
    user_id VARCHAR(64) NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    seen_at VARCHAR(32) NOT NULL,
    preferences JSON NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (user_id)
);

CREATE TABLE wallets (
    user_id VARCHAR(64) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    per_payment BIGINT NOT NULL,
    per_day BIGINT NOT NULL,
    method VARCHAR(64) NOT NULL,
    stopped_at VARCHAR(32),
    per_month BIGINT,
    first_use BIGINT,
    per_hour INTEGER,
    CONSTRAINT pk_wallets PRIMARY KEY (user_id),
    CONSTRAINT ck_wallets_limits CHECK (per_payment >= 0 AND per_day >= 0)
);

CREATE TABLE wealth_accounts (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    name VARCHAR(120) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    aliases JSON NOT NULL,
    note VARCHAR(200) NOT NULL,
    CONSTRAINT pk_wealth_accounts PRIMARY KEY (id),
    CONSTRAINT uq_wealth_accounts_user_id_name UNIQUE (user_id, name)
);

CREATE TABLE wealth_batches (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    source VARCHAR(200) NOT NULL,
    note VARCHAR(200) NOT NULL,
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_wealth_batches PRIMARY KEY (id)
);

CREATE TABLE wealth_rules (
    user_id VARCHAR(64) NOT NULL,
    words VARCHAR(200) NOT NULL,
    category VARCHAR(32) NOT NULL,
    CONSTRAINT pk_wealth_rules PRIMARY KEY (user_id, words)
);

CREATE TABLE wealth_securities (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    symbol VARCHAR(32) NOT NULL,
    name VARCHAR(120) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    CONSTRAINT pk_wealth_securities PRIMARY KEY (id),
    CONSTRAINT uq_wealth_securities_user_id_symbol UNIQUE (user_id, symbol)
);

CREATE TABLE wealth_uploads (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    name VARCHAR(200) NOT NULL,
    data BLOB NOT NULL,
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_wealth_uploads PRIMARY KEY (id)
);

CREATE TABLE ledger (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    payment_id VARCHAR(64) NOT NULL,
    ref VARCHAR(64) NOT NULL,
    debit VARCHAR(80) NOT NULL,
    credit VARCHAR(80) NOT NULL,
    amount BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_ledger PRIMARY KEY (id),
    CONSTRAINT ck_ledger_amount CHECK (amount > 0),
    CONSTRAINT ck_ledger_two_sides CHECK (debit <> credit),
    CONSTRAINT fk_ledger_payment_id FOREIGN KEY(payment_id) REFERENCES payments (id),
    CONSTRAINT uq_ledger_ref_debit UNIQUE (ref, debit)
);

CREATE INDEX ix_ledger_payment_id ON ledger (payment_id);

CREATE INDEX ix_ledger_user_id ON ledger (user_id);

CREATE TABLE orders (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    quote_id VARCHAR(64) NOT NULL,
    merchant VARCHAR(40) NOT NULL,
    status VARCHAR(16) NOT NULL,
    provider_ref VARCHAR(120) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (id),
    CONSTRAINT ck_orders_paid_has_proof CHECK (status <> 'paid' OR provider_ref <> ''),
    CONSTRAINT ck_orders_status CHECK (status IN ('charging', 'paid', 'declined', 'canceled')),
    CONSTRAINT fk_orders_quote_id FOREIGN KEY(quote_id) REFERENCES quotes (id),
    CONSTRAINT uq_orders_quote_id UNIQUE (quote_id)
);

CREATE INDEX ix_orders_user_id ON orders (user_id);

CREATE TABLE payment_tokens (
    digest VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    payment_id VARCHAR(64) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    expires_at VARCHAR(32) NOT NULL,
    used_at VARCHAR(32),
    provider_ref VARCHAR(64),
    attempt INTEGER NOT NULL,
    CONSTRAINT pk_payment_tokens PRIMARY KEY (digest),
    CONSTRAINT ck_payment_tokens_kind CHECK (kind IN ('confirm', 'vault')),
    CONSTRAINT fk_payment_tokens_payment_id FOREIGN KEY(payment_id) REFERENCES payments (id),
    CONSTRAINT uq_payment_tokens_provider_ref UNIQUE (provider_ref)
);

CREATE INDEX ix_payment_tokens_payment_id ON payment_tokens (payment_id);

CREATE UNIQUE INDEX uq_payment_tokens_one_vault_token ON payment_tokens (payment_id) WHERE kind = 'vault';

CREATE TABLE refunds (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    payment_id VARCHAR(64) NOT NULL,
    amount BIGINT NOT NULL,
    state VARCHAR(16) NOT NULL,
    provider_ref VARCHAR(64),
    created_at VARCHAR(32) NOT NULL,
    look_at VARCHAR(32) NOT NULL,
    reason VARCHAR(64) NOT NULL,
    CONSTRAINT pk_refunds PRIMARY KEY (id),
    CONSTRAINT ck_refunds_state CHECK (state IN ('submitted', 'succeeded', 'failed')),
    CONSTRAINT ck_refunds_amount CHECK (amount > 0),
    CONSTRAINT fk_refunds_payment_id FOREIGN KEY(payment_id) REFERENCES payments (id),
    CONSTRAINT uq_refunds_provider_ref UNIQUE (provider_ref)
);

CREATE INDEX ix_refunds_payment_id ON refunds (payment_id);

CREATE INDEX ix_refunds_user_id ON refunds (user_id);

CREATE TABLE wealth_entries (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    batch_id VARCHAR(64) NOT NULL,
    day DATE NOT NULL,
    payee TEXT NOT NULL,
    memo TEXT NOT NULL,
    identity VARCHAR(64) NOT NULL,
    CONSTRAINT pk_wealth_entries PRIMARY KEY (id),
    CONSTRAINT fk_wealth_entries_batch_id FOREIGN KEY(batch_id) REFERENCES wealth_batches (id),
    CONSTRAINT uq_wealth_entries_user_id_identity UNIQUE (user_id, identity)
);

CREATE INDEX ix_wealth_entries_user_day ON wealth_entries (user_id, day);

CREATE TABLE wealth_prices (
    security_id VARCHAR(64) NOT NULL,
    day DATE NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    price BIGINT NOT NULL,
    CONSTRAINT pk_wealth_prices PRIMARY KEY (security_id, day),
    CONSTRAINT fk_wealth_prices_security_id FOREIGN KEY(security_id) REFERENCES wealth_securities (id)
);

CREATE TABLE wealth_postings (
    entry_id VARCHAR(64) NOT NULL,
    line INTEGER NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    account_id VARCHAR(64),
    flow VARCHAR(16) NOT NULL,
    category VARCHAR(32) NOT NULL,
    minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    security_id VARCHAR(64),
    quantity BIGINT NOT NULL,
    CONSTRAINT pk_wealth_postings PRIMARY KEY (entry_id, line),
    CONSTRAINT ck_wealth_postings_one_side CHECK ((account_id IS NULL) <> (flow = '')),
    CONSTRAINT fk_wealth_postings_account_id FOREIGN KEY(account_id) REFERENCES wealth_accounts (id),
    CONSTRAINT fk_wealth_postings_entry_id FOREIGN KEY(entry_id) REFERENCES wealth_entries (id),
    CONSTRAINT fk_wealth_postings_security_id FOREIGN KEY(security_id) REFERENCES wealth_securities (id)
);

CREATE INDEX ix_wealth_postings_user_account ON wealth_postings (user_id, account_id);

CREATE TRIGGER payments_follow_their_steps
    BEFORE UPDATE OF state ON payments
    WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ('draft>confirmed', 'draft>canceled', 'draft>expired', 'confirmed>submitted', 'confirmed>canceled', 'submitted>succeeded', 'submitted>failed', 'submitted>requires_action', 'submitted>unknown', 'requires_action>succeeded', 'requires_action>failed', 'requires_action>unknown', 'unknown>succeeded', 'unknown>failed', 'unknown>requires_action')
    BEGIN SELECT RAISE(ABORT, 'no such step'); END;

CREATE TRIGGER payments_begin_as_drafts
    BEFORE INSERT ON payments
    WHEN NEW.state <> 'draft'
    BEGIN SELECT RAISE(ABORT, 'a payment begins as a draft'); END;

CREATE TRIGGER payments_keep_what_was_shown
    BEFORE UPDATE OF id, user_id, session_id, payee_id, payee_name, account, amount, currency, purpose, method, merchant_id, quote_id, hash, created_at, expires_at ON payments
    WHEN 1
    BEGIN SELECT RAISE(ABORT, 'a changed draft is a new draft'); END;

CREATE TRIGGER payments_keep_their_charge
    BEFORE UPDATE OF provider_ref ON payments
    WHEN OLD.provider_ref IS NOT NULL AND NEW.provider_ref IS NOT OLD.provider_ref
    BEGIN SELECT RAISE(ABORT, 'one charge for one draft'); END;

CREATE TRIGGER payments_stay
    BEFORE DELETE ON payments
    WHEN OLD.state NOT IN ('draft', 'canceled', 'expired') AND NOT EXISTS (SELECT 1 FROM erasures WHERE user_id = OLD.user_id)
    BEGIN SELECT RAISE(ABORT, 'payments stay'); END;

CREATE TRIGGER payment_events_is_append_only_2
    BEFORE DELETE ON payment_events
    WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE user_id = OLD.user_id)
    BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TRIGGER tokens_are_used_once
    BEFORE UPDATE OF used_at ON payment_tokens
    WHEN OLD.used_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a token is used once'); END;

CREATE TRIGGER refunds_stay_below_the_payment
    BEFORE INSERT ON refunds
    WHEN NEW.amount + (SELECT coalesce(sum(amount), 0) FROM refunds WHERE payment_id = NEW.payment_id AND state <> 'failed') > (SELECT coalesce(sum(amount), 0) FROM payments WHERE id = NEW.payment_id AND state = 'succeeded')
    BEGIN SELECT RAISE(ABORT, 'more than was paid'); END;

CREATE TRIGGER refunds_settle_once
    BEFORE UPDATE OF state ON refunds
    WHEN OLD.state <> 'submitted'
    BEGIN SELECT RAISE(ABORT, 'a refund settles once'); END;

CREATE TRIGGER refunds_keep_their_amount
    BEFORE UPDATE OF id, user_id, payment_id, amount ON refunds
    WHEN 1
    BEGIN SELECT RAISE(ABORT, 'a refund is fixed'); END;

CREATE TRIGGER ledger_is_append_only_1
    BEFORE UPDATE ON ledger
    WHEN 1
    BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TRIGGER ledger_is_append_only_2
    BEFORE DELETE ON ledger
    WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE user_id = OLD.user_id)
    BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TABLE provider_events (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_provider_events PRIMARY KEY (id)
);

CREATE TABLE prepared_transfers (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    state VARCHAR(16) NOT NULL,
    payee_id VARCHAR(64) NOT NULL,
    payee_name VARCHAR(120) NOT NULL,
    iban VARCHAR(34) NOT NULL,
    amount BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    purpose VARCHAR(140) NOT NULL,
    reference VARCHAR(35) NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    moved_at VARCHAR(32) NOT NULL,
    proof VARCHAR(200) NOT NULL,
    CONSTRAINT pk_prepared_transfers PRIMARY KEY (id),
    CONSTRAINT ck_prepared_transfers_amount CHECK (amount > 0),
    CONSTRAINT ck_prepared_transfers_state CHECK (state IN ('prepared', 'paid', 'canceled')),
    CONSTRAINT ck_prepared_transfers_paid_has_proof CHECK (state <> 'paid' OR proof <> ''),
    CONSTRAINT uq_prepared_transfers_reference UNIQUE (reference)
);

CREATE INDEX ix_prepared_transfers_user_id ON prepared_transfers (user_id);

CREATE TRIGGER payment_events_is_append_only_1
    BEFORE UPDATE ON payment_events
    WHEN 1
    BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TRIGGER transfers_keep_what_was_shown
    BEFORE UPDATE OF id, user_id, payee_id, payee_name, iban, amount, currency, purpose, reference, created_at ON prepared_transfers
    WHEN 1
    BEGIN SELECT RAISE(ABORT, 'a changed transfer is a new transfer'); END;

CREATE TRIGGER transfers_end_once
    BEFORE UPDATE OF state ON prepared_transfers
    WHEN OLD.state <> 'prepared'
    BEGIN SELECT RAISE(ABORT, 'a transfer ends once'); END;

CREATE TABLE carts (
    user_id VARCHAR(64) NOT NULL,
    version INTEGER NOT NULL,
    lines JSON NOT NULL,
    coupons JSON NOT NULL,
    delivery VARCHAR(40) NOT NULL,
    budget BIGINT,
    currency VARCHAR(3) NOT NULL,
    quotes JSON NOT NULL,
    CONSTRAINT pk_carts PRIMARY KEY (user_id)
);

CREATE TABLE products (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    gtin VARCHAR(14),
    category VARCHAR(64) NOT NULL,
    family VARCHAR(64) NOT NULL,
    brand VARCHAR(120) NOT NULL,
    model VARCHAR(64) NOT NULL,
    titles JSON NOT NULL,
    descriptions JSON NOT NULL,
    image VARCHAR(200) NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (id),
    CONSTRAINT uq_products_gtin UNIQUE (gtin)
);

CREATE INDEX ix_products_model ON products (model);

CREATE INDEX ix_products_user_id ON products (user_id);

CREATE TABLE product_attributes (
    product_id VARCHAR(64) NOT NULL,
    name VARCHAR(40) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    text VARCHAR(120),
    number FLOAT,
    unit VARCHAR(8) NOT NULL,
    CONSTRAINT pk_product_attributes PRIMARY KEY (product_id, name),
    CONSTRAINT ck_product_attributes_typed CHECK ((text IS NULL) <> (number IS NULL)),
    CONSTRAINT fk_product_attributes_product_id FOREIGN KEY(product_id) REFERENCES products (id) ON DELETE CASCADE
);

CREATE TABLE offers (
    product_id VARCHAR(64) NOT NULL,
    merchant VARCHAR(40) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    stock INTEGER NOT NULL,
    delivery_days INTEGER NOT NULL,
    read_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_offers PRIMARY KEY (product_id, merchant),
    CONSTRAINT ck_offers_delivery_days CHECK (delivery_days >= 0),
    CONSTRAINT ck_offers_stock CHECK (stock >= 0),
    CONSTRAINT fk_offers_product_id FOREIGN KEY(product_id) REFERENCES products (id) ON DELETE CASCADE
);

CREATE TABLE prices (
    product_id VARCHAR(64) NOT NULL,
    merchant VARCHAR(40) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    minor INTEGER NOT NULL,
    CONSTRAINT pk_prices PRIMARY KEY (product_id, merchant, currency),
    CONSTRAINT ck_prices_minor CHECK (minor > 0),
    CONSTRAINT fk_prices_product_id_merchant FOREIGN KEY(product_id, merchant) REFERENCES offers (product_id, merchant) ON DELETE CASCADE
);

CREATE TABLE price_history (
    product_id VARCHAR(64) NOT NULL,
    merchant VARCHAR(40) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    at VARCHAR(32) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    minor INTEGER NOT NULL,
    CONSTRAINT pk_price_history PRIMARY KEY (product_id, merchant, currency, at),
    CONSTRAINT fk_price_history_product_id FOREIGN KEY(product_id) REFERENCES products (id) ON DELETE CASCADE
);

CREATE INDEX ix_quotes_root ON quotes (root);

CREATE TABLE price_watches (
    user_id VARCHAR(64) NOT NULL,
    product_id VARCHAR(64) NOT NULL,
    minor INTEGER NOT NULL,
    currency VARCHAR(3) NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_price_watches PRIMARY KEY (user_id, product_id)
);

CREATE TABLE flash_cards (
    id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    title VARCHAR(80) NOT NULL,
    given JSON NOT NULL,
    rows JSON NOT NULL,
    kept BOOLEAN NOT NULL,
    changed_at VARCHAR(32) NOT NULL,
    CONSTRAINT pk_flash_cards PRIMARY KEY (id)
);

CREATE INDEX ix_flash_cards_user_id ON flash_cards (user_id);
