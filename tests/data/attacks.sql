--- Statements that must not run, one a line; {dir} stands for a directory with a lake and a secret in it.
--- The first part was tried against DuckDB 2.0 in four configurations (reliability notes, appendix A); most ran.
SELECT count(*) FROM read_parquet('{dir}/lake/conversations/**/*.parquet')
SELECT count(*) FROM '{dir}/lake/conversations/dt=2026-01-01/data.parquet'
SELECT content FROM read_text('/etc/passwd')
SELECT content FROM read_blob('{dir}/secret/token.txt')
SELECT * FROM read_csv('/etc/passwd',sep=':',header=false,auto_detect=true) LIMIT 2
SELECT * FROM read_json_objects('/etc/passwd') LIMIT 1
SELECT * FROM '{dir}/secret/x.parquet'
SELECT * FROM sniff_csv('{dir}/secret/x.csv')
SELECT * FROM glob('/etc/*') LIMIT 3
SELECT * FROM glob('/*') LIMIT 3
SELECT * FROM parquet_schema('{dir}/secret/x.parquet')
SELECT * FROM parquet_kv_metadata('{dir}/secret/x.parquet')
SELECT * FROM read_parquet('{dir}/lake/../secret/x.parquet')
SELECT * FROM read_parquet('{dir}/lake/nope/../../secret/x.parquet')
SELECT * FROM read_parquet('{dir}/lake/*/../../secret/x.parquet')
SELECT * FROM read_parquet('{dir}/lake2/x.parquet')
SELECT * FROM read_parquet('{dir}/lake/link.parquet')
SELECT * FROM read_parquet('{dir}/lake/linkdir/x.parquet')
SELECT * FROM read_parquet('{dir}/lake/linkdir/*.parquet')
SELECT * FROM read_parquet('{dir}/lake/*/x.parquet')
SELECT * FROM glob('{dir}/lake/linkdir/*')
SELECT * FROM glob('{dir}/lake/*/*')
SELECT * FROM glob('{dir}/lake/**')
SELECT * FROM read_text('{dir}/lake/link[d]ir/token.txt')
SELECT * FROM read_parquet('{dir}/lake/hard.parquet')
SELECT * FROM read_parquet('file://secret/x.parquet')
SELECT * FROM read_text('file:///etc/hostname')
SELECT * FROM read_blob('/proc/self/environ')
SELECT * FROM read_text('/proc/self/cwd/secret/token.txt')
SELECT * FROM read_text('/dev/stdin')
SELECT * FROM read_text('{dir}/secret/token.txt')
SELECT * FROM read_text('~/.bashrc')
SELECT * FROM read_csv({'path':'~/.bashrc'}::VARIANT)
SELECT * FROM read_parquet({'path':'{dir}/secret/x.parquet'}::VARIANT)
SELECT * FROM read_parquet(['{dir}/lake/conversations/dt=2026-01-01/data.parquet','{dir}/secret/x.parquet'])
SELECT * FROM read_parquet('https://127.0.0.1:9/x.parquet')
SELECT * FROM read_parquet('s3://bucket/x.parquet')
SELECT * FROM read_parquet('hf://datasets/a/b/x.parquet')
INSTALL httpfs
INSTALL '/tmp/evil.duckdb_extension'
LOAD '/tmp/evil.duckdb_extension'
COPY (SELECT 1) TO '{dir}/out/evil.csv'
COPY (SELECT 1) TO '{dir}/lake/evil.csv'
COPY (SELECT 1 AS id) TO '{dir}/lake/victim.parquet' (FORMAT parquet)
COPY (SELECT 'noise' x) TO '/dev/stdout'
CREATE TABLE t(x VARCHAR); COPY t FROM '{dir}/secret/token.txt' (HEADER false); SELECT * FROM t
EXPORT DATABASE '{dir}/out/exp'
EXPORT DATABASE '{dir}/lake/exp'
IMPORT DATABASE '{dir}/out/exp'
ATTACH '{dir}/out/evil.db'
ATTACH '{dir}/lake/evil.db' AS e
ATTACH ':memory:' AS m2
ATTACH '{dir}/out/e.sqlite' (TYPE sqlite)
CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')
CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'b')
SELECT getenv('HOME')
SELECT * FROM duckdb_secrets()
SELECT name,value FROM duckdb_settings() WHERE name IN ('temp_directory','secret_directory')
SELECT * FROM duckdb_databases()
SELECT sql FROM duckdb_views() WHERE NOT internal
SELECT viewname,definition FROM pg_catalog.pg_views WHERE schemaname='main' LIMIT 2
SET memory_limit='100GB'
SET enable_external_access=true
RESET enable_external_access
SET lock_configuration=false
RESET lock_configuration
SET home_directory='{dir}/secret'
SET profiling_output='{dir}/out/prof.json'
PRAGMA enable_profiling
PRAGMA profile_output='{dir}/out/prof.json'
CALL enable_profiling(format='json',save_location='{dir}/out/prof.json')
FROM enable_profiling(format='json',save_location='{dir}/out/prof.json')
SET log_query_path='{dir}/out/q.log'
CALL enable_logging(storage='file',storage_path='{dir}/out/log')
SELECT * FROM enable_logging(storage='file',storage_path='{dir}/out/log')
SELECT * FROM enable_logging(level='debug',storage='stdout')
SELECT write_log('hello', level:='error')
PRAGMA enable_progress_bar
SET schema='information_schema'
USE system.main
SET VARIABLE x=1
PRAGMA version
PRAGMA database_list
SELECT * FROM pragma_database_size()
SELECT 1; CREATE TABLE pwn(i INT); SELECT 2
SELECT * FROM query('SELECT * FROM read_text(''{dir}/secret/token.txt'')')
SELECT * FROM query('CREATE TABLE pwn2(i INT)')
SELECT * FROM query('SELECT 1; CREATE TABLE pwn3(i INT)')
CREATE TABLE z(i INT); WITH t AS (INSERT INTO z VALUES (1) RETURNING *) SELECT * FROM t
SELECT * FROM (INSERT INTO z VALUES (1) RETURNING *)
CREATE TABLE evil AS SELECT 1
CREATE OR REPLACE VIEW conversations AS SELECT 1 AS id
CREATE TEMP VIEW conversations AS SELECT 666 AS id
CREATE MACRO count(x) AS 666
DROP VIEW conversations
BEGIN TRANSACTION
PREPARE p AS SELECT 1
EXPLAIN ANALYZE COPY (SELECT 1) TO '{dir}/lake/explained.csv'
EXPLAIN ANALYZE CREATE TABLE ea AS SELECT 1
CHECKPOINT
SELECT * FROM checkpoint()
SELECT json_serialize_sql('SELECT 1')
SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''{dir}/secret/token.txt'')'))
PRAGMA json_execute_serialized_sql('x')
SELECT * FROM create_external_resource('x')
SELECT count(*) FROM test_all_types()
SELECT * FROM which_secret('s3://x','s3')
SELECT * FROM read_duckdb('{dir}/out/evil.db')
WITH t AS (COPY (SELECT 1 AS id) TO '{dir}/lake/cte_evil.parquet' (FORMAT parquet)) FROM t
WITH t AS (COPY (SELECT 'owned' AS id) TO '{dir}/lake/cte_victim.csv') FROM t
WITH t AS (COPY (SELECT 1 AS id) TO '{dir}/out/cte_evil.csv') FROM t
WITH t AS (INSERT INTO realtab VALUES (9) RETURNING *) FROM t
WITH t AS (DELETE FROM realtab RETURNING *) FROM t
SELECT * FROM (WITH t AS (COPY (SELECT 1 AS id) TO '{dir}/lake/subq_evil.csv') FROM t)
SELECT * FROM query('WITH t AS (COPY (SELECT 1 AS id) TO ''{dir}/lake/query_evil.csv'') FROM t')
EXPLAIN WITH t AS (COPY (SELECT 1 AS id) TO '{dir}/lake/expl_evil.csv') FROM t
EXPLAIN ANALYZE WITH t AS (COPY (SELECT 1 AS id) TO '{dir}/lake/expla_evil.csv') FROM t
SELECT (WITH t AS (COPY (SELECT 1 AS id) TO '{dir}/lake/scalar_evil.csv') SELECT count(*) FROM t)
SELECT json_serialize_sql('WITH t AS (COPY (SELECT 1 AS id) TO ''{dir}/lake/q.csv'') FROM t')
SELECT json_serialize_sql('WITH t AS (INSERT INTO z VALUES (1) RETURNING *) FROM t')
SELECT json_serialize_sql('EXPLAIN SELECT 1')
SELECT json_serialize_sql('SHOW TABLES')
SELECT json_serialize_sql('SELECT 1; SELECT 2')
SELECT json_serialize_sql('PIVOT t ON a USING count(*)')
SELECT json_serialize_sql('SELECT * FROM query(''SELECT 1'')')
SELECT * FROM glob('{dir}/tmp/*')
SELECT * FROM read_blob('{dir}/tmp/x')
WITH t AS (COPY (SELECT 1 AS id) TO '{dir}/tmp/evil.csv') FROM t
WITH t AS (COPY (SELECT 1 AS id, 2 AS dt) TO '{dir}/lake/vict_dir' (FORMAT parquet, PARTITION_BY (dt), OVERWRITE)) FROM t
--- More ways to hide the same, and what else only an administrator should do.
WITH "{dir}/secret/token.txt" AS (SELECT 1) SELECT * FROM (WITH x AS (SELECT 1) FROM x), "{dir}/secret/token.csv"
SELECT * FROM (WITH "{dir}/secret/token.csv" AS (SELECT 1) SELECT 1), "{dir}/secret/token.csv"
WITH "{dir}/secret/token.csv" AS (SELECT * FROM "{dir}/secret/token.csv") FROM "{dir}/secret/token.csv"
WITH a AS (FROM "b.csv"), "b.csv" AS (SELECT 1) FROM a
FROM json_execute_serialized_sql(json_serialize_sql('WITH t AS (COPY (SELECT 1 AS id) TO ''{dir}/lake/x.csv'') FROM t'))
SELECT * FROM "JSON_EXECUTE_SERIALIZED_SQL"('{}')
SELECT * FROM system.main.read_text('{dir}/secret/token.txt')
SELECT * FROM query_table('conversations')
SELECT * FROM query('SELECT 1')
SELECT list_transform([1], lambda x: (SELECT content FROM read_text('{dir}/secret/token.txt')))
SELECT * FROM conversations, LATERAL (SELECT * FROM read_blob('{dir}/secret/token.txt'))
SELECT * FROM conversations WHERE conversation_id IN (SELECT content FROM read_text('{dir}/secret/token.txt'))
SELECT 1 ORDER BY (SELECT content FROM read_text('{dir}/secret/token.txt'))
SELECT 1 LIMIT (SELECT count(*) FROM read_text('{dir}/secret/token.txt'))
SELECT count(*) FILTER ((SELECT true FROM read_text('{dir}/secret/token.txt'))) FROM conversations
SELECT sum(1) OVER (ORDER BY (SELECT 1 FROM read_text('{dir}/secret/token.txt')))
SELECT DISTINCT ON ((SELECT content FROM read_text('{dir}/secret/token.txt'))) 1
SELECT 1 UNION ALL SELECT content FROM read_text('{dir}/secret/token.txt')
VALUES ((SELECT content FROM read_text('{dir}/secret/token.txt')))
SELECT CASE WHEN true THEN (SELECT content FROM read_text('{dir}/secret/token.txt')) END
PIVOT (FROM read_csv('{dir}/secret/token.csv')) ON a IN (1) USING count(*)
DESCRIBE SELECT * FROM read_text('{dir}/secret/token.txt')
DESCRIBE '{dir}/secret/token.csv'
SUMMARIZE '{dir}/secret/token.csv'
SUMMARIZE SELECT * FROM read_text('{dir}/secret/token.txt')
SHOW ALL TABLES
SHOW DATABASES
SHOW VARIABLES
EXPLAIN SELECT * FROM read_text('{dir}/secret/token.txt')
EXPLAIN (ANALYZE) SELECT 1
EXPLAIN ANALYZE SELECT 1
EXPLAIN DROP VIEW conversations
EXPLAIN EXPLAIN SELECT 1
FROM sqlite_master
FROM duckdb_views
FROM main.duckdb_views
FROM information_schema.columns
FROM temp.main.conversations
FROM secret.conversations
FROM memory.information_schema.tables
SELECT __internal_decompress_string(1::HUGEINT)
SELECT finalize('x'::BLOB)
SELECT sum(1) EXPORT_STATE
SELECT getenv('PATH')
SELECT pg_sleep(100)
SELECT "Sleep_Ms"(100000)
SELECT system.main.sleep_ms(100000)
SELECT nextval('s')
SELECT current_setting('temp_directory')
SELECT getvariable('fi_now')
FROM histogram('{dir}/secret/token.csv', a)
FROM parquet_metadata('{dir}/lake/conversations/month=2026-01/data.parquet')
FROM repeat(1, 5)
FROM test_all_types()
FROM summary('{dir}/secret/token.csv')
SELECT ?
SELECT $1
SELECT $name
ATTACH '{dir}/lake/x.db' AS x
COPY conversations TO '{dir}/out/x.parquet'
INSERT INTO conversations SELECT * FROM conversations
DELETE FROM conversations
UPDATE conversations SET state = 'x'
TRUNCATE conversations
VACUUM
ANALYZE
CALL pragma_version()
EXECUTE p
DEALLOCATE p
SET VARIABLE fi_now = TIMESTAMP '1970-01-01'
RESET VARIABLE fi_now
COMMENT ON VIEW conversations IS 'x'
ALTER VIEW conversations RENAME TO c
CREATE FUNCTION now() AS 1
CREATE SCHEMA s
CREATE TYPE t AS ENUM ('a')
CREATE SEQUENCE s
LOAD json
MERGE INTO conversations USING tags ON (true) WHEN MATCHED THEN DELETE
WITH t AS (UPDATE conversations SET state = 'x' RETURNING *) FROM t
WITH t AS (MERGE INTO conversations USING tags ON (true) WHEN MATCHED THEN DELETE RETURNING *) FROM t
SELECT (WITH t AS (DELETE FROM conversations RETURNING *) SELECT count(*) FROM t)
WITH RECURSIVE t AS (SELECT 1 UNION ALL (WITH u AS (COPY (SELECT 1) TO '{dir}/lake/y.csv') SELECT 1 FROM t)) FROM t
SELECT 1;DROP VIEW conversations
SELECT 1;;SELECT 2
FROM 'https://example.com/x.parquet'
FROM 's3://bucket/x.parquet'
FROM "{dir}/lake/conversations/*/*.parquet"
