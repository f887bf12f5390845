CREATE TABLE mandate_keys (
  user_id VARCHAR(64) NOT NULL,
  person TEXT NOT NULL,
  assistant TEXT NOT NULL,
  CONSTRAINT pk_mandate_keys PRIMARY KEY (user_id)
)

CREATE TABLE mandates (
  id VARCHAR(64) NOT NULL,
  user_id VARCHAR(64) NOT NULL,
  session_id VARCHAR(64) NOT NULL,
  language VARCHAR(8) NOT NULL,
  state VARCHAR(16) NOT NULL,
  checkout TEXT NOT NULL,
  payment TEXT NOT NULL,
  created_at VARCHAR(32) NOT NULL,
  seen_at VARCHAR(32) NOT NULL,
  revoked_at VARCHAR(32),
  CONSTRAINT pk_mandates PRIMARY KEY (id),
  CONSTRAINT ck_mandates_state CHECK (state IN ('active', 'revoked'))
)

CREATE TABLE mandate_uses (
  payment_id VARCHAR(64) NOT NULL,
  user_id VARCHAR(64) NOT NULL,
  mandate_id VARCHAR(64) NOT NULL,
  closed TEXT NOT NULL,
  at VARCHAR(32) NOT NULL,
  CONSTRAINT pk_mandate_uses PRIMARY KEY (payment_id),
  CONSTRAINT fk_mandate_uses_mandate_id FOREIGN KEY(mandate_id) REFERENCES mandates (id),
  CONSTRAINT fk_mandate_uses_payment_id FOREIGN KEY(payment_id) REFERENCES payments (id)
)

CREATE INDEX ix_mandates_user_id ON mandates (user_id)

CREATE INDEX ix_mandate_uses_mandate_id ON mandate_uses (mandate_id)

CREATE TRIGGER mandates_are_revoked_for_good BEFORE UPDATE OF state ON mandates WHEN OLD.state <> 'active' BEGIN SELECT RAISE(ABORT, 'revoked is revoked'); END

CREATE TRIGGER mandates_keep_what_was_signed BEFORE UPDATE OF id, user_id, checkout, payment, created_at ON mandates WHEN 1 BEGIN SELECT RAISE(ABORT, 'signed'); END

CREATE TRIGGER mandates_see_no_earlier_time BEFORE UPDATE OF seen_at ON mandates WHEN NEW.seen_at < OLD.seen_at BEGIN SELECT RAISE(ABORT, 'the clock went back'); END

CREATE TRIGGER mandate_uses_is_append_only_1 BEFORE UPDATE ON mandate_uses WHEN 1 BEGIN SELECT RAISE(ABORT, 'append-only'); END

CREATE TRIGGER mandate_uses_is_append_only_2 BEFORE DELETE ON mandate_uses WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE user_id = OLD.user_id) BEGIN SELECT RAISE(ABORT, 'append-only'); END
