//! The values rows are made of: times however written, ids, and who wrote a message.

use fastintercom::model::{
    AdminId, AuthorClass, CompanyId, ContactId, ConversationId, MessageId, TagId, TeamId, Timestamp,
};
use proptest::prelude::*;
use serde_json::{Value, json};

#[track_caller]
fn is_time(value: &Value, micros: i64) {
    assert_eq!(Timestamp::from_json(value), Some(Timestamp::from_micros(micros)), "of {value}");
}

#[test]
fn seconds_milliseconds_texts_and_iso_dates_are_times() {
    let micros = 1_789_984_800_000_000;
    is_time(&json!(1_789_984_800), micros);
    is_time(&json!(1_789_984_800_000_i64), micros);
    is_time(&json!("1789984800"), micros);
    is_time(&json!(" 1789984800000 "), micros);
    is_time(&json!("2026-09-21T10:00:00Z"), micros);
    is_time(&json!("2026-09-21T12:00:00+02:00"), micros);
    is_time(&json!("2026-09-21T10:00:00.123456Z"), micros + 123_456);
    is_time(&json!(1_789_984_800.5), micros + 500_000);
    is_time(&json!(1_789_984_800_123_i64), micros + 123_000);
}

#[test]
fn times_before_1970_and_far_ahead_are_times() {
    is_time(&json!(0), 0);
    is_time(&json!(-1), -1_000_000);
    is_time(&json!(-2_208_988_800_i64), -2_208_988_800_000_000);
    is_time(&json!("1900-01-01T00:00:00Z"), -2_208_988_800_000_000);
    is_time(&json!(2_738_966_400_i64), 2_738_966_400_000_000);
    is_time(&json!("9999-12-31T23:59:59Z"), 253_402_300_799_000_000);
    assert_eq!(Timestamp::from_micros(-1).seconds(), -1);
}

#[test]
fn what_is_no_time_is_none() {
    let none = [
        json!(null),
        json!(true),
        json!({}),
        json!([1]),
        json!(""),
        json!("soon"),
        json!("2026-09-21"),
        json!("2026-13-01T00:00:00Z"),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e300),
        json!(-1e300),
        json!("9223372036854775807"),
        json!("99999999999999999999"),
        json!(253_402_300_800_000_i64),
        json!("+262142-01-01T00:00:00Z"),
    ];
    for value in none {
        assert_eq!(Timestamp::from_json(&value), None, "of {value}");
    }
}

#[test]
fn absurd_seconds_do_not_overflow() {
    assert_eq!(Timestamp::from_seconds(i64::MAX), Timestamp::from_micros(i64::MAX));
    assert_eq!(Timestamp::from_seconds(i64::MIN), Timestamp::from_micros(i64::MIN));
    for micros in [i64::MIN, i64::MAX] {
        assert!(!Timestamp::from_micros(micros).to_string().is_empty());
    }
}

#[test]
fn a_time_is_shown_in_utc() {
    assert_eq!(Timestamp::from_seconds(1_789_984_800).to_string(), "2026-09-21T10:00:00Z");
    assert_eq!(Timestamp::from_micros(1_500_000).to_string(), "1970-01-01T00:00:01.500Z");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_time_is_read_back_from_what_it_shows(seconds in -62_135_596_800_i64..253_402_300_799) {
        let time = Timestamp::from_seconds(seconds);
        prop_assert_eq!(Timestamp::from_json(&json!(time.to_string())), Some(time));
        prop_assert_eq!(Timestamp::from(time.to_utc()), time);
        prop_assert_eq!(time.seconds(), seconds);
    }

    #[test]
    fn no_text_or_number_makes_reading_a_time_fail(text in "\\PC{0,40}", number in any::<f64>(), whole in any::<i64>()) {
        let _ = Timestamp::from_json(&json!(text));
        let _ = Timestamp::from_json(&json!(number));
        let _ = Timestamp::from_json(&json!(whole));
    }
}

