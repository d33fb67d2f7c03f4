CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    active BIGINT NOT NULL,
    secret TEXT NOT NULL,
    created BIGINT NOT NULL,
    actor TEXT NOT NULL
);
CREATE INDEX webhooks_of_program ON webhooks (tenant, program, created);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    due BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    answer TEXT,
    created BIGINT NOT NULL,
    ended BIGINT
);
CREATE INDEX outbox_due ON outbox (due) WHERE status = 'waiting';
CREATE INDEX outbox_ended ON outbox (ended) WHERE ended IS NOT NULL;
CREATE INDEX outbox_of_target ON outbox (target, created);
CREATE INDEX outbox_of_program ON outbox (tenant, program);
