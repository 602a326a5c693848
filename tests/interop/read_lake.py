"""Reads a lake by its globs with DuckDB, pyarrow and polars, and prints what it saw as JSON.

    read_lake.py look LAKE          types and rows of every table, for each reader
    read_lake.py views LAKE         rows and values of every view that its catalog.sql makes, a line each
    read_lake.py watch LAKE STOP    reads conversations and messages over and over until the file STOP is there
"""

import json
import pathlib
import sys

import duckdb
import polars
import pyarrow
import pyarrow.parquet

PARTITIONED = {"conversations", "messages", "tickets"}


def glob(lake, table):
    return f"{lake}/{table}/" + ("*/*.parquet" if table in PARTITIONED else "*.parquet")


def views(lake):
    duckdb.execute(pathlib.Path(lake, "catalog.sql").read_text())
    names = duckdb.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY view_name").fetchall()
    for (name,) in names:
        counts = duckdb.sql(f"SELECT count(*), count(COLUMNS(*)) FROM {name}").fetchall()[0]
        print(name, *counts, sep=",")


def plain_duckdb(kind):
    if kind.id == "list":
        return [plain_duckdb(kind.children[0][1])]
    if kind.id == "struct":
        return {name: plain_duckdb(child) for name, child in kind.children}
    names = {"varchar": "text", "bigint": "integer", "double": "float", "boolean": "boolean", "timestamp": "timestamp"}
    return names.get(kind.id, str(kind))


def plain_arrow(kind):
    if pyarrow.types.is_list(kind):
        return [plain_arrow(kind.value_type)]
    if pyarrow.types.is_struct(kind):
        return {field.name: plain_arrow(field.type) for field in kind}
    names = {"string": "text", "int64": "integer", "double": "float", "bool": "boolean", "timestamp[us]": "timestamp"}
    return names.get(str(kind), str(kind))


def plain_polars(kind):
    if isinstance(kind, polars.List):
        return [plain_polars(kind.inner)]
    if isinstance(kind, polars.Struct):
        return {field.name: plain_polars(field.dtype) for field in kind.fields}
    if kind == polars.Datetime("us", None):
        return "timestamp"
    names = {polars.String: "text", polars.Int64: "integer", polars.Float64: "float", polars.Boolean: "boolean"}
    return names.get(kind, str(kind))


CONNECTION = duckdb.connect()


def ask(sql):
    return CONNECTION.execute(sql).fetchall()[0]


def with_duckdb(path):
    relation = duckdb.sql(f"FROM read_parquet('{path}', hive_partitioning = false)")
    types = {name: plain_duckdb(kind) for name, kind in zip(relation.columns, relation.types)}
    return types, [dict(zip(relation.columns, row)) for row in relation.fetchall()]


def arrow_table(path):
    directory = pathlib.Path(path.split("*")[0])
    files = sorted(str(file) for file in directory.glob(path[len(str(directory)) + 1 :]))
    # Without partitions from the path: what the files themselves hold.
    return pyarrow.parquet.read_table(files, partitioning=None)


def with_pyarrow(path):
    table = arrow_table(path)
    return {field.name: plain_arrow(field.type) for field in table.schema}, table.to_pylist()


def with_polars(path):
    frame = polars.read_parquet(path, hive_partitioning=False)
    return {name: plain_polars(kind) for name, kind in frame.schema.items()}, frame.to_dicts()


READERS = {"duckdb": with_duckdb, "pyarrow": with_pyarrow, "polars": with_polars}


def look(lake):
    seen = {}
    for table in sorted(directory.name for directory in pathlib.Path(lake).iterdir() if directory.is_dir()):
        seen[table] = {}
        for name, read in READERS.items():
            types, rows = read(glob(lake, table))
            seen[table][name] = {"types": types, "rows": sorted(rows, key=str)}
    partitions = {
        "duckdb": str(duckdb.sql(f"FROM read_parquet('{glob(lake, 'messages')}')").types[-1]),
        "polars": str(polars.scan_parquet(glob(lake, "messages"), hive_partitioning=True).collect_schema().dtypes()[-1]),
    }
    print(json.dumps({"tables": seen, "partitions": partitions}, default=str))


def read_all(lake):
    conversations, twice = ask(
        f"SELECT count(*), count(*) - count(DISTINCT conversation_id) FROM '{glob(lake, 'conversations')}'"
    )
    # Every version of a message table has whole threads: positions from 0 up, each once.
    torn = ask(
        f"SELECT count(*) FROM (SELECT conversation_id, count(*) n, max(position) last, count(DISTINCT position) d,"
        f" count(DISTINCT regexp_extract(body_text, 'v[0-9]+')) versions"
        f" FROM '{glob(lake, 'messages')}' GROUP BY 1) WHERE last <> n - 1 OR d <> n OR versions <> 1"
    )[0]
    others = [
        arrow_table(glob(lake, "conversations")).num_rows,
        polars.read_parquet(glob(lake, "conversations")).height,
    ]
    return conversations, twice, torn, others


ENOUGH_READS = 3


def watch(lake, stop):
    """No error, no row torn or doubled or missing, in any read; says so in a file when there were enough of them."""
    reads = 0
    while not pathlib.Path(stop).exists():
        seen = read_all(lake)
        if seen != (20, 0, 0, [20, 20]):
            sys.exit(f"after {reads} right reads: {seen}")
        reads += 1
        if reads == ENOUGH_READS:
            pathlib.Path(stop).with_suffix(".soon").touch()
    print(reads)


if __name__ == "__main__":
    {"look": look, "views": views, "watch": watch}[sys.argv[1]](*sys.argv[2:])
