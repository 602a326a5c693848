"""What the programs here share: the questions, the fixed company, and the table of how answers compare."""

import pathlib
import sys
import xml.etree.ElementTree as xml

# The company's history ends here, and the server that is asked about it runs two days later.
MADE_AT = "2026-11-21T12:00:00Z"
ASKED_AT = "2026-11-23T08:00:00Z"
COMPANY = ["--conversations", "2000", "--days", "120", "--seed", "7"]

MOST_CALLS = 4


def questions():
    """The questions' ids, each with the one answer that is right."""
    pairs = xml.parse(pathlib.Path(__file__).with_name("questions.xml")).getroot().iter("qa_pair")
    return {pair.get("id"): pair.findtext("answer") for pair in pairs}


def compare(given, columns=()):
    """Prints what was answered beside what is right, and ends the program: 0 when all is well.

    `given` has for each question the answer, and a cell for each further column.
    """
    expected = questions()
    wrong = sorted(expected.keys() ^ given.keys())
    print(f"{'question':<20}" + "".join(f"{column:>8}" for column in columns) + "  answer")
    for name in [name for name in expected if name in given]:
        answer, cells = given[name]
        says = answer if answer == expected[name] else f"{answer!r}, not {expected[name]!r}"
        print(f"{name:<20}" + "".join(f"{cell:>8}" for cell in cells) + f"  {says}")
        if answer != expected[name]:
            wrong.append(name)
    print(f"{len(expected) - len(wrong)} of {len(expected)} right" + "".join(f"\nwrong: {name}" for name in wrong))
    sys.exit(1 if wrong else 0)
