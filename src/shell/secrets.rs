//! Which lines are not remembered: those with something in them that looks like a token or password.

/// The shortest run of letters and digits that is taken for one.
const SHORTEST: usize = 20;
/// The length of Intercom's ids of contacts and companies, which are hexadecimal and no secret.
const ID: usize = 24;
/// Words before a secret.
const LABELS: [&str; 6] = ["password", "passwd", "secret", "api_key", "apikey", "access_token"];

/// Whether a line had better not be kept.
pub(super) fn has_secret(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    // What Intercom's access tokens begin with: `tok:` in base64.
    lower.contains("bearer ") || line.contains("dG9rO") || has_label(&lower) || runs(line).any(is_token)
}

/// `password = '…'` and the like, with a value.
fn has_label(lower: &str) -> bool {
    LABELS.iter().any(|label| {
        lower.split(label).skip(1).any(|after| {
            let after = after.trim_start_matches(['"', '\'', ' ']);
            after.strip_prefix([':', '=']).is_some_and(|value| !value.trim().is_empty())
        })
    })
}

fn runs(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_alphanumeric())
}

/// Letters and digits mixed, longer than any name.
fn is_token(run: &str) -> bool {
    let has = |is: fn(&u8) -> bool| run.as_bytes().iter().any(is);
    let is_id = run.len() == ID && run.bytes().all(|byte| byte.is_ascii_hexdigit());
    run.len() >= SHORTEST && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && !is_id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_token_is_one() {
        for line in [
            "SELECT 'dG9rOjEyMzQ1Njc4'",
            "-- Authorization: Bearer abc",
            "SELECT 'canary0token0that0must0not0leak'",
            ".sync --token=sk_live_4eC39HqLyjWDarjtT1zdp7dc",
            "SELECT 1 AS password WHERE password = 'hunter2'",
            "access_token: 'x'",
        ] {
            assert!(has_secret(line), "{line}");
        }
    }

    #[test]
    fn ids_names_and_addresses_are_kept() {
        for line in [
            "SELECT * FROM conversations WHERE conversation_id = '215469812345678'",
            "SELECT * FROM contacts WHERE contact_id = '63ea25c4d9a0d24b8a0f1b1c'",
            "SELECT '550e8400-e29b-41d4-a716-446655440000'",
            "SELECT first_response_p90_business_seconds, stat_time_to_last_close_seconds FROM x",
            "SELECT * FROM contacts WHERE email = 'anna.lee2@example.com'",
            "SELECT count(*) FROM messages WHERE body_text LIKE '%password%'",
        ] {
            assert!(!has_secret(line), "{line}");
        }
    }
}
