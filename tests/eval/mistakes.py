"""What usual mistakes lead to, so that it shows when a question does not notice one of them."""

import collections
import datetime
import statistics

from company import in_month, local, most, share


def winter_time_all_along(held):
    moments = [thread.row.created_at - datetime.timedelta(hours=5) for thread in held.threads]
    days = [moment for moment in moments if "2026-10-12" <= str(moment.date()) <= "2026-11-13"]
    return sum(moment.weekday() < 5 and 9 <= moment.hour < 17 for moment in days)


def hours_of_utc(held):
    moments = [thread.row.created_at for thread in held.threads]
    return most(collections.Counter(moment.hour for moment in moments if moment.weekday() == 0))[0]


def without_the_exclusion(held):
    return sum("charged twice" in thread.text for thread in held.threads)


def the_oldest_that_is_open(held):
    rows = [thread.row for thread in held.threads if thread.row.state != "closed" and thread.row.admin_assignee_id]
    return held.admins[min(rows, key=lambda row: row.created_at).admin_assignee_id].name


def inbound(held):
    return [thread for thread in in_month(held.threads, "2026-09") if thread.is_inbound]


def bots_are_people(held):
    return sum(all(part.by == "customer" for part in thread.said) for thread in inbound(held))


def notes_are_replies(held):
    return sum(all(part.by != "teammate" for part in thread.parts) for thread in inbound(held))


def only_those_still_open(held):
    return sum(thread.wait is None and thread.row.state != "closed" for thread in inbound(held))


def outbound_too(held):
    return sum(thread.wait is None for thread in in_month(held.threads, "2026-09"))


def months_of_utc(held):
    begun = [thread for thread in held.threads if thread.is_inbound and f"{thread.row.created_at:%Y-%m}" == "2026-09"]
    return sum(thread.wait is None for thread in begun)


def notes_by_the_month_of_their_conversation(held):
    parts = [part for thread in in_month(held.threads, "2026-09") for part in thread.parts if part.is_note]
    return sum(part.author_name == "Grace O'Connor" for part in parts)


def sum_over_tags(held):
    return sum(len(thread.tags & {"labels", "delivery"}) for thread in in_month(held.threads, "2026-10"))


def both_tags(held):
    return sum(thread.tags >= {"labels", "delivery"} for thread in in_month(held.threads, "2026-10"))


def mean_of_waits(held):
    name, threads = held.biggest()
    return f"{statistics.mean(thread.wait for thread in threads if thread.wait is not None):.0f}"


def every_close(held):
    closes = [close for thread in held.threads for close in thread.closes if close.by == "teammate"]
    days = [close for close in closes if "2026-11-01" <= str(local(close.created_at).date()) <= "2026-11-15"]
    return most(collections.Counter(close.author_name for close in days))[1]


def of_all_conversations(held):
    threads = [thread.row for thread in in_month(held.threads, "2026-10")]
    resolved = [row for row in threads if (row.ai_agent_resolution_state or "").endswith("_resolution")]
    return f"{share(resolved, threads):.1f}"


def first_reply_that_is_held(held):
    longest = max(held.threads, key=lambda thread: thread.row.stat_part_count or 0)
    return f"{longest.reply.created_at:%Y-%m-%d %H:%M}"


MISTAKES = {
    "new-york-hours": [winter_time_all_along],
    "monday-peak": [hours_of_utc],
    "charged-twice": [without_the_exclusion],
    "longest-wait": [the_oldest_that_is_open],
    "never-a-human": [bots_are_people, notes_are_replies, only_those_still_open, outbound_too, months_of_utc],
    "most-notes": [notes_by_the_month_of_their_conversation],
    "parcels": [sum_over_tags, both_tags],
    "biggest-customer": [mean_of_waits],
    "closer": [every_close],
    "fin-share": [of_all_conversations],
    "longest-thread": [first_reply_that_is_held],
}


def unnoticed(held, answers):
    """Questions whose answer, or a part of it, is the same with a mistake, and the mistake."""
    for name, mistakes in MISTAKES.items():
        for mistake in mistakes:
            if str(mistake(held)) in answers[name].split(", "):
                yield name, mistake.__name__.replace("_", " ")
