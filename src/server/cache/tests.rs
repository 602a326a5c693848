use serde_json::json;

use super::*;
use crate::server::TOOLS;

fn tool(name: &str) -> &'static Tool {
    TOOLS.iter().find(|tool| tool.name == name).unwrap()
}

fn question(arguments: &Value) -> Question {
    let arguments = arguments.as_object().unwrap();
    Question::of(tool("search_conversations"), arguments, Reader::Program).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    format!("2026-11-21T{text}Z").parse().unwrap()
}

/// Answers without a period, whose data was `behind` seconds behind.
fn answer(behind: i64, size: usize) -> Given {
    Given::made(json!({
        "conversations": "x".repeat(size),
        "freshness": {"data_as_of": "2026-11-21T11:00:00Z", "behind_seconds": behind},
    }))
}

struct Scene {
    answers: Answers,
    state: Arc<State>,
}

impl Scene {
    fn new(most_bytes: usize) -> Self {
        let limits = CacheLimits { most_bytes, ..CacheLimits::default() };
        Self { answers: Answers::new(limits), state: Arc::default() }
    }

    fn find(&self, question: &Question, now: &str) -> Found {
        self.answers.find(question, &self.state, at(now), false)
    }

    fn keep(&self, question: &Question, answer: &Given, now: &str) {
        let Found::Nothing(Some(place)) = self.find(question, now) else { panic!("it is there") };
        place.keep(answer, at(now));
    }

    fn kept(&self, question: &Question, now: &str) -> Option<Value> {
        match self.find(question, now) {
            Found::Kept(given) => Some(given.into_value()),
            _ => None,
        }
    }
}

#[test]
fn an_answer_is_good_for_its_minute_and_says_how_far_behind_it_is_then() {
    let scene = Scene::new(1 << 20);
    let asked = question(&json!({"query": "refund"}));
    scene.keep(&asked, &answer(100, 5), "12:00:10");
    let behind =
        |now: &str| scene.kept(&asked, now).map(|value| value["freshness"]["behind_seconds"].clone());
    assert_eq!(behind("12:00:10.900"), Some(json!(100)));
    assert_eq!(behind("12:00:59"), Some(json!(149)));
    assert_eq!(behind("12:00:09"), None);
    assert_eq!(behind("12:01:00"), None);
}

#[test]
fn an_answer_whose_words_would_be_others_is_made_anew() {
    let scene = Scene::new(1 << 20);
    let asked = question(&json!({}));
    scene.keep(&asked, &answer(3_590, 5), "12:00:10");
    assert!(scene.kept(&asked, "12:00:19").is_some());
    // From here on the data is more than an hour behind, which is said in words.
    assert!(scene.kept(&asked, "12:00:21").is_none());
}

#[test]
fn a_period_that_is_told_stays_what_it_was() {
    let scene = Scene::new(1 << 20);
    let asked = question(&json!({"timeframe": "today"}));
    let told = json!({
        "period": {"end": "2026-11-21T12:00:10Z"},
        "freshness": {"data_as_of": "2026-11-21T11:00:00Z", "behind_seconds": 3_610},
    });
    scene.keep(&asked, &Given::made(told.clone()), "12:00:10");
    assert_eq!(scene.kept(&asked, "12:00:40"), Some(told));
}

#[test]
fn numbers_stay_what_they_were_to_the_last_bit() {
    let scene = Scene::new(1 << 20);
    let asked = question(&json!({"timeframe": "today"}));
    let numbers: Vec<f64> = (1..5_000).map(|n| f64::from(n).sqrt() * 10_f64.powi(n % 40 - 20)).collect();
    let told = json!({"period": {"end": "2026-11-20T12:00:10Z"}, "rows": numbers});
    scene.keep(&asked, &Given::made(told.clone()), "12:00:10");
    assert_eq!(scene.kept(&asked, "12:00:40"), Some(told));
}

#[test]
fn another_state_of_the_lake_drops_everything() {
    let mut scene = Scene::new(1 << 20);
    let asked = question(&json!({}));
    scene.keep(&asked, &answer(0, 5), "12:00:10");
    let Found::Nothing(Some(late)) = scene.find(&question(&json!({"limit": 1})), "12:00:10") else {
        panic!()
    };
    scene.state = Arc::new(State::default());
    assert!(scene.kept(&asked, "12:00:11").is_none());
    // What was found out about the state before is of no use any more.
    late.keep(&answer(0, 5), at("12:00:12"));
    assert_eq!(scene.answers.counts().entries, 0);
}

#[test]
fn bytes_stay_within_the_limit_and_what_is_asked_often_stays() {
    let scene = Scene::new(20_000);
    let questions: Vec<Question> = (0..40).map(|n| question(&json!({"offset": n}))).collect();
    for asked in &questions {
        scene.keep(asked, &answer(0, 1_000), "12:00:10");
        assert!(scene.kept(&questions[0], "12:00:11").is_some());
    }
    let counts = scene.answers.counts();
    assert!(counts.bytes <= 20_000 && counts.bytes > 15_000, "{counts:?}");
    assert_eq!(counts.evicted as usize + counts.entries, questions.len());
    scene.keep(&question(&json!({"limit": 9})), &answer(0, 5_000), "12:00:12");
    assert_eq!(scene.answers.counts(), CacheCounts { misses: counts.misses + 1, ..counts });
}

#[test]
fn the_same_question_is_under_way_once() {
    let scene = Scene::new(1 << 20);
    let (one, same) = (
        question(&json!({"query": "a", "limit": 5})),
        question(&serde_json::from_str(r#"{"limit": 5, "query": "a"}"#).unwrap()),
    );
    let Found::Nothing(Some(place)) = scene.find(&one, "12:00:10") else { panic!() };
    let Found::UnderWay(waiting) = scene.find(&same, "12:00:10") else { panic!() };
    assert!(waiting.has_changed().is_ok());
    let again = scene.answers.find(&same, &scene.state, at("12:00:10"), true);
    assert!(matches!(again, Found::Nothing(None)));
    place.keep(&answer(0, 5), at("12:00:10"));
    drop(place);
    assert!(waiting.has_changed().is_err());
    assert!(scene.kept(&same, "12:00:10").is_some());
    // Who gives up leaves it to the next.
    let other = question(&json!({"query": "b"}));
    drop(scene.find(&other, "12:00:10"));
    assert!(matches!(scene.find(&other, "12:00:10"), Found::Nothing(Some(_))));
}

#[test]
fn only_what_depends_on_data_and_question_alone_is_kept() {
    let kept: Vec<&str> = TOOLS
        .iter()
        .filter(|tool| Question::of(tool, &Map::new(), Reader::Model).is_some())
        .map(|tool| tool.name)
        .collect();
    assert_eq!(kept, KEPT_TOOLS);
    let of = |reader| Question::of(tool("search_conversations"), &Map::new(), reader).unwrap().0;
    assert_ne!(of(Reader::Model), of(Reader::Program));
}
