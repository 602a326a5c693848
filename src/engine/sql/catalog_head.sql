-- The views of this lake for DuckDB, written by fi; changes are overwritten.
--
--   duckdb -init catalog.sql
--   python -c "import duckdb; duckdb.sql(open('catalog.sql').read()); print(duckdb.sql('FROM conversations LIMIT 3'))"
--
-- Paths are absolute: after moving the lake, run `fi sync` once to have this file written anew.
-- All times in the lake are UTC. With this setting now() and CURRENT_DATE are too, and compare rightly.
SET TimeZone = 'UTC';
