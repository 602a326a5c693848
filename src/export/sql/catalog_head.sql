-- The views of this export for DuckDB, written by fi; export.json says what it holds. Paths are relative:
--
--   cd THIS_DIRECTORY && duckdb -init catalog.sql
--   python -c "import duckdb; duckdb.sql(open('catalog.sql').read()); print(duckdb.sql('FROM conversations LIMIT 3'))"
--
-- From elsewhere, say first where it is: SET file_search_path = '/path/to/this_directory';
-- All times are UTC. With this setting now() and CURRENT_DATE are too, and compare rightly.
SET TimeZone = 'UTC';
