//! Terms that set one group of documents apart, on made-up documents.

use fastintercom::distinctive::{Counter, DistinctiveTerm, has_term};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn counted<'a>(documents: impl IntoIterator<Item = (&'a str, bool)>) -> Counter {
    let mut counter = Counter::default();
    documents.into_iter().for_each(|(text, in_focus)| counter.add(text, in_focus));
    counter
}

fn terms(counter: &Counter) -> Vec<String> {
    counter.distinctive(1000).into_iter().map(|found| found.term).collect()
}

/// Documents in focus that all hold a text, beside as many others.
fn terms_of(text: &str) -> Vec<String> {
    let focus = (0..10).map(|_| (text, true));
    terms(&counted(focus.chain((0..10).map(|_| ("plain", false)))))
}

#[test]
fn a_term_comes_with_the_documents_it_is_in() {
    let counter = counted([
        ("refund refund refund", true),
        ("Refund!", true),
        ("a refund, please", true),
        ("shipping", true),
        ("refund", false),
        ("shipping", false),
        ("shipping", false),
        ("shipping", false),
    ]);
    let found = counter.distinctive(10);
    assert_eq!(found.len(), 1, "shipping is more frequent in the rest");
    let DistinctiveTerm { term, focus_count, focus_total, rest_count, rest_total, z_score } = &found[0];
    assert_eq!((term.as_str(), *focus_count, *focus_total, *rest_count, *rest_total), ("refund", 3, 4, 1, 4));
    // By hand: 3 + 4 with it and 1 + 4 without, against 1 + 4 and 3 + 4; 2 ln(7/5) over the root of 2/7 + 2/5.
    assert!((z_score - 0.8126).abs() < 0.0001, "{z_score}");
}

#[test]
fn terms_in_fewer_than_three_documents_do_not_count() {
    assert_eq!(terms(&counted([("zebra", true), ("zebra", true), ("cat", false)])), Vec::<String>::new());
}

#[test]
fn what_tells_nothing_is_no_term() {
    assert_eq!(
        terms_of(
            "Please would you have the invoice for me at https://a.example/b, a@b.example or LK-4711 12,5 %"
        ),
        ["invoice"]
    );
    assert_eq!(
        terms_of("Bitte schicken Sie mir die Rechnung, danke für Ihre Antwort"),
        ["antwort", "rechnung", "schicken"]
    );
}

#[test]
fn words_keep_their_accents_and_lose_what_grammar_hangs_on_them() {
    assert_eq!(terms_of("L’Abonnement, the BANK's; Größe"), ["abonnement", "bank", "größe"]);
}

#[test]
fn words_that_go_together_are_shown_as_one() {
    assert_eq!(terms_of("my credit card"), ["credit card"]);
    assert_eq!(terms_of("credit\ncard"), ["card", "credit"], "not across lines");
    assert_eq!(terms_of("credit, card"), ["card", "credit"], "not across clauses");
    let mixed = (0..30).map(|n| (if n % 3 == 0 { "credit card" } else { "credit" }, true));
    let found = terms(&counted(mixed.chain((0..30).map(|_| ("plain", false)))));
    assert_eq!(found, ["credit", "credit card"], "card is always behind credit, credit is often alone");
}

#[test]
fn chinese_and_japanese_are_counted_in_pairs_of_characters() {
    assert_eq!(terms_of("请求书 退款"), ["请求书", "退款"]);
    assert_eq!(terms_of("クーポンが使えない"), ["クーポン"]);
}

#[test]
fn nothing_is_distinctive_without_documents() {
    assert_eq!(Counter::default().distinctive(10), []);
    assert_eq!(counted([("refund", true)]).distinctive(10), []);
    assert_eq!(
        terms(&counted((0..9).map(|_| ("refund", true)))),
        Vec::<String>::new(),
        "no rest to differ from"
    );
}

#[test]
fn a_new_word_ranks_before_one_that_the_rest_uses_too() {
    let text = |n: usize| match n {
        0..5 => "cancel, price",
        5..10 => "cancel",
        10..25 => "price",
        _ => "plain",
    };
    let counter = counted((0..4000).map(|n| (text(n), n < 10)));
    assert_eq!(terms(&counter), ["cancel", "price"]);
}

#[test]
fn the_limit_keeps_the_most_distinctive() {
    let text = |n| {
        if n < 10 {
            "refund, delivery"
        } else if n < 15 {
            "delivery"
        } else {
            "plain"
        }
    };
    let counter = counted((0..40).map(|n| (text(n), n < 20)));
    let all = counter.distinctive(10);
    assert_eq!(terms(&counter), ["delivery", "refund"]);
    assert!(all[0].z_score > all[1].z_score);
    assert_eq!(counter.distinctive(1), all[..1]);
}

