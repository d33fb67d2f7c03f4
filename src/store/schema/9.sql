CREATE TABLE series (tenant TEXT NOT NULL, program TEXT NOT NULL, week TEXT NOT NULL, options TEXT NOT NULL, solve TEXT, looked BIGINT NOT NULL, PRIMARY KEY (tenant, program, week));