#[test]
fn an_id_is_a_text_or_a_whole_number() {
    let id = |value: Value| ConversationId::from_json(&value).map(|id| id.to_string());
    assert_eq!(id(json!("215480000000123")).as_deref(), Some("215480000000123"));
    assert_eq!(id(json!(215_480_000_000_123_i64)).as_deref(), Some("215480000000123"));
    assert_eq!(id(json!(u64::MAX)).as_deref(), Some("18446744073709551615"));
    assert_eq!(id(json!(" 12 ")).as_deref(), Some("12"));
    for none in [
        json!(null),
        json!(1.5),
        json!(true),
        json!(""),
        json!(" "),
        json!("a b"),
        json!("ü"),
        json!("a/b"),
        json!({}),
    ] {
        assert_eq!(id(none.clone()), None, "of {none}");
    }
}

#[test]
fn an_id_of_more_than_100_characters_is_none() {
    assert!(MessageId::parse(&"a".repeat(100)).is_ok());
    let error = MessageId::parse(&"a".repeat(101)).expect_err("it is too long");
    assert!(error.to_string().contains("no message id"), "{error}");
}

#[test]
fn every_kind_of_id_says_which_it_is_and_shows_an_example() {
    let errors = [
        (ConversationId::parse("").map(drop), "conversation"),
        (MessageId::parse("").map(drop), "message"),
        (ContactId::parse("").map(drop), "contact"),
        (CompanyId::parse("").map(drop), "company"),
        (AdminId::parse("").map(drop), "admin"),
        (TeamId::parse("").map(drop), "team"),
        (TagId::parse("").map(drop), "tag"),
    ];
    for (result, what) in errors {
        let text = result.expect_err("nothing is no id").to_string();
        assert!(text.contains(&format!("no {what} id")) && text.contains("like "), "{text}");
    }
}

#[test]
fn who_wrote_a_message_follows_the_definition_of_the_metrics() {
    use AuthorClass::{Bot, Customer, System, Teammate};
    let operator = Some("operator+w7k2q9xd@intercom.io");
    let cases = [
        (Some("user"), Some("m@h.example"), false, "comment", Customer),
        (Some("lead"), Some(""), false, "comment", Customer),
        (Some("contact"), None, false, "open", Customer),
        (Some("admin"), Some("jonas@fi.example"), false, "comment", Teammate),
        (Some("admin"), None, false, "note", Teammate),
        (Some("admin"), None, false, "close", Teammate),
        (Some("admin"), None, false, "assignment", Teammate),
        (Some("admin"), operator, false, "comment", Bot),
        (Some("admin"), Some("operator+x@evil.example"), false, "comment", Teammate),
        (Some("bot"), None, false, "comment", Bot),
        (Some("bot"), operator, true, "comment", Bot),
        (Some("admin"), None, true, "comment", Bot),
        (None, None, true, "comment", Bot),
        (Some("team"), None, false, "comment", System),
        (None, None, false, "comment", System),
        (Some("somebody new"), None, false, "comment", System),
        (Some("user"), None, false, "conversation_rating_changed", System),
        (Some("admin"), None, false, "conversation_attribute_updated_by_admin", System),
        (Some("bot"), None, true, "language_detection_details", System),
        (Some("admin"), None, false, "conversation_sla_target_missed", System),
        (Some("admin"), None, false, "ticket_state_updated_by_admin", System),
        (Some("user"), None, false, "quick_reply", Customer),
        (Some("admin"), None, false, "a part type of tomorrow", Teammate),
    ];
    for (author_type, email, from_ai_agent, part_type, class) in cases {
        let found = AuthorClass::of(author_type, email, from_ai_agent, part_type);
        assert_eq!(found, class, "{author_type:?} {email:?} {from_ai_agent} {part_type}");
    }
    let words: Vec<_> = [Customer, Teammate, Bot, System].iter().map(|class| class.as_str()).collect();
    assert_eq!(words, ["customer", "teammate", "bot", "system"]);
}
