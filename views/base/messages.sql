-- One row per message: every conversation part, and the opening message as position 0.
SELECT
    message_id, conversation_id, conversation_created_at, position, created_at, updated_at,
    notified_at, part_type, author_type, author_id, author_name, author_email, author_class,
    is_note, is_visible, from_ai_agent, is_ai_answer, body_html, body_text, attachments,
    assigned_to_type, assigned_to_id, conversation_state, tags, redacted, external_id,
    app_package_code, event_details, metadata, email_message_metadata, extra,
    COLUMNS('^(month|day)$')
FROM read_parquet('lake/messages/*/*.parquet', hive_partitioning = true)
