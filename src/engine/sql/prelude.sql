-- The present time, in UTC and without zone, like every time in the lake.
CREATE MACRO now() AS getvariable('fi_now');
CREATE MACRO get_current_timestamp() AS getvariable('fi_now');
CREATE MACRO transaction_timestamp() AS getvariable('fi_now');
CREATE MACRO current_localtimestamp() AS getvariable('fi_now');
CREATE MACRO current_date() AS getvariable('fi_now')::DATE;
CREATE MACRO today() AS getvariable('fi_now')::DATE;
CREATE MACRO get_current_time() AS getvariable('fi_now')::TIME;
CREATE MACRO current_localtime() AS getvariable('fi_now')::TIME;
CREATE MACRO age(moment) AS system.main.age(getvariable('fi_now')::DATE::TIMESTAMP, moment::TIMESTAMP),
    (later, earlier) AS system.main.age(later::TIMESTAMP, earlier::TIMESTAMP);
-- Seconds since 1970 as a time like those in the lake.
CREATE MACRO to_timestamp(seconds) AS make_timestamp((seconds::DOUBLE * 1000000)::BIGINT);
-- A UTC time as the clocks of a zone show it.
CREATE MACRO to_local(moment, zone) AS timezone(zone, timezone('UTC', moment::TIMESTAMP));
-- When the last sync of everything began. A variable, because a view that reads it from a table would read that table
-- for every question, also for those that do not ask how long anybody waits.
CREATE MACRO last_sync_at() AS getvariable('fi_last_sync_at')::TIMESTAMP;
