CREATE TABLE busy (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    part TEXT NOT NULL,
    subject TEXT NOT NULL,
    url TEXT,
    etag TEXT,
    spans TEXT NOT NULL,
    doubts TEXT NOT NULL,
    created BIGINT NOT NULL,
    actor TEXT NOT NULL,
    read BIGINT,
    fetched BIGINT,
    failure TEXT
);
CREATE INDEX busy_of_program ON busy (tenant, program, created);
