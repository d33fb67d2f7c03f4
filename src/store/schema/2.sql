ALTER TABLE weeks ADD COLUMN imported BIGINT NOT NULL DEFAULT 0;
ALTER TABLE weeks ADD COLUMN step BIGINT NOT NULL DEFAULT 0;
UPDATE weeks SET imported = 1 WHERE given <> '{}';
CREATE TABLE week_drafts (
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    week TEXT NOT NULL,
    step BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    calendar BYTEA NOT NULL,
    PRIMARY KEY (tenant, program, week, step)
);
INSERT INTO week_drafts (tenant, program, week, step, at, actor, calendar)
    SELECT tenant, program, week, 1, 0, 'unknown', draft FROM weeks WHERE draft IS NOT NULL;
UPDATE weeks SET step = 1 WHERE draft IS NOT NULL;

CREATE TABLE attendance (
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    week TEXT NOT NULL,
    session TEXT NOT NULL,
    participant TEXT NOT NULL,
    status TEXT NOT NULL,
    minutes BIGINT,
    cancelled_by TEXT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (tenant, program, week, session, participant)
);

CREATE TABLE feeds (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    part TEXT NOT NULL,
    subject TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    actor TEXT NOT NULL
);
CREATE INDEX feeds_of_program ON feeds (tenant, program, created);

CREATE TABLE records (
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    participant TEXT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (tenant, program, participant)
);
