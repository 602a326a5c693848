"""Executes the notebooks on a lake, in a copy, and checks that they hold together.

    run_notebooks.py [--no-figures] [--save DIR] LAKE [NOTEBOOK...]

A notebook must be valid nbformat 4, be kept without outputs and execution counts and with unique cell ids, and run to
its end without an error. Each code cell must show as many figures as it calls plt.show(); with --no-figures, for lakes
with little or nothing in them, at most as many. LAKE is a directory with a catalog.sql: a lake or an export. With
--save, figures (NOTEBOOK-CELL-1.png …) and executed notebooks are kept in DIR. Without a NOTEBOOK all are run. Prints
a line per notebook; exits 1 if any failed.
"""

import argparse
import base64
import os
import pathlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

DIRECTORY = pathlib.Path(__file__).absolute().parents[2] / "notebooks"
SECONDS_A_CELL = 120
# The kernel warns at each start that its ports, on this machine only, are not encrypted.
QUIET = ["--IPKernelApp.log_level=ERROR"]


def source_faults(book):
    """What must not be in a notebook that is kept in the tree."""
    try:
        nbformat.validate(book)
    except nbformat.ValidationError as error:
        yield f"not valid: {str(error).splitlines()[0]}"
    if book.nbformat != 4 or book.nbformat_minor < 5:
        yield f"nbformat is {book.nbformat}.{book.nbformat_minor}, cell ids need 4.5"
    ids = [cell.get("id") for cell in book.cells]
    if len(set(ids)) < len(ids):
        yield "cell ids are not unique"
    for cell in book.cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            yield f"cell {cell.id} has outputs or an execution count: clear them"


def figures(cell):
    return [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]


def output_faults(book, may_lack_figures):
    """What must not come out of a notebook that ran."""
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        wanted, shown = cell.source.count("plt.show()"), len(figures(cell))
        if shown > wanted or (shown < wanted and not may_lack_figures):
            yield f"cell {cell.id} shows {shown} figures of {wanted}"
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                yield f"cell {cell.id} wrote to stderr: {output.text.strip().splitlines()[-1]}"


def execute(path, book):
    """Runs it beside its support module; nothing is written to the notebook."""
    resources = {"metadata": {"path": str(path.parent)}}
    try:
        NotebookClient(book, timeout=SECONDS_A_CELL, extra_arguments=QUIET, resources=resources).execute()
    except CellExecutionError as error:
        yield f"a cell failed: {error.ename}: {error.evalue}"
    except (CellTimeoutError, DeadKernelError) as error:
        yield f"{type(error).__name__}: {str(error).splitlines()[0]}"


def save(book, name, directory):
    directory.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, directory / f"{name}.ipynb")
    for cell in book.cells:
        for number, picture in enumerate(figures(cell) if cell.cell_type == "code" else [], 1):
            (directory / f"{name}-{cell.id}-{number}.png").write_bytes(base64.b64decode(picture))


def run(path, options):
    """Whether the notebook holds, having said so in a line."""
    started = time.monotonic()
    book = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    faults = list(source_faults(book))
    if not faults:
        faults += execute(path, book)
        faults += output_faults(book, options.no_figures) if not faults else []
        if options.save:
            save(book, path.stem, options.save)
    count = sum(len(figures(cell)) for cell in book.cells if cell.cell_type == "code")
    outcome = f"FAILED: {'; '.join(faults)}" if faults else f"ok, {count} figures"
    print(f"{path.name}: {outcome}, {time.monotonic() - started:.1f} s", flush=True)
    return not faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-figures", action="store_true", help="allow cells to show fewer figures than they could")
    parser.add_argument("--save", type=pathlib.Path, metavar="DIR", help="keep the figures and executed notebooks here")
    parser.add_argument("lake", type=lambda value: pathlib.Path(value).absolute())
    parser.add_argument("notebooks", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    os.environ.update({"FI_LAKE": str(options.lake), "PYTHONDONTWRITEBYTECODE": "1"})
    paths = options.notebooks or sorted(DIRECTORY.glob("*.ipynb"))
    # Every notebook is run, also after one has failed; each is a process of its own that mostly computes.
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda path: run(path.absolute(), options), paths))
    sys.exit(not (outcomes and all(outcomes)))


if __name__ == "__main__":
    main()
