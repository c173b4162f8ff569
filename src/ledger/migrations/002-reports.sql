-- What reports of spend look for, found without reading every row: what may have been billed, and what was not paid again.
CREATE INDEX attempts_lost ON attempts (day) WHERE state = 'lost';
CREATE INDEX trials_cached ON trials (run) WHERE cached_from IS NOT NULL;
