"""Reads the Parquet files of an export with DuckDB, pyarrow and polars, and prints what it saw as JSON.

    read_export.py EXPORT     for each table: rows by each reader, columns, and descriptions in the metadata
"""

import json
import pathlib
import sys

import duckdb
import polars
import pyarrow.dataset
import pyarrow.parquet


def look(path):
    is_hive = path.is_dir()
    files = sorted(path.rglob("*.parquet")) if is_hive else [path]
    glob = f"{path}/*/*.parquet" if is_hive else str(path)
    schema = pyarrow.parquet.read_schema(files[0])
    rows = {
        "duckdb": duckdb.sql(f"SELECT count(*) FROM read_parquet('{glob}')").fetchall()[0][0],
        "pyarrow": pyarrow.dataset.dataset(path, partitioning="hive" if is_hive else None).to_table().num_rows,
        "polars": polars.read_parquet(glob, hive_partitioning=is_hive).height,
    }
    group = pyarrow.parquet.read_metadata(files[-1]).row_group(0) if rows["duckdb"] else None
    return {
        "rows": rows,
        "descriptions": {field.name: (field.metadata or {}).get(b"description", b"").decode() for field in schema},
        "codec": group and group.column(0).compression,
        "has_statistics": group and group.column(0).is_stats_set,
    }


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    paths = {path.name.removesuffix(".parquet"): path for path in root.iterdir() if path.suffix in ("", ".parquet")}
    print(json.dumps({name: look(path) for name, path in sorted(paths.items())}))
