-- The database that `onrecord export --to sqlite` writes. No semicolon inside a statement or a comment.
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    doc TEXT NOT NULL UNIQUE,
    title TEXT, date TEXT, outlet TEXT, url TEXT, language TEXT, encoding TEXT, duplicate_of TEXT,
    text TEXT
);
CREATE TABLE speakers (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT,
    identifier TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'organization', 'group', 'document', 'unknown')),
    role TEXT,
    description TEXT,
    article INTEGER REFERENCES articles (id)
);
CREATE TABLE speaker_names (
    speaker INTEGER NOT NULL REFERENCES speakers (id),
    name TEXT NOT NULL,
    PRIMARY KEY (speaker, name)
) WITHOUT ROWID;
CREATE TABLE targets (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE statements (
    id INTEGER PRIMARY KEY,
    identifier TEXT NOT NULL UNIQUE,
    article INTEGER NOT NULL REFERENCES articles (id),
    text TEXT NOT NULL,
    form TEXT NOT NULL CHECK (form IN ('direct', 'indirect', 'mixed')),
    act TEXT, act_score REAL, confidence REAL,
    begins INTEGER NOT NULL, ends INTEGER NOT NULL, content TEXT NOT NULL,
    context_begins INTEGER NOT NULL, context_ends INTEGER NOT NULL, context TEXT,
    cue TEXT, cue_spans TEXT, source TEXT, source_spans TEXT, via TEXT, via_spans TEXT,
    cluster TEXT, attribution_conflict INTEGER NOT NULL
);
CREATE TABLE statement_speakers (
    statement INTEGER NOT NULL REFERENCES statements (id),
    place INTEGER NOT NULL,
    speaker INTEGER NOT NULL REFERENCES speakers (id),
    role TEXT, description TEXT, score REAL,
    source_type TEXT, gender TEXT, anonymous INTEGER NOT NULL, reason TEXT, reason_spans TEXT,
    PRIMARY KEY (statement, place)
);
CREATE TABLE stances (
    statement INTEGER NOT NULL REFERENCES statements (id),
    place INTEGER NOT NULL,
    target INTEGER NOT NULL REFERENCES targets (id),
    label TEXT NOT NULL CHECK (label IN ('support', 'oppose', 'neutral', 'unclear')),
    score REAL, support REAL, oppose REAL, neutral REAL, about REAL,
    PRIMARY KEY (statement, place)
);
-- After loading
CREATE INDEX statements_article ON statements (article);
CREATE INDEX statements_form ON statements (form);
CREATE INDEX statements_act ON statements (act);
CREATE INDEX statements_cluster ON statements (cluster);
CREATE INDEX statement_speakers_speaker ON statement_speakers (speaker);
CREATE INDEX stances_target ON stances (target, label);
CREATE INDEX speakers_name ON speakers (name);
CREATE INDEX speakers_article ON speakers (article);
CREATE INDEX articles_date ON articles (date);
CREATE INDEX articles_outlet ON articles (outlet);
UPDATE speakers SET role = (
    SELECT role FROM statement_speakers WHERE speaker = speakers.id AND role IS NOT NULL
    GROUP BY role ORDER BY COUNT(*) DESC, role LIMIT 1
);
CREATE VIEW said AS
SELECT statements.id AS statement, speakers.id AS speaker_id,
       coalesce(speakers.name, statement_speakers.description, speakers.description) AS speaker, speakers.kind,
       statement_speakers.role, statement_speakers.source_type, statement_speakers.gender,
       statement_speakers.anonymous, statement_speakers.reason, statements.text, statements.form, statements.act,
       statements.act_score, statements.confidence, statement_speakers.score AS speaker_score, articles.id AS article, articles.title, articles.date,
       articles.outlet, articles.url, articles.doc, statements.context
FROM statements JOIN articles ON articles.id = statements.article
LEFT JOIN statement_speakers ON statement_speakers.statement = statements.id
LEFT JOIN speakers ON speakers.id = statement_speakers.speaker;
CREATE VIEW speaker_counts AS
SELECT speakers.id AS speaker_id, speakers.name, speakers.kind, speakers.role,
       COUNT(DISTINCT statements.id) AS statements, COUNT(DISTINCT statements.article) AS articles,
       COUNT(DISTINCT CASE WHEN form = 'direct' THEN statements.id END) AS direct,
       COUNT(DISTINCT CASE WHEN form = 'mixed' THEN statements.id END) AS mixed,
       COUNT(DISTINCT CASE WHEN form = 'indirect' THEN statements.id END) AS indirect
FROM speakers JOIN statement_speakers ON statement_speakers.speaker = speakers.id
JOIN statements ON statements.id = statement_speakers.statement
WHERE speakers.name IS NOT NULL
GROUP BY speakers.id ORDER BY statements DESC, speakers.name;
CREATE VIEW stance_counts AS
SELECT targets.name AS target, speakers.id AS speaker_id, speakers.name AS speaker,
       SUM(label = 'support') AS support, SUM(label = 'oppose') AS oppose, SUM(label = 'neutral') AS neutral,
       SUM(label = 'unclear') AS unclear, COUNT(*) AS statements
FROM stances JOIN targets ON targets.id = stances.target
JOIN (SELECT DISTINCT statement, speaker FROM statement_speakers) AS spoken ON spoken.statement = stances.statement
JOIN speakers ON speakers.id = spoken.speaker
WHERE speakers.name IS NOT NULL
GROUP BY targets.id, speakers.id ORDER BY statements DESC, speakers.name