/// Documents of words that are the more seldom the later they come, as in any language.
fn documents(random: &mut ChaCha8Rng, count: usize) -> Vec<String> {
    let word = |random: &mut ChaCha8Rng| {
        let rank = 2000_f64.powf(random.random_range(0.0..1.0)) as usize;
        [(rank / 26 / 26) % 26, (rank / 26) % 26, rank % 26]
            .map(|n| char::from(b'a' + n as u8))
            .iter()
            .collect::<String>()
            + "q"
    };
    (0..count).map(|_| (0..12).map(|_| word(random)).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_planted_word_is_found() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let texts = documents(&mut random, 2000);
    let mut counter = Counter::default();
    for (place, text) in texts.iter().enumerate() {
        let is_planted = place % 4 == 0 && place % 5 == 0 || place % 100 == 1;
        counter.add(&if is_planted { format!("{text}. Heathrow") } else { text.clone() }, place % 4 == 0);
    }
    let found = counter.distinctive(5);
    assert_eq!((found[0].term.as_str(), found[0].focus_count, found[0].rest_count), ("heathrow", 100, 20));
    assert!(found[0].z_score > 6.0, "{}", found[0].z_score);
    assert!(found[1].z_score < 2.5, "{found:?}");
}

#[test]
fn chance_is_not_distinctive() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut beyond = 0;
    for _ in 0..20 {
        let texts = documents(&mut random, 500);
        let groups: Vec<bool> = texts.iter().map(|_| random.random_bool(0.2)).collect();
        let counter = counted(texts.iter().map(String::as_str).zip(groups));
        assert!(counter.distinctive(1000).len() > 50);
        beyond += counter.distinctive(1000).iter().filter(|found| found.z_score > 2.5).count();
    }
    assert_eq!(beyond, 0);
}

#[test]
fn what_is_frequent_survives_what_is_forgotten() {
    let mut counter = Counter::default();
    for n in 0..30_000_u32 {
        let letters =
            |n: u32| n.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect::<String>();
        let text: Vec<String> = (0..25).map(|place| format!("x{}", letters(n * 25 + place))).collect();
        counter.add(&format!("{} heathrow", text.join(" ")), n % 2 == 0);
        counter.add("filler", true);
    }
    let found = counter.distinctive(10);
    assert_eq!((found[0].term.as_str(), found[0].focus_count), ("filler", 30_000));
    assert!(found.len() <= 2, "words of one document are not looked at");
}

fn bag() -> impl Strategy<Value = Vec<(String, bool)>> {
    let word = prop::sample::select(vec![
        "alpha",
        "beta",
        "gamma",
        "credit",
        "card",
        "the",
        "请求书",
        "l'export",
        ".",
    ]);
    let text = prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "));
    prop::collection::vec((text, any::<bool>()), 0..60)
}

fn read(bag: &[(String, bool)]) -> Counter {
    counted(bag.iter().map(|(text, in_focus)| (text.as_str(), *in_focus)))
}

proptest! {
    #[test]
    fn the_order_of_documents_does_not_matter(bag in bag(), turn in 0_usize..60) {
        let mut turned = bag.clone();
        turned.rotate_left(turn.min(bag.len()));
        turned.reverse();
        prop_assert_eq!(read(&bag).distinctive(100), read(&turned).distinctive(100));
    }

    #[test]
    fn merged_counters_are_one(bag in bag(), cut in 0_usize..60) {
        let (front, back) = bag.split_at(cut.min(bag.len()));
        let mut merged = read(front);
        merged.merge(read(back));
        let whole = read(&bag);
        prop_assert_eq!(merged.distinctive(100), whole.distinctive(100));
        merged.add("alpha beta", true);
        prop_assert_eq!(merged.distinctive(100), read(&[&bag[..], &[("alpha beta".to_owned(), true)]].concat()).distinctive(100));
    }

    #[test]
    fn a_term_is_had_by_as_many_documents_as_were_counted(bag in bag()) {
        for found in read(&bag).distinctive(100) {
            let in_focus = |text: &&(String, bool)| text.1 && has_term(&text.0, &found.term);
            prop_assert_eq!(bag.iter().filter(in_focus).count() as u64, found.focus_count, "{}", found.term);
        }
    }

    #[test]
    fn any_text_is_counted(texts in prop::collection::vec(any::<String>(), 0..20)) {
        let counter = counted(texts.iter().flat_map(|text| [(text.as_str(), true), (text.as_str(), false)]).cycle().take(100));
        for found in counter.distinctive(100) {
            prop_assert!(found.z_score.is_finite() && found.focus_count <= found.focus_total && !found.term.is_empty());
        }
    }
}
