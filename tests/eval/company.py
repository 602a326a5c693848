"""The demo's company as Intercom delivered it, read from the lake's Parquet files, and what happened in conversations.

What the lake derives (author_class, is_visible, is_note, thread_…, conversation_metrics) is not read: by the definitions
of the metrics it is computed here once more, in plain Python. Only the plain text of bodies, and whether Intercom cut a
thread, are taken as they are. DuckDB does no more than read the files.
"""

import collections
import dataclasses
import datetime
import re
import unicodedata
import zoneinfo

import duckdb

BERLIN, NEW_YORK = zoneinfo.ZoneInfo("Europe/Berlin"), zoneinfo.ZoneInfo("America/New_York")

# Parts that record what happened; they are nobody's message, whatever they hold.
EVENT = re.compile(
    r"(away_mode|default|workflow|balanced)_assignment|snoozed|unsnoozed|timer_unsnooze|participant_.*|conversation_.*"
    r"|title_changed|priority_changed.*|operator_workflow_event|custom_action_.*|attribute_collect.*|user_became_idle"
    r"|resolution_bot_.*|language_detection_details|channel_and_reply_time_.*|merged_primary_conversation|call_summary"
    r"|ticket_.*"
)


class Row:
    """A row by its columns' names."""

    def __init__(self, names, values):
        self.__dict__.update(zip(names, values))


@dataclasses.dataclass
class Thread:
    """A conversation with its messages, and what they come to."""

    row: Row
    parts: list = dataclasses.field(default_factory=list)

    def settle(self, bots):
        self.parts.sort(key=lambda part: part.position)
        for part in self.parts:
            part.by = author(part, bots)
            part.is_note = part.part_type == "note" or part.part_type.startswith("note_")
            has_content = (part.body_html or "").strip() or part.attachments
            is_message = has_content and not part.is_note and not EVENT.fullmatch(part.part_type)
            # An opening message is one whatever it consists of.
            part.is_said = bool(part.position == 0 or is_message)
        self.said = [part for part in self.parts if part.is_said]
        self.asked = next((part for part in self.said if part.by == "customer"), None)
        first_teammate = next((part for part in self.said if part.by == "teammate"), None)
        self.is_inbound = bool(self.asked and (not first_teammate or self.asked.position < first_teammate.position))
        self.reply = next((part for part in self.said if self.asked and self.replies(part)), None)

    def replies(self, part):
        return part.by == "teammate" and part.position > max(self.asked.position, 0)

    @property
    def wait(self):
        """Seconds to the first reply by a human, if there is one; of a thread that is cut, as Intercom tells it."""
        if self.row.parts_truncated:
            return (self.row.stat_first_admin_reply_at - self.row.stat_first_contact_reply_at).total_seconds()
        return (self.reply.created_at - self.asked.created_at).total_seconds() if self.reply else None

    @property
    def waiting_since(self):
        """Since when the customer's last messages are unanswered; none where somebody answered or it is closed."""
        if self.row.state == "closed" or not self.is_inbound or self.said[-1].by != "customer":
            return None
        answers = [part.position for part in self.said if part.by != "customer"]
        return next(part.created_at for part in self.said if part.position > max(answers, default=-1))

    @property
    def closes(self):
        return [part for part in self.parts if part.part_type == "close"]

    @property
    def tags(self):
        return {tag["name"] for tag in self.row.tags}

    @property
    def text(self):
        """Everything written in it, in lower case and without accents."""
        texts = [self.row.title, self.row.source_subject] + [part.body_text for part in self.parts]
        return plain("\n".join(text for text in texts if text))


def author(part, bots):
    if part.from_ai_agent or part.author_type == "bot" or part.author_id in bots:
        return "bot"
    return {"admin": "teammate", "user": "customer", "lead": "customer", "contact": "customer"}.get(part.author_type)


def plain(text):
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def local(moment, zone=BERLIN):
    """A moment of the lake, which is UTC without saying so, on a clock of the zone."""
    return moment.replace(tzinfo=datetime.timezone.utc).astimezone(zone)


def month(moment):
    return local(moment).strftime("%Y-%m")


def in_month(threads, name):
    """Those that began in a month of Berlin."""
    return [thread for thread in threads if month(thread.row.created_at) == name]


class Company:
    """All that is held of the demo's company."""

    def __init__(self, lake):
        self.lake = lake
        self.admins = {admin.admin_id: admin for admin in self.table("admins")}
        self.teams = {team.team_id: team.name for team in self.table("teams")}
        self.companies = {company.company_id: company for company in self.table("companies")}
        threads = {row.conversation_id: Thread(row) for row in self.table("conversations", "*/")}
        for part in self.table("messages", "*/"):
            threads[part.conversation_id].parts.append(part)
        self.threads = list(threads.values())
        bots = {admin.admin_id for admin in self.admins.values() if admin.is_bot}
        for thread in self.threads:
            thread.settle(bots)

    def table(self, name, months=""):
        answer = duckdb.sql(f"FROM read_parquet('{self.lake}/{name}/{months}*.parquet')")
        return [Row(answer.columns, values) for values in answer.fetchall()]

    def biggest(self):
        """The company with the most conversations, and those."""
        first, _ = most(collections.Counter(thread.row.company_id for thread in self.threads if thread.row.company_id))
        return first, [thread for thread in self.threads if thread.row.company_id == first]


def most(counter):
    """The one thing that is counted most often, and how often."""
    (first, count), (_, second) = counter.most_common(2)
    assert count > second, f"a tie: {counter.most_common(3)}"
    return first, count


def share(part, whole):
    """In percent."""
    return 100 * len(part) / len(whole)
