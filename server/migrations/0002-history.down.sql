-- what came since is not in the table of samples that the older version reads; what came before it still is, for two days
DELETE FROM setting WHERE key = 'legacySamplesCopied';
DROP TABLE event;
DROP TABLE gap;
DROP TABLE journal;
DROP TABLE thing_host;
DROP TABLE thing;
DROP TABLE tier_fine;
DROP TABLE tier_minute;
DROP TABLE tier_ten_minutes;
DROP TABLE tier_hour;
DROP TABLE unrolled;
ALTER TABLE stream DROP COLUMN ranges;
ALTER TABLE stream DROP COLUMN received_at_ms;
