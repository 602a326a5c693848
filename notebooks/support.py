"""What the notebooks share: opening the data, asking it, and showing durations, shares and tables.

Data is a directory with a catalog.sql: the lake of `fi sync` and `fi demo`, also a copy of one, or an export.
"""

import glob
import html
import warnings
from pathlib import Path

import duckdb
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import HTML, Markdown, display
from matplotlib import font_manager

BLUE, ORANGE, GREY, LIGHT = "#2f5d8a", "#c1692b", "#7d858c", "#d5d9dc"

# Letters of every script that an installed font can draw, and no names read as formulas.
INSTALLED = {font.name for font in font_manager.fontManager.ttflist}
OTHER_SCRIPTS = ["Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei"]
plt.rcParams.update(
    {
        "font.family": ["DejaVu Sans", *[name for name in OTHER_SCRIPTS if name in INSTALLED]],
        "font.size": 10.5,
        "text.parse_math": False,
        "figure.dpi": 110,
        "figure.constrained_layout.use": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GREY,
        "axes.titlesize": 11.5,
        "axes.titlelocation": "left",
        "axes.grid": True,
        "grid.color": "#e9ebec",
        "axes.axisbelow": True,
        "legend.frameon": False,
        "xtick.color": "#444",
        "ytick.color": "#444",
    }
)
warnings.filterwarnings("ignore", message="Glyph .* missing")

db = duckdb.connect()


def open_data(directory, timezone):
    """Opens the data and says how much it is and how fresh; returns the time it is of (UTC) and how many conversations.

    "Now" is what the data knows of: the start of the last sync, or the last change if no sync is on record. SQL has it
    as now_utc(), and moves times to the zone with local_time().
    """
    source = Path(directory).expanduser().absolute()
    if not (source / "catalog.sql").is_file():
        say(f"**There is no data at `{source}`.** Run `fi sync` or `fi demo`, then say in the first cell where it is.")
        define_clock(pd.Timestamp(0), timezone)
        return pd.Timestamp(0), 0
    # Lakes name their files by this macro, exports relatively.
    db.execute(f"CREATE MACRO lake_moved_to() AS {text(glob.escape(str(source)))}")
    db.execute(f"SET GLOBAL file_search_path = {text(source)}")
    db.execute((source / "catalog.sql").read_text(encoding="utf-8"))
    held = ask("SELECT count(*) AS n, min(created_at) AS first, max(updated_at) AS last FROM conversation_metrics")
    synced = ask("""
        SELECT
            max(started_at) AS latest,
            max(started_at) FILTER (outcome = 'completed') AS complete_as_of,
            arg_max(outcome, started_at) AS outcome
        FROM sync_runs
        WHERE kind <> 'conversations' AND outcome IN ('completed', 'incomplete')
        HAVING count(*) > 0
    """)
    count = int(held.n.sum()) if len(held) else 0
    now = synced.latest[0] if len(synced) else held["last"][0] if count else pd.Timestamp(0)
    define_clock(now, timezone)
    if count:
        say(f"{count:,} conversations, the first begun on {day(held['first'][0], year=True)}; source `{source}`.")
    else:
        say("**There are no conversations here**: what follows says so instead of showing figures.")
    if nothing(synced, "No sync is on record, so how fresh the data is cannot be told."):
        return now, count
    complete = synced.complete_as_of[0]
    if pd.isna(complete):
        say(
            f"The last sync began at **{now:%Y-%m-%d %H:%M} UTC** and did not get everything; none was complete so far."
        )
    else:
        is_whole = synced.outcome[0] == "completed"
        left_out = "" if is_whole else f" The last sync, of {now:%Y-%m-%d %H:%M} UTC, did not get everything."
        say(f"Complete as of **{complete:%Y-%m-%d %H:%M} UTC**.{left_out}")
    return now, count


def define_clock(now, timezone):
    """Makes now_utc() and local_time() in SQL."""
    db.execute(f"CREATE OR REPLACE MACRO now_utc() AS TIMESTAMP '{now}'")
    db.execute(f"CREATE OR REPLACE MACRO local_time(utc) AS timezone({text(timezone)}, timezone('UTC', utc))")


