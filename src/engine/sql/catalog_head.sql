-- The views of this lake for DuckDB, written by fi; changes are overwritten.
--
--   duckdb -init catalog.sql
--   python -c "import duckdb; duckdb.sql(open('catalog.sql').read()); print(duckdb.sql('FROM conversations LIMIT 3'))"
--
-- The lake is found by the absolute path below, also from a copy of it. To read the copy, or a lake that was moved, say
-- first where it is now: CREATE MACRO lake_moved_to() AS '/path/to/copy/lake'; or in the directory of the copy
--
--   duckdb -cmd "CREATE MACRO lake_moved_to() AS '$PWD'" -cmd ".read catalog.sql"
--
-- All times in the lake are UTC. With this setting now() and CURRENT_DATE are too, and compare rightly.
SET TimeZone = 'UTC';

CREATE MACRO IF NOT EXISTS lake_moved_to() AS NULL;
CREATE OR REPLACE MACRO lake_dir() AS coalesce(lake_moved_to(), '{lake_dir}');
