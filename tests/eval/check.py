#!/usr/bin/env python3
"""Computes the answers once more, without the server, its views and its figures, and compares.

    check.py HOME          of the company that demo.py made in HOME; also that usual mistakes lead to other answers
    check.py HOME print    shows the answers without comparing

Needs Python's duckdb.
"""

import collections
import datetime
import pathlib
import re
import statistics
import sys

from company import BERLIN, NEW_YORK, Company, in_month, local, month, most, plain, share
from evaluation import ASKED_AT, compare
from mistakes import unnoticed


def slowest_team(held):
    waits = collections.defaultdict(list)
    for thread in in_month(held.threads, "2026-10"):
        if thread.is_inbound and thread.wait is not None:
            waits[held.teams.get(thread.row.team_assignee_id)].append(thread.wait)
    medians = {team: statistics.median(seconds) for team, seconds in waits.items() if team}
    team = max(medians, key=medians.get)
    return f"{team}, {medians[team]:.0f}"


def new_york_hours(held):
    moments = [local(thread.row.created_at, NEW_YORK) for thread in held.threads]
    days = [moment for moment in moments if "2026-10-12" <= str(moment.date()) <= "2026-11-13"]
    return str(sum(moment.weekday() < 5 and 9 <= moment.hour < 17 for moment in days))


def monday_peak(held):
    moments = [local(thread.row.created_at) for thread in held.threads]
    return f"{most(collections.Counter(moment.hour for moment in moments if moment.weekday() == 0))[0]:02}"


def csat_change(held):
    def csat(threads):
        rated = [thread.row.rating for thread in threads if thread.row.rating]
        return share([rating for rating in rated if rating >= 4], rated)

    november = [thread for thread in in_month(held.threads, "2026-11") if local(thread.row.created_at).day <= 20]
    return f"{csat(november) - csat(in_month(held.threads, '2026-10')):+.1f}"


def charged_twice(held):
    said, without = re.compile(r"\bcharged\W+twice\b"), re.compile(r"\bstatement\b")
    return str(sum(bool(said.search(thread.text) and not without.search(thread.text)) for thread in held.threads))


def longest_wait(held):
    thread = min((thread for thread in held.threads if thread.waiting_since), key=lambda thread: thread.waiting_since)
    return f"{held.admins[thread.row.admin_assignee_id].name}, {held.companies[thread.row.company_id].plan_name}"


def never_a_human(held):
    inbound = [thread for thread in in_month(held.threads, "2026-09") if thread.is_inbound]
    return str(sum(thread.wait is None for thread in inbound))


def last_promise(held):
    threads = in_month(held.biggest()[1], "2026-09")
    (outage,) = [thread for thread in threads if thread.row.rating == 1 and "outage" in thread.tags]
    close = outage.closes[-1].position
    return [part.body_text for part in outage.said if part.by == "teammate" and part.position <= close][-1]


def urgent_one(held):
    of_company = [thread for thread in held.threads if thread.row.company_name == "Harborline Supply"]
    (urgent,) = [thread for thread in of_company if thread.row.priority == "urgent"]
    attributes = held.companies[urgent.row.company_id].custom_attributes
    manager = re.search(r'"Account manager":"([^"]*)"', attributes).group(1)
    return f"{manager}, {urgent.row.sla_status}"


def most_notes(held):
    notes = [part for thread in held.threads for part in thread.parts if part.is_note and part.by == "teammate"]
    name, count = most(collections.Counter(note.author_name for note in notes if month(note.created_at) == "2026-09"))
    return f"{name}, {count}"


def last_week_complete(held):
    # There was one sync, of everything, so all rows are of its time.
    (synced_at,) = {thread.row.synced_at for thread in held.threads}
    week_ends = datetime.datetime(2026, 11, 23, tzinfo=BERLIN)
    until = min(week_ends, datetime.datetime.fromisoformat(ASKED_AT))
    return f"{synced_at:%Y-%m-%d %H:%M}" if local(synced_at) < until else "complete"


def injection(held):
    command = re.compile(r"ignore (all )?(your )?(previous|earlier|prior|above) instructions")
    told = [
        thread
        for thread in held.threads
        if any(part.by == "customer" and command.search(plain(part.body_text or "")) for part in thread.said)
    ]
    return max(told, key=lambda thread: thread.row.created_at).row.company_name


def money_back_abroad(held):
    words = re.compile(r"\b(ruck)?erstattung|\bremboursement\b|\breembolso\b|返金|退款")
    return str(sum(bool(words.search(thread.text)) for thread in held.threads))


def parcels(held):
    return str(sum(bool(thread.tags & {"labels", "delivery"}) for thread in in_month(held.threads, "2026-10")))


def biggest_customer(held):
    company, threads = held.biggest()
    waits = [thread.wait for thread in threads if thread.is_inbound and thread.wait is not None]
    return f"{held.companies[company].name}, {statistics.median(waits):.0f}"


def closer(held):
    last = [thread.closes[-1] for thread in held.threads if thread.closes]
    days = [close for close in last if "2026-11-01" <= str(local(close.created_at).date()) <= "2026-11-15"]
    name, count = most(collections.Counter(close.author_name for close in days if close.by == "teammate"))
    return f"{name}, {count}"


def fin_share(held):
    threads = [thread.row for thread in in_month(held.threads, "2026-10") if thread.row.ai_agent_participated]
    ends = ("assumed_resolution", "confirmed_resolution")
    return f"{share([row for row in threads if row.ai_agent_resolution_state in ends], threads):.1f}"


def campaign_answers(held):
    outbound = [thread for thread in held.threads if not thread.is_inbound]
    return f"{len(outbound)}/{sum(thread.asked is not None for thread in outbound)}"


def longest_thread(held):
    longest = max(held.threads, key=lambda thread: thread.row.stat_part_count or 0)
    assert longest.row.parts_truncated
    return f"{longest.row.stat_first_admin_reply_at:%Y-%m-%d %H:%M}"


def handed_on(held):
    threads = [thread for thread in held.threads if str(local(thread.row.created_at).date()) >= "2026-09-01"]
    grace = [thread for thread in threads if thread.reply and thread.reply.author_name == "Grace O'Connor"]
    now = [thread.row.admin_assignee_id for thread in grace if not thread.row.parts_truncated]
    return str(sum(id is not None and held.admins[id].name != "Grace O'Connor" for id in now))


ANSWERS = [
    slowest_team, new_york_hours, monday_peak, csat_change, charged_twice, longest_wait, never_a_human,
    last_promise, urgent_one, most_notes, last_week_complete, injection, money_back_abroad, parcels,
    biggest_customer, closer, fin_share, campaign_answers, longest_thread, handed_on,
]  # fmt: skip

if __name__ == "__main__":
    company = Company(pathlib.Path(sys.argv[1], "demo", "lake"))
    answers = {answer.__name__.replace("_", "-"): answer(company) for answer in ANSWERS}
    if sys.argv[2:] == ["print"]:
        print(*(f"{name}: {answer}" for name, answer in answers.items()), sep="\n")
    else:
        for name, mistake in unnoticed(company, answers):
            answers[name] += f", and no other by mistake: {mistake}"
        compare({name: (answer, ()) for name, answer in answers.items()})