def ask(sql):
    """Answers as a data frame; an empty one, with a sentence, if the data lacks the table or column asked for."""
    try:
        return db.execute(sql).df()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        say(f"This data does not have what is needed here: {html.escape(str(error).splitlines()[0])}")
        missing = pd.DataFrame()
        missing.attrs["is_missing"] = True
        return missing


def define(sql):
    """Makes a view or table; says the same sentence if the data lacks what it is of."""
    ask(sql)


def text(value):
    """Quotes a text for SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def say(sentence):
    """Shows a sentence of Markdown."""
    display(Markdown(sentence))


def nothing(frame, sentence):
    """Whether there is nothing to show; says so, unless ask() has said already what the data lacks."""
    if frame.empty and not frame.attrs.get("is_missing"):
        say(sentence)
    return frame.empty


def table(frame):
    """Shows a data frame as it is, numbers to the right, with nothing a customer wrote taken for HTML."""

    def cell(tag, value, is_number):
        shown = "–" if pd.isna(value) else html.escape(str(value))
        return f'<{tag} style="text-align:{"right" if is_number else "left"}">{shown}</{tag}>'

    is_number = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame]
    head = "".join(cell("th", name, right) for name, right in zip(frame, is_number))
    rows = ["".join(cell("td", *pair) for pair in zip(row, is_number)) for row in frame.itertuples(index=False)]
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    display(HTML(f'<table class="tex2jax_ignore mathjax_ignore"><tr>{head}</tr>{body}</table>'))


def duration(seconds):
    """4000 as 1 h 7 min: the two largest units, the second only if it is not 0."""
    if seconds is None or pd.isna(seconds):
        return "–"
    if seconds < 60:
        return f"{round(seconds)} s"
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if minutes < 24 * 60:
        larger, smaller = (minutes // 60, "h"), (minutes % 60, "min")
    else:
        larger, smaller = (hours // 24, "d"), (hours % 24, "h")
    return " ".join(f"{count} {unit}" for count, unit in (larger, smaller) if count)


def day(moment, year=False):
    """9 Nov, or 9 November 2026."""
    return f"{moment.day} {moment:%B %Y}" if year else f"{moment.day} {moment:%b}"


def counted(number, name):
    """1 week, 2 weeks."""
    return f"{number:,.0f} {name}" if round(number) == 1 else f"{number:,.0f} {name}s"


def share(part, whole):
    """33 of 46 as 71.7 % (33 of 46)."""
    part, whole = int(part), int(whole)
    return f"{100 * part / whole:.1f} % ({part:,} of {whole:,})" if whole else "– (0 of 0)"


def wilson(part, whole):
    """The 95 % interval of a share, in percent; of few answers it is wide."""
    whole = np.asarray(whole, float)
    whole = np.where(whole > 0, whole, np.nan)
    p, z = np.asarray(part, float) / whole, 1.96
    middle = (p + z**2 / (2 * whole)) / (1 + z**2 / whole)
    half = z * np.sqrt(p * (1 - p) / whole + z**2 / (4 * whole**2)) / (1 + z**2 / whole)
    return 100 * (middle - half), 100 * (middle + half)


def duration_axis(axis, low, high):
    """A logarithmic axis in seconds, named in minutes, hours and days."""
    marks = {
        10: "10 s",
        60: "1 min",
        300: "5 min",
        900: "15 min",
        3600: "1 h",
        14400: "4 h",
        43200: "12 h",
        86400: "1 d",
        3 * 86400: "3 d",
        7 * 86400: "1 wk",
        28 * 86400: "4 wk",
        182 * 86400: "6 mo",
    }
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    shown = [second for second in marks if low / 1.5 <= second <= high * 1.5]
    axis.set_major_locator(plt.FixedLocator(shown))
    axis.set_major_formatter(plt.FixedFormatter([marks[second] for second in shown]))
    axis.set_minor_locator(plt.NullLocator())
