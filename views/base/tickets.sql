-- One row per ticket.
SELECT
    ticket_id, ticket_number, created_at, updated_at, category, ticket_type_id, ticket_type_name,
    ticket_state_id, ticket_state, ticket_state_label, title, description, attributes, is_open,
    is_shared, snoozed_until_at, admin_assignee_id, team_assignee_id, contact_id, contact_ids,
    ticket_parts, synced_at, extra, COLUMNS('^(month|day)$')
FROM read_parquet('lake/tickets/*/*.parquet', hive_partitioning = true)
