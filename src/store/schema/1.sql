CREATE TABLE solves (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL,
    program TEXT,
    week TEXT,
    priority BIGINT NOT NULL,
    status TEXT NOT NULL,
    cancel BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    beat BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    spent BIGINT NOT NULL,
    events BIGINT NOT NULL,
    progress TEXT,
    failure TEXT,
    created BIGINT NOT NULL,
    begun BIGINT,
    ended BIGINT
);
CREATE INDEX solves_queued ON solves (priority, created) WHERE status = 'queued';
CREATE INDEX solves_running ON solves (id) WHERE status = 'running';
CREATE INDEX solves_ended ON solves (ended) WHERE ended IS NOT NULL;
CREATE INDEX solves_of_week ON solves (tenant, program, week) WHERE program IS NOT NULL;

CREATE TABLE solve_requests (solve TEXT PRIMARY KEY, body BYTEA NOT NULL);
CREATE TABLE solve_calendars (solve TEXT PRIMARY KEY, objective BIGINT NOT NULL, bound BIGINT NOT NULL, calendar BYTEA NOT NULL);
CREATE TABLE solve_events (solve TEXT NOT NULL, seq BIGINT NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (solve, seq));
CREATE TABLE turns (tenant TEXT PRIMARY KEY, served BIGINT NOT NULL);
CREATE TABLE repeats (
    tenant TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    solve TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (tenant, idempotency_key)
);
CREATE INDEX repeats_solve ON repeats (solve);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    scopes TEXT NOT NULL,
    clinician TEXT,
    hash TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT,
    revoked BIGINT
);
CREATE TABLE sessions (hash TEXT PRIMARY KEY, api_key TEXT NOT NULL, expires BIGINT NOT NULL);
CREATE INDEX sessions_key ON sessions (api_key);
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    tenant TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    record TEXT NOT NULL,
    status BIGINT NOT NULL
);
CREATE INDEX audit_at ON audit (tenant, at);

CREATE TABLE programs (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    revision BIGINT NOT NULL,
    clock BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE TABLE entities (
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    position BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    body TEXT NOT NULL,
    aside TEXT NOT NULL,
    PRIMARY KEY (tenant, program, kind, id)
);
CREATE INDEX entities_order ON entities (tenant, program, kind, position);
CREATE TABLE weeks (
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    week TEXT NOT NULL,
    revision BIGINT NOT NULL,
    given TEXT NOT NULL,
    draft BYTEA,
    published BIGINT,
    solve TEXT,
    PRIMARY KEY (tenant, program, week)
);
CREATE TABLE week_versions (
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    week TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    calendar BYTEA NOT NULL,
    PRIMARY KEY (tenant, program, week, version)
);
