--- More ways to reach what is closed, for the worker; {lake}, {dir} and {tmp} as in appendix_a.sql, `!` before those that are answered: they are harmless.
SELECT/**/content/**/FROM/**/read_text/**/('{dir}/secret/token.txt')
SeLeCt CoNtEnT fRoM rEaD_tExT('{dir}/secret/token.txt')
SELECT content FROM "main"."read_text"('{dir}/secret/token.txt')
SELECT content FROM "READ_TEXT"('{dir}/secret/token.txt')
SELECT content FROM "system"."main"."read_text"('{dir}/secret/token.txt')
SELECT content FROM memory.main.read_text('{dir}/secret/token.txt')
SELECT content FROM pg_catalog.read_text('{dir}/secret/token.txt')
SELECT content FROM "read_text" /* range( */ ('{dir}/secret/token.txt')
SELECT content FROM read_text(concat('{dir}/secret/to', 'ken.txt'))
SELECT content FROM read_text(['{dir}/secret/token.txt'])
SELECT content FROM read_text(list_value('{dir}/secret/token.txt', '{lake}/catalog.sql'))
SELECT content FROM read_text($$/proc/self/environ$$)
SELECT content FROM read_text(E'\x2fproc\x2fself\x2fenviron')
SELECT content FROM read_text(U&'\002fetc\002fpasswd')
SELECT content FROM read_text(chr(47) || 'etc/passwd')
SELECT content FROM read_text((SELECT '/etc/passwd'))
SELECT content FROM range(1), read_text('/etc/passwd')
SELECT content FROM range(1) CROSS JOIN LATERAL read_text('/etc/passwd')
SELECT content FROM (VALUES ('/etc/passwd')) v(p), read_text(v.p)
SELECT content FROM rеad_text('{dir}/secret/token.txt')
SELECT content FROM ｒｅａｄ_ｔｅｘｔ('{dir}/secret/token.txt')
SELECT content FROM read_text‎('{dir}/secret/token.txt')
SELECT * FROM cоnversations
SELECT * FROM "conversations​"
SELECT * FROM '{home}/config.toml'
SELECT * FROM "{home}/config.toml"
SELECT * FROM read_csv('{home}/config.toml', header=false, auto_detect=false, columns={'a':'VARCHAR'}, sep='\x01')
SELECT content FROM read_text('{home}/state/state.json')
SELECT content FROM read_text('{home}/logs/fi.log')
SELECT content FROM read_text('{home}/index/secret')
FROM '{dir}/secret/x.csv'
FROM "{dir}/secret/x.parquet"
FROM "file:{dir}/secret/x.parquet"
FROM '{lake}/../config.toml'
FROM '{lake}/conversations/*/*.parquet'
FROM '{lake}/hard.parquet'
FROM '{lake}/link.parquet'
FROM '{lake}/linkdir/x.parquet'
TABLE '{dir}/secret/x.csv'
TABLE "{dir}/secret/x.csv"
SUMMARIZE '{dir}/secret/x.parquet'
SUMMARIZE (FROM read_text('{dir}/secret/token.txt'))
DESCRIBE '{dir}/secret/x.parquet'
DESCRIBE FROM read_text('{dir}/secret/token.txt')
SELECT * FROM (SUMMARIZE (SELECT content FROM read_text('{dir}/secret/token.txt')))
PIVOT (SELECT content FROM read_text('{dir}/secret/token.txt')) ON content USING count(*)
PIVOT '{dir}/secret/x.csv' ON id IN ('a') USING count(*)
PIVOT read_csv('{dir}/secret/x.csv') ON id IN ('a') USING count(*)
UNPIVOT (FROM read_text('{dir}/secret/token.txt')) ON content, filename
WITH a AS (WITH b AS (WITH c AS (SELECT content FROM read_text('{dir}/secret/token.txt')) FROM c) FROM b) FROM a
WITH RECURSIVE t AS (SELECT 1 AS i, '' AS x UNION ALL SELECT i + 1, content FROM t, read_text('{dir}/secret/token.txt') WHERE i < 3) FROM t
WITH RECURSIVE t(i) USING KEY (i) AS (SELECT 1 UNION SELECT length(content)::INT FROM t, read_text('{dir}/secret/token.txt')) FROM t
WITH a AS MATERIALIZED (COPY (SELECT 1) TO '{dir}/out/v1.csv') SELECT 1
WITH a AS (SELECT 1), b AS (COPY (FROM a) TO '{lake}/v2.csv') SELECT * FROM a
SELECT * FROM (SELECT * FROM (WITH a AS (COPY (SELECT 1) TO '{lake}/v3.csv' (FORMAT csv)) FROM a))
SELECT EXISTS (WITH a AS (COPY (SELECT 1) TO '{lake}/v4.parquet') FROM a)
SELECT 1 UNION ALL (WITH a AS (COPY (SELECT 1) TO '{lake}/v5.csv') SELECT 2)
(WITH a AS (COPY (SELECT 1) TO '{lake}/v6.csv') SELECT 2) EXCEPT SELECT 1
VALUES ((WITH a AS (COPY (SELECT 1) TO '{lake}/v7.csv') SELECT 2))
SELECT list_transform([1], lambda x: (WITH a AS (COPY (SELECT 1) TO '{lake}/v8.csv') SELECT 2))
FROM (COPY (SELECT 1) TO '{lake}/v9.csv')
COPY (SELECT content FROM read_text('{dir}/secret/token.txt')) TO '{tmp}/v10.csv'
WITH a AS (COPY (SELECT content FROM read_text('{dir}/secret/token.txt')) TO '{tmp}/v11.csv' (RETURN_FILES)) FROM a
FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))
FROM json_execute_serialized_sql('{"error":false,"statements":[]}')
FROM json_execute_serialized_sql(json_serialize_sql('WITH t AS (COPY (SELECT 1) TO ''{lake}/v12.csv'') FROM t'))
FROM system.main.json_execute_serialized_sql(json_serialize_sql('FROM duckdb_settings()'))
SELECT * FROM query('FROM json_execute_serialized_sql(json_serialize_sql(''SELECT 1''))')
SELECT (SELECT count(*) FROM json_execute_serialized_sql(json_serialize_sql('WITH t AS (COPY (SELECT 1) TO ''{lake}/v13.csv'') FROM t')))
FROM json_execute_serialized_sql(json_serialize_sql('WITH t AS (COPY (SELECT content FROM read_text(''{dir}/secret/token.txt'')) TO ''{lake}/v14.csv'') FROM t'))
PRAGMA json_execute_serialized_sql(json_serialize_sql('SELECT 1'))
FROM query('SELECT * FROM read_text(''/etc/passwd'')')
FROM query_table(['conversations'])
FROM query_table('{dir}/secret/x.csv')
FROM query($$SELECT 1; DROP VIEW conversations$$)
SELECT 1; COPY (SELECT 1) TO '{lake}/v15.csv'
SELECT 1 /* ; */ ; DROP VIEW conversations; --
PREPARE p AS COPY (SELECT 1) TO '{lake}/v16.csv'
EXECUTE p
CREATE MACRO conversations() AS TABLE SELECT 1
CREATE TEMP MACRO now() AS 1
CREATE OR REPLACE MACRO system.main.count(x) AS 1
CREATE OR REPLACE TEMP VIEW conversations AS SELECT 'fake' AS conversation_id
CREATE TEMP TABLE conversations AS SELECT 'fake' AS conversation_id
DROP VIEW IF EXISTS main.conversations CASCADE
CREATE SCHEMA evil; CREATE VIEW evil.conversations AS SELECT 1
SET SESSION schema = 'evil'
SET search_path = 'evil,main'
SET GLOBAL enable_external_access = true
RESET GLOBAL lock_configuration
PRAGMA enable_profiling = 'json'
PRAGMA add_parquet_key('k', '0123456789112345')
SET VARIABLE fi_now = TIMESTAMP '1970-01-01'
CALL force_checkpoint()
FROM force_checkpoint()
FROM pragma_storage_info('conversations')
FROM duckdb_logs()
FROM duckdb_memory()
FROM duckdb_temporary_files()
FROM duckdb_external_file_cache()
FROM duckdb_connections()
SELECT current_setting('allowed_directories')
SELECT getvariable('fi_now')
SELECT getenv('PATH')
SELECT {'a': getenv('PATH')}.a
SELECT [getenv('PATH')][1]
SELECT apply(['PATH'], lambda x: getenv(x))
SELECT COLUMNS(x -> x = 'content') FROM read_text('/etc/passwd')
SELECT count(*) FILTER (WHERE getenv('PATH') <> '') FROM conversations
SELECT 1 ORDER BY getenv('PATH')
SELECT 1 GROUP BY getenv('PATH')
SELECT sum(1) OVER (PARTITION BY getenv('PATH'))
SELECT ('PATH').getenv()
SELECT '/etc/passwd'.read_text()
SELECT parse_duckdb_log_message('FileSystem', 'x')
SELECT variant_bytes_to_variant('\x00'::BLOB)
FROM search('hello') s, read_text('{dir}/secret/token.txt')
FROM search((SELECT content FROM read_text('{dir}/secret/token.txt')))
FROM search('{dir}/secret/token.txt', 'x')
FROM "search"(getenv('PATH'))
FROM conversations AT (VERSION => 1)
FROM conversations TABLESAMPLE reservoir(10 ROWS) REPEATABLE (1) JOIN read_text('{dir}/secret/token.txt') ON true
FROM 'https://127.0.0.1:9/x.parquet'
FROM read_parquet('http://127.0.0.1:9/x.parquet')
FROM iceberg_scan('{dir}/secret')
FROM sqlite_scan('{dir}/secret/x.csv', 't')
FROM read_duckdb('{dir}/secret/x.csv')
FROM parquet_bloom_probe('{lake}/hard.parquet', 'id', 'x')
FROM parquet_file_metadata('{lake}/conversations/month=2026-01/data.parquet')
FROM arrow_scan(1, 2, 3)
FROM seq_scan('conversations')
FROM "main.conversations"
FROM "conversations" WHERE conversation_id IN (FROM "{dir}/secret/x.csv")
SELECT conversations FROM conversations POSITIONAL JOIN '{dir}/secret/x.csv'
!SELECT '{dir}/secret/token.txt' AS path
!SELECT parse_path('{dir}/secret/token.txt')
!SELECT 'read_text(''/etc/passwd'')' AS text
!WITH read_text AS (SELECT 'mine' AS content) SELECT content FROM read_text
!WITH "{dir}/secret/x.csv" AS (SELECT 'mine' AS id) FROM "{dir}/secret/x.csv"
!SELECT "read_text" FROM (SELECT 1 AS "read_text")
!SELECT c.state FROM conversations c, LATERAL (SELECT c.state AS again) ORDER BY 1 LIMIT 1
!FROM (VALUES (1), (2)) v(x) SELECT sum(x)
!SELECT unnest({'a': 1, 'b': {'c': 2}}, recursive := true)
!PIVOT conversations ON state IN ('open') USING count(*)
!SELECT version()
!SELECT [x + 1 FOR x IN [1, 2]] AS list
FROM "json_execute_serialized_sql"(json_serialize_sql('WITH t AS (COPY (SELECT 1) TO ''{lake}/conversations/month=2026-01/data.parquet'' (FORMAT parquet)) FROM t'))
