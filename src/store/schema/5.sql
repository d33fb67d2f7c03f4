CREATE TABLE caldav (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    program TEXT NOT NULL,
    clinician TEXT,
    url TEXT NOT NULL,
    username TEXT NOT NULL,
    password TEXT NOT NULL,
    created BIGINT NOT NULL,
    actor TEXT NOT NULL,
    synced BIGINT
);
CREATE INDEX caldav_of_program ON caldav (tenant, program, created);
CREATE TABLE caldav_events (
    collection TEXT NOT NULL,
    uid TEXT NOT NULL,
    week TEXT NOT NULL,
    etag TEXT,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (collection, uid)
);
