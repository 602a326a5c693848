#!/usr/bin/env python3
"""Answers the questions through the server's tools alone, as a model would, and counts calls.

    solve.py FI HOME    of the company that demo.py made in HOME; fails when an answer is wrong or takes too many calls

Each function is one question: what it asks, and how the answer is read out of what comes back.
"""

import sys

from evaluation import MOST_CALLS, compare, questions
from server import Refused, Server

OCTOBER, SEPTEMBER = "2026-10", "2026-09"


def slowest_team(fi):
    answer = fi.analyze_conversations(
        timeframe=OCTOBER, group_by=["team"], metrics=["first_response_seconds:p50"], order_by="first_response_seconds"
    )
    team = answer["groups"][0]
    return f"{team['keys'][0]['name']}, {value(team, 'first_response_seconds')['p50']:.0f}"


def new_york_hours(fi):
    days, zone, hours = "2026-10-12 to 2026-11-13", "America/New_York", ["weekday", "hour_of_day"]
    answer = fi.analyze_conversations(timeframe=days, timezone=zone, group_by=hours, limit=168)
    assert not answer["is_truncated"]
    slots = [([key["id"] for key in group["keys"]], group["conversation_count"]) for group in answer["groups"]]
    return str(sum(count for (day, hour), count in slots if int(day) <= 5 and 9 <= int(hour) < 17))


def monday_peak(fi):
    answer = fi.analyze_conversations(group_by=["weekday", "hour_of_day"], limit=168)
    mondays = [group for group in answer["groups"] if group["keys"][0]["id"] == "1"]
    return max(mondays, key=lambda group: group["conversation_count"])["keys"][1]["id"]


def csat_change(fi):
    answer = fi.analyze_conversations(timeframe="2026-11-01 to 2026-11-20", compare_to=OCTOBER, metrics=["csat"])
    return f"{100 * value(answer['total'], 'csat')['change']:+.1f}"


def charged_twice(fi):
    return str(fi.search_conversations(query='"charged twice" -statement', limit=1)["total"])


def longest_wait(fi):
    found = fi.search_conversations(filters={"unanswered": True}, sort="longest_wait", limit=1)["conversations"][0]
    details = fi.get_conversation_details(conversation_id=found["id"], include_messages=False)["details"]
    return f"{found['assignee']['name']}, {details['company']['plan_name']}"


def never_a_human(fi):
    answer = fi.analyze_conversations(timeframe=SEPTEMBER, metrics=["response_rate"])
    rate = value(answer["total"], "response_rate")
    return str(rate["denominator"] - rate["numerator"])


def last_promise(fi):
    found = fi.search_conversations(
        filters={"company": [biggest_company(fi)["id"]], "rating": [1]}, timeframe=SEPTEMBER, limit=5
    )
    (outage,) = [hit["id"] for hit in found["conversations"] if "outage" in hit["tags"]]
    thread = fi.get_conversation(conversation_id=outage, include_events=False)["messages"]
    return [message for message in thread if message["author_class"] == "teammate" and message["body"]][-1]["body"]


def urgent_one(fi):
    found = fi.search_conversations(filters={"company": ["Harborline Supply"], "priority": ["urgent"]})
    (urgent,) = found["conversations"]
    details = fi.get_conversation_details(conversation_id=urgent["id"], include_messages=False)["details"]
    manager = details["company"]["untrusted_custom_attributes"]["Account manager"]
    return f"{manager}, {details['sla']['sla_status']}"


def most_notes(fi):
    zone = fi.get_data_info()["timezone"]
    rows = fi.query(
        sql=f"""SELECT author_name, count(*) FROM messages
        WHERE is_note AND author_class = 'teammate'
          AND strftime(timezone('{zone}', timezone('UTC', created_at)), '%Y-%m') = '{SEPTEMBER}'
        GROUP BY ALL ORDER BY 2 DESC LIMIT 1"""
    )["rows"]
    return "{}, {}".format(*rows[0])


def last_week_complete(fi):
    answer = fi.check_coverage(start_date="2026-11-16", end_date="2026-11-22")
    return "complete" if answer["has_coverage"] else minute(answer["gaps"][0]["start"])


def injection(fi):
    found = fi.search_conversations(query="ignore (previous OR earlier OR prior) instructions", sort="newest")
    told = (hit for hit in found["conversations"] if "customer" in {spot["author_class"] for spot in hit["snippets"]})
    return next(told)["untrusted_company"]


def money_back_abroad(fi):
    words = "erstattung* OR rückerstattung* OR remboursement OR reembolso OR 返金 OR 退款"
    return str(fi.search_conversations(query=words, limit=1)["total"])


def parcels(fi):
    answer = fi.analyze_conversations(timeframe=OCTOBER, filters={"tags": ["labels", "delivery"]})
    return str(answer["total"]["conversation_count"])


def biggest_company(fi):
    answer = fi.analyze_conversations(group_by=["company"], metrics=["first_response_seconds:p50"], limit=2)
    company = next(group for group in answer["groups"] if group["keys"][0]["id"])
    return {**company["keys"][0], "median": value(company, "first_response_seconds")["p50"]}


def biggest_customer(fi):
    company = biggest_company(fi)
    return f"{company['name']}, {company['median']:.0f}"


def closer(fi):
    bots = fi.query(sql="SELECT admin_id FROM admins WHERE is_bot")["rows"]
    answer = fi.analyze_conversations(timeframe="2026-11-01 to 2026-11-15", by="closed", group_by=["closer"])
    people = [group for group in answer["groups"] if [group["keys"][0]["id"]] not in bots]
    return f"{people[0]['keys'][0]['name']}, {people[0]['conversation_count']}"


def fin_share(fi):
    answer = fi.analyze_conversations(timeframe=OCTOBER, metrics=["fin_resolution_rate"])
    return f"{100 * value(answer['total'], 'fin_resolution_rate')['value']:.1f}"


def campaign_answers(fi):
    sql = "SELECT count(*), count(first_customer_message_at) FROM conversation_metrics WHERE NOT is_inbound"
    return "{}/{}".format(*fi.query(sql=sql)["rows"][0])


def longest_thread(fi):
    found = fi.search_conversations(sort="most_parts", limit=1)["conversations"][0]
    details = fi.get_conversation_details(conversation_id=found["id"], include_messages=False)["details"]
    return minute(details["metrics"]["first_teammate_reply_at"])


def handed_on(fi):
    grace = "Grace O'Connor"
    answer = fi.analyze_conversations(timeframe="since 2026-09-01", group_by=["replier", "assignee"], limit=1000)
    pairs = [([key["name"] for key in group["keys"]], group) for group in answer["groups"]]
    others = [group for (first, now), group in pairs if first == grace and now != grace and group["keys"][1]["id"]]
    return str(sum(group["conversation_count"] for group in others))


def value(group, metric):
    return group["values"][metric]


def minute(moment):
    return moment[:16].replace("T", " ")


def solve(fi, name):
    fi.start_over()
    try:
        answer = globals()[name.replace("-", "_")](fi)
    except (Refused, LookupError, TypeError, ValueError, AssertionError, StopIteration) as error:
        answer = f"{type(error).__name__}: {error}"
    if fi.calls > MOST_CALLS:
        answer = f"{answer}, but with {fi.calls} calls"
    return answer, (fi.calls, fi.characters)


if __name__ == "__main__":
    with Server(*sys.argv[1:]) as server:
        answers = {name: solve(server, name) for name in questions()}
    compare(answers, ["calls", "chars"])
