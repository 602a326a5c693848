-- One row per contact: a user or lead who takes part in conversations.
SELECT
    contact_id, external_id, role, name, email, email_domain, phone, owner_id, created_at,
    updated_at, signed_up_at, last_seen_at, last_replied_at, last_contacted_at,
    last_email_opened_at, last_email_clicked_at, has_hard_bounced, marked_email_as_spam,
    unsubscribed_from_emails, language_override, browser_language, browser, os, country, region,
    city, tags, companies, custom_attributes, merged_into_id, is_listed, synced_at, extra
FROM read_parquet('lake/contacts/*.parquet', hive_partitioning = false)
