//! Whole analyses: what they choose, what they tell beside figures, and what they say when the data has nothing to
//! tell.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::support::company::{DAY, company};
use crate::support::little_lake::{LittleLake, ask, put};
use crate::support::rows::in_month;
use crate::support::told::told;
use fastintercom::engine::{Engine, QueryOptions};
use fastintercom::lake::Partitioning;
use fastintercom::tools::analyze::{Analyst, AnalyzeParams};

fn answer(engine: &Engine, params: &Value) -> Value {
    let params: AnalyzeParams = serde_json::from_value(params.clone()).unwrap();
    let now: DateTime<Utc> = "2026-04-30T12:00:00Z".parse().unwrap();
    let analyst = Analyst { engine, zone: Tz::UTC, now, options: QueryOptions::default() };
    serde_json::to_value(analyst.answer(&params).unwrap()).unwrap()
}

fn names(answer: &Value, of: &str) -> Vec<String> {
    let all = answer[of].as_array().unwrap().iter();
    all.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

fn notes(answer: &Value) -> Vec<String> {
    answer["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap().to_owned()).collect()
}

/// A lake of one conversation for each opening message, a day apart from the first of the month on.
fn lake_of(months: &[(i64, Vec<&str>)]) -> (LittleLake, Engine) {
    let lake = LittleLake::empty(Partitioning::Month);
    let writer = lake.writer();
    let mut id = 0;
    for (month, openings) in months {
        let threads: Vec<_> = openings
            .iter()
            .enumerate()
            .map(|(day, opening)| {
                id += 1;
                let created_at = in_month(*month, day as i64 * DAY / 2);
                told(
                    id,
                    created_at,
                    &format!("0 customer: {opening}\n60 bot: Wonderful, great, thanks!"),
                    &json!({}),
                )
            })
            .collect();
        put(&writer, &threads);
    }
    drop(writer);
    let engine = lake.engine();
    (lake, engine)
}

#[test]
fn an_analysis_chooses_metrics_and_groups_where_none_are_given() {
    let (_lake, engine) = company();
    let chosen = answer(&engine, &json!({"analysis_type": "performance_metrics"}));
    assert_eq!(names(&chosen, "group_by"), ["team"]);
    assert!(names(&chosen, "metrics").contains(&"first_response_seconds".to_owned()));
    assert_eq!(chosen["analysis"], json!({}));

    let told =
        json!({"analysis_type": "performance_metrics", "dimensions": ["priority"], "metrics": ["csat"]});
    let told = answer(&engine, &told);
    assert_eq!(
        (names(&told, "group_by"), names(&told, "metrics")),
        (vec!["priority".into()], vec!["csat".into()])
    );
}

#[test]
fn satisfaction_tells_every_rating_and_the_words_with_them() {
    let (_lake, engine) = company();
    let answer = answer(&engine, &json!({"analysis_type": "customer_satisfaction"}));
    let counts: Vec<i64> = answer["analysis"]["ratings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|count| count["conversation_count"].as_i64().unwrap())
        .collect();
    assert_eq!(counts, [0, 1, 0, 0, 1]);
    assert_eq!(
        answer["analysis"]["remarks"],
        json!({"conversation_count": 1, "shown": [{"conversation_id": "1", "created_at": "2026-03-01T09:00:00Z",
            "rating": 5, "rated_teammate": "Ada", "untrusted_remark": "Nice"}]})
    );
}

#[test]
fn remarks_come_worst_first_without_what_cannot_be_seen_and_never_too_long() {
    let lake = LittleLake::empty(Partitioning::Month);
    let rated = |id: i64, rating: i64, remark: &str| {
        let rating =
            json!({"rating": rating, "remark": remark, "created_at": in_month(3, id * 60).seconds()});
        told(id, in_month(3, id), "0 customer: Hi", &json!({"conversation_rating": rating}))
    };
    let long = "very ".repeat(200);
    put(&lake.writer(), &[rated(1, 5, "Ok"), rated(2, 1, "Bad\u{202e}!\u{0}\n\nTwice"), rated(3, 1, &long)]);
    let answer = answer(&lake.engine(), &json!({"analysis_type": "customer_satisfaction"}));
    let shown = answer["analysis"]["remarks"]["shown"].as_array().unwrap();
    let words: Vec<&str> = shown.iter().map(|remark| remark["untrusted_remark"].as_str().unwrap()).collect();
    assert_eq!((words[1], words[2]), ("Bad! Twice", "Ok"));
    assert!(words[0].ends_with("very…") && words[0].chars().count() <= 301, "{}", words[0]);
}

#[test]
fn topics_tell_which_words_a_period_has_more_of_than_the_rest() {
    let usual = vec!["The invoice of last month is wrong"; 40];
    let news: Vec<&str> = (0..40)
        .map(|n| if n % 4 == 0 { "The invoice is late" } else { "The exporter crashes since the update" })
        .collect();
    let (_lake, engine) = lake_of(&[(3, usual), (4, news)]);
    let params = json!({"analysis_type": "topic_analysis", "timeframe": "2026-04"});
    let told = answer(&engine, &params);
    let words = &told["analysis"]["distinctive_words"];
    assert_eq!((&words["conversation_count"], &words["rest_conversation_count"]), (&json!(40), &json!(40)));
    assert_eq!(words["is_sampled"], json!(false));
    let found = words["words"].as_array().unwrap();
    let crash = found.iter().find(|word| word["untrusted_word"].as_str().unwrap().contains("crashes"));
    let crash = crash.unwrap_or_else(|| panic!("no crashes among {words}"));
    assert_eq!((&crash["conversation_count"], &crash["rest_conversation_count"]), (&json!(30), &json!(0)));
    assert_eq!(crash["share"], json!(0.75));
    let examples = crash["examples"].as_array().unwrap();
    assert_eq!(examples.len(), 3);
    assert_eq!(examples[0]["conversation_id"], json!("80"), "the newest first");
    assert_eq!(examples[0]["untrusted_excerpt"], json!("The exporter crashes since the update"));
    assert!(
        !found.iter().any(|word| word["untrusted_word"].as_str().unwrap().contains("invoice")),
        "{words}"
    );
    // What a bot says is not what customers write about.
    assert!(
        !found.iter().any(|word| word["untrusted_word"].as_str().unwrap().contains("wonderful")),
        "{words}"
    );
    assert_eq!(told["compared_with"]["words"], json!("2026-03, just before 2026-04"));

    let told = answer(&engine, &json!({"analysis_type": "topic_analysis"}));
    let words = &told["analysis"]["distinctive_words"];
    assert!(words["definition"].as_str().unwrap().contains("give a timeframe"), "{words}");
    assert!(notes(&told)[1].contains("Nothing is known of tag"), "{:?}", notes(&told));
}

#[test]
fn the_tone_is_of_customers_and_says_of_how_many() {
    let (_lake, engine) = lake_of(&[(
        3,
        vec![
            "This is terrible, I am very angry and disappointed",
            "Great, I love it, thank you so much",
            "4711",
        ],
    )]);
    let told = answer(&engine, &json!({"analysis_type": "sentiment_trends", "group_by": ["month"]}));
    let values = &told["total"]["values"];
    let rate = |name: &str| (values[name]["numerator"].clone(), values[name]["denominator"].clone());
    assert_eq!(rate("negative_sentiment_rate"), (json!(1), json!(2)));
    assert_eq!(rate("positive_sentiment_rate"), (json!(1), json!(2)));
    assert_eq!(rate("sentiment_coverage_rate"), (json!(2), json!(3)));
    assert_eq!(values["sentiment"]["n"], json!(2));
    let tones = &told["analysis"]["tones"];
    let english = tones["languages"].as_array().unwrap().iter().find(|one| one["language"] == "en").unwrap();
    assert_eq!(english["conversation_count"], json!(2));
    assert_eq!(tones["other_conversation_count"], json!(1));
    assert_eq!(told["analysis"]["remarks"], json!({"conversation_count": 0, "shown": []}));
}

#[test]
fn any_query_can_ask_for_the_tone() {
    let (_lake, engine) = company();
    let sql = "SELECT sentiment('I love it, great') > 0.3 AND sentiment('awful, I hate it') < -0.3 AS is_told, \
               sentiment(NULL) AS nothing, language('This is the text of a message') AS language";
    assert_eq!(ask(&engine, sql).trim(), "true,,en");
}

#[test]
fn a_group_or_figure_the_data_has_nothing_for_says_why() {
    let (_lake, engine) = company();
    let why = |params: &Value| notes(&answer(&engine, params));
    assert_eq!(
        why(&json!({"group_by": ["topic"]}))[1],
        "Nothing is known of topic for any of these conversations: Intercom recognises topics only where the \
         workspace has Topics switched on."
    );
    assert_eq!(
        why(&json!({"group_by": ["attribute:Plan"]})),
        ["Nothing is known of attribute:Plan for any of these conversations: check its name in the view \
          conversation_attributes; upper and lower case differ."]
    );
    assert_eq!(
        why(&json!({"metrics": ["csat", "conversations"], "timeframe": "2026-04"})),
        ["csat has no value: none of these conversations is one it is of."]
    );
    assert_eq!(
        why(&json!({"metrics": ["csat"], "timeframe": "2026-02"})),
        ["There are no such conversations in this period."]
    );
    assert_eq!(why(&json!({"group_by": ["team"]})), Vec::<String>::new());
}

#[test]
fn a_comparison_shows_what_is_no_longer_there() {
    let (_lake, engine) = company();
    let told =
        answer(&engine, &json!({"group_by": ["tag"], "timeframe": "2026-04", "compare_to": "2026-03"}));
    let groups: Vec<(String, Value, Value)> = told["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            let count = &group["values"]["conversations"];
            (
                group["keys"][0]["name"].as_str().unwrap().to_owned(),
                count["value"].clone(),
                count["before"]["value"].clone(),
            )
        })
        .collect();
    assert_eq!(
        groups,
        [
            ("invoices".to_owned(), json!(1), json!(2)),
            ("(untagged)".to_owned(), json!(0), json!(2)),
            ("1".to_owned(), json!(0), json!(1)),
        ]
    );
}
