-- Why a trial took a recorded answer: NULL is the cache, the only one that saves what the answer would have cost again.
ALTER TABLE trials ADD COLUMN taken TEXT CHECK (taken IN ('resumed', 'rescored'));
UPDATE trials SET taken = 'rescored' WHERE cached_from IS NOT NULL
AND run IN (SELECT id FROM runs WHERE json_extract(settings, '$.rescored_from') IS NOT NULL);
UPDATE trials SET taken = 'resumed' WHERE cached_from IS NOT NULL AND taken IS NULL
AND run IN (SELECT id FROM runs WHERE resumed_from IS NOT NULL);
