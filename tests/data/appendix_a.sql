--- The 139 statements that were tried against DuckDB 2.0 (reliability notes, appendix A), one a line after their
--- names. {lake} is the lake, {dir} a directory beside it with secrets and room to write, {tmp} the worker's own.
legit_view: SELECT month,count(*) FROM conversations GROUP BY 1 ORDER BY 1
legit_glob: SELECT count(*) FROM read_parquet('{lake}/conversations/**/*.parquet')
legit_onefile: SELECT count(*) FROM '{lake}/conversations/month=2026-01/data.parquet'
read_text: SELECT content FROM read_text('/etc/passwd')
read_blob: SELECT content FROM read_blob('{dir}/secret/token.txt')
read_csv: SELECT * FROM read_csv('/etc/passwd',sep=':',header=false,auto_detect=true) LIMIT 2
read_json: SELECT * FROM read_json_objects('/etc/passwd') LIMIT 1
replacement_scan: SELECT * FROM '{dir}/secret/x.parquet'
sniff_csv: SELECT * FROM sniff_csv('{dir}/secret/x.csv')
glob_etc: SELECT * FROM glob('/etc/*') LIMIT 3
glob_root_star: SELECT * FROM glob('/*') LIMIT 3
parquet_schema: SELECT * FROM parquet_schema('{dir}/secret/x.parquet')
parquet_kv: SELECT * FROM parquet_kv_metadata('{dir}/secret/x.parquet')
dotdot: SELECT * FROM read_parquet('{lake}/../../secret/x.parquet')
dotdot_nonexist: SELECT * FROM read_parquet('{lake}/nope/../../../secret/x.parquet')
dotdot_glob: SELECT * FROM read_parquet('{lake}/*/../../../secret/x.parquet')
sibling_prefix: SELECT * FROM read_parquet('{dir}/lake2/x.parquet')
symlink_file: SELECT * FROM read_parquet('{lake}/link.parquet')
symlink_dir: SELECT * FROM read_parquet('{lake}/linkdir/x.parquet')
symlink_dir_glob: SELECT * FROM read_parquet('{lake}/linkdir/*.parquet')
symlink_star_glob: SELECT * FROM read_parquet('{lake}/*/x.parquet')
symlink_globlist: SELECT * FROM glob('{lake}/linkdir/*')
symlink_globlist2: SELECT * FROM glob('{lake}/*/*')
symlink_globstar: SELECT * FROM glob('{lake}/**')
symlink_brace: SELECT * FROM read_text('{lake}/link[d]ir/token.txt')
hardlink: SELECT * FROM read_parquet('{lake}/hard.parquet')
file_url: SELECT * FROM read_parquet('file://secret/x.parquet')
file_url2: SELECT * FROM read_text('file:///etc/hostname')
proc_environ: SELECT * FROM read_blob('/proc/self/environ')
proc_cwd: SELECT * FROM read_text('/proc/self/cwd/secret/token.txt')
dev_stdin: SELECT * FROM read_text('/dev/stdin')
relative: SELECT * FROM read_text('{dir}/secret/token.txt')
tilde: SELECT * FROM read_text('~/.bashrc')
tilde_struct: SELECT * FROM read_csv({'path':'~/.bashrc'}::VARIANT)
struct_path: SELECT * FROM read_parquet({'path':'{dir}/secret/x.parquet'}::VARIANT)
list_paths: SELECT * FROM read_parquet(['{lake}/conversations/month=2026-01/data.parquet','{dir}/secret/x.parquet'])
httpfs: SELECT * FROM read_parquet('https://127.0.0.1:9/x.parquet')
s3: SELECT * FROM read_parquet('s3://bucket/x.parquet')
hf: SELECT * FROM read_parquet('hf://datasets/a/b/x.parquet')
install: INSTALL httpfs
install_path: INSTALL '/tmp/evil.duckdb_extension'
load: LOAD '/tmp/evil.duckdb_extension'
copy_to: COPY (SELECT 1) TO '{dir}/out/evil.csv'
copy_to_lake_new: COPY (SELECT 1) TO '{lake}/evil.csv'
copy_over_lake: COPY (SELECT 1 AS id) TO '{lake}/victim.parquet' (FORMAT parquet)
copy_to_stdout: COPY (SELECT 'noise' x) TO '/dev/stdout'
copy_from: CREATE TABLE t(x VARCHAR); COPY t FROM '{dir}/secret/token.txt' (HEADER false); SELECT * FROM t
export: EXPORT DATABASE '{dir}/out/exp'
export_lake: EXPORT DATABASE '{lake}/exp'
import: IMPORT DATABASE '{dir}/out/exp'
attach_new: ATTACH '{dir}/out/evil.db'
attach_lake: ATTACH '{lake}/evil.db' AS e
attach_mem: ATTACH ':memory:' AS m2
attach_sqlite: ATTACH '{dir}/out/e.sqlite' (TYPE sqlite)
create_secret: CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')
create_psecret: CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'b')
getenv: SELECT getenv('HOME')
duckdb_secrets: SELECT * FROM duckdb_secrets()
settings_leak: SELECT name,value FROM duckdb_settings() WHERE name IN ('temp_directory','secret_directory','allowed_directories','home_directory')
databases_leak: SELECT * FROM duckdb_databases()
views_leak: SELECT sql FROM duckdb_views() WHERE NOT internal
pg_catalog: SELECT viewname,definition FROM pg_catalog.pg_views WHERE schemaname='main' LIMIT 2
filename_col: SELECT DISTINCT filename FROM conversations LIMIT 1
set_mem: SET memory_limit='100GB'
set_ext: SET enable_external_access=true
reset_ext: RESET enable_external_access
set_unlock: SET lock_configuration=false
reset_unlock: RESET lock_configuration
set_home: SET home_directory='{dir}/secret'
set_local_profile: SET profiling_output='{dir}/out/prof.json'
pragma_profile: PRAGMA enable_profiling
pragma_profile_out: PRAGMA profile_output='{dir}/out/prof.json'
call_profile: CALL enable_profiling(format='json',save_location='{dir}/out/prof.json')
from_profile: FROM enable_profiling(format='json',save_location='{dir}/out/prof.json')
set_log_query: SET log_query_path='{dir}/out/q.log'
call_logging: CALL enable_logging(storage='file',storage_path='{dir}/out/log')
from_logging: SELECT * FROM enable_logging(storage='file',storage_path='{dir}/out/log')
from_logging_stdout: SELECT * FROM enable_logging(level='debug',storage='stdout')
write_log: SELECT write_log('hello', level:='error')
progress_bar: PRAGMA enable_progress_bar
set_schema: SET schema='information_schema'
use: USE system.main
set_variable: SET VARIABLE x=1
pragma_version: PRAGMA version
pragma_dblist: PRAGMA database_list
dbsize: SELECT * FROM pragma_database_size()
multi: SELECT 1; CREATE TABLE pwn(i INT); SELECT 2
query_fn: SELECT * FROM query('SELECT * FROM read_text(''{dir}/secret/token.txt'')')
query_fn_ddl: SELECT * FROM query('CREATE TABLE pwn2(i INT)')
query_fn_multi: SELECT * FROM query('SELECT 1; CREATE TABLE pwn3(i INT)')
cte_insert: CREATE TABLE z(i INT); WITH t AS (INSERT INTO z VALUES (1) RETURNING *) SELECT * FROM t
from_insert: SELECT * FROM (INSERT INTO z VALUES (1) RETURNING *)
select_into: SELECT 1 AS a INTO newtab
ctas: CREATE TABLE evil AS SELECT 1
view_shadow: CREATE OR REPLACE VIEW conversations AS SELECT 1 AS id
temp_view_shadow: CREATE TEMP VIEW conversations AS SELECT 666 AS id
macro_shadow: CREATE MACRO count(x) AS 666
drop_view: DROP VIEW conversations
begin: BEGIN TRANSACTION
prepare: PREPARE p AS SELECT 1
explain_analyze_copy: EXPLAIN ANALYZE COPY (SELECT 1) TO '{lake}/explained.csv'
explain_analyze_ins: EXPLAIN ANALYZE CREATE TABLE ea AS SELECT 1
checkpoint: CHECKPOINT
from_checkpoint: SELECT * FROM checkpoint()
serialize_sql: SELECT json_serialize_sql('SELECT 1')
exec_serialized: SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''{dir}/secret/token.txt'')'))
pragma_exec_ser: PRAGMA json_execute_serialized_sql('x')
ext_resource: SELECT * FROM create_external_resource('x')
test_vector: SELECT count(*) FROM test_all_types()
which_secret: SELECT * FROM which_secret('s3://x','s3')
read_duckdb: SELECT * FROM read_duckdb('{dir}/out/evil.db')
pivot: PIVOT conversations ON month USING count(*)
describe: DESCRIBE conversations
summarize: SUMMARIZE conversations
show_tables: SHOW TABLES
values: VALUES (1),(2)
from_first: FROM conversations LIMIT 1
cte_copy_lake: WITH t AS (COPY (SELECT 1 AS id) TO '{lake}/cte_evil.parquet' (FORMAT parquet)) FROM t
cte_copy_over: WITH t AS (COPY (SELECT 'owned' AS id) TO '{lake}/cte_victim.csv') FROM t
cte_copy_out: WITH t AS (COPY (SELECT 1 AS id) TO '{dir}/out/cte_evil.csv') FROM t
cte_insert_view: WITH t AS (INSERT INTO realtab VALUES (9) RETURNING *) FROM t
cte_delete: WITH t AS (DELETE FROM realtab RETURNING *) FROM t
subq_cte_copy: SELECT * FROM (WITH t AS (COPY (SELECT 1 AS id) TO '{lake}/subq_evil.csv') FROM t)
query_cte_copy: SELECT * FROM query('WITH t AS (COPY (SELECT 1 AS id) TO ''{lake}/query_evil.csv'') FROM t')
explain_cte_copy: EXPLAIN WITH t AS (COPY (SELECT 1 AS id) TO '{lake}/expl_evil.csv') FROM t
explain_an_cte_copy: EXPLAIN ANALYZE WITH t AS (COPY (SELECT 1 AS id) TO '{lake}/expla_evil.csv') FROM t
scalar_subq: SELECT (WITH t AS (COPY (SELECT 1 AS id) TO '{lake}/scalar_evil.csv') SELECT count(*) FROM t)
serialize_cte_copy: SELECT json_serialize_sql('WITH t AS (COPY (SELECT 1 AS id) TO ''{lake}/q.csv'') FROM t')
serialize_cte_ins: SELECT json_serialize_sql('WITH t AS (INSERT INTO z VALUES (1) RETURNING *) FROM t')
serialize_explain: SELECT json_serialize_sql('EXPLAIN SELECT 1')
serialize_show: SELECT json_serialize_sql('SHOW TABLES')
serialize_multi: SELECT json_serialize_sql('SELECT 1; SELECT 2')
serialize_pivot: SELECT json_serialize_sql('PIVOT t ON a USING count(*)')
serialize_query_fn: SELECT json_serialize_sql('SELECT * FROM query(''SELECT 1'')')
temp_write: SELECT count(*) FROM (SELECT i, random() r FROM range(100000000) t(i) ORDER BY r) 
sample_tmp: SELECT * FROM glob('{tmp}/*')
read_tmp: SELECT * FROM read_blob('{tmp}/x')
copy_tmp: WITH t AS (COPY (SELECT 1 AS id) TO '{tmp}/evil.csv') FROM t
copy_partition_overwrite: WITH t AS (COPY (SELECT 1 AS id, 2 AS dt) TO '{lake}/vict_dir' (FORMAT parquet, PARTITION_BY (dt), OVERWRITE)) FROM t
