-- One row per company that conversations concern.
--
-- ? Which companies need most help, and how do we serve them?
-- ? Which of them wait?
--
-- A conversation counts for the company Intercom shows on it, not for every company of its contact.
-- Names are those of the latest conversation that has one; of two that began at once, the greater text.
-- The lake keeps what this gives, so that nobody waits for it: it is computed here for exports of some conversations
-- and by `fi verify`.
WITH

metrics AS (
    SELECT
        company_id, company_name, contact_id, created_at, is_inbound, is_closed, is_unanswered, customer_message_count,
        first_response_seconds, rating
    FROM conversation_metrics
    WHERE company_id IS NOT NULL
),

final AS (
    SELECT
        company_id,
        arg_max(company_name, {'at': created_at, 'text': company_name}) AS name,
        count(DISTINCT contact_id) AS contact_count,
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
    GROUP BY company_id
)

SELECT * FROM final
