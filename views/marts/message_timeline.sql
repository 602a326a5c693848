-- One row per message, with when it came in its conversation.
--
-- ? What happened in this conversation, and how long did each step take?
-- ? Who wrote how much, and when?
--
-- conversation_id VARCHAR: The conversation.
-- position BIGINT: 0 is the opening message, parts follow by time.
-- message_id VARCHAR: The message.
-- created_at TIMESTAMP: When it was written (UTC).
-- part_type VARCHAR: Intercom's part type; source for the opening message.
-- author_class VARCHAR: customer, teammate, bot, or system for events.
-- author_id VARCHAR: The author.
-- author_name VARCHAR, personal: The author's name.
-- is_note BOOLEAN: Whether it is an internal note.
-- is_visible BOOLEAN: Whether customers see it.
-- body_text VARCHAR, personal: The body as plain text.
-- seconds_since_beginning BIGINT: Since the conversation began. Unit: seconds.
-- seconds_since_previous BIGINT: Since the message or event before. Unit: seconds.
WITH

messages AS (SELECT * FROM messages),

final AS (
    SELECT
        conversation_id, position, message_id, created_at, part_type, author_class, author_id, author_name,
        is_note, is_visible, body_text,
        date_diff('second', conversation_created_at, created_at) AS seconds_since_beginning,
        date_diff('second', lag(created_at) OVER (PARTITION BY conversation_id ORDER BY position), created_at)
            AS seconds_since_previous
    FROM messages
)

SELECT * FROM final
