-- One row per contact who is the first contact of a conversation.
--
-- ? Who writes most, and who was not answered?
-- ? Who has gone quiet?
--
-- Only the first contact of a conversation counts; more about contacts, also silent ones, is in contacts.
-- Names are those of the latest conversation that has one; of two that began at once, the greater text.
-- The lake keeps what this gives, so that nobody waits for it: it is computed here for exports of some conversations
-- and by `fi verify`.
WITH

metrics AS (
    SELECT
        contact_id, contact_name, contact_email, company_name, created_at, is_inbound, is_closed, is_unanswered,
        customer_message_count, first_response_seconds, rating
    FROM conversation_metrics
    WHERE contact_id IS NOT NULL
),

final AS (
    SELECT
        contact_id,
        arg_max(contact_name, {'at': created_at, 'text': contact_name}) AS name,
        arg_max(contact_email, {'at': created_at, 'text': contact_email}) AS email,
        arg_max(company_name, {'at': created_at, 'text': company_name}) AS company_name,
        count(*) AS conversation_count,
        count(*) FILTER (is_inbound) AS inbound_count,
        count(*) FILTER (NOT is_closed) AS open_count,
        count(*) FILTER (is_unanswered) AS unanswered_count,
        sum(customer_message_count)::BIGINT AS customer_message_count,
        min(created_at) AS first_conversation_at,
        max(created_at) AS last_conversation_at,
        count(first_response_seconds) FILTER (is_inbound) AS replied_count,
        quantile_cont(first_response_seconds, 0.5) FILTER (is_inbound) AS first_response_p50_seconds,
        count(rating) AS rated_count,
        avg(rating) AS rating_avg
    FROM metrics
    GROUP BY contact_id
)

SELECT * FROM final
