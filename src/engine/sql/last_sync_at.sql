-- When the last sync of everything began: what was known of waiting customers is as of then.
SELECT max(started_at) FROM sync_runs WHERE kind <> 'conversations' AND outcome IN ('completed', 'incomplete')
