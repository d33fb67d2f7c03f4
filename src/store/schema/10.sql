ALTER TABLE week_versions ADD COLUMN prescribed BYTEA;
