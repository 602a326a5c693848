//! What customers write, and how it is read.

use fastintercom::sentiment::{Label, Language, language, score};
use proptest::prelude::*;

fn found(text: &str) -> (&'static str, &'static str) {
    score(text).map_or(("", ""), |score| (score.language.code(), score.label.as_str()))
}

fn value(text: &str) -> f64 {
    score(text).unwrap().value
}

#[test]
fn praise_and_complaint_are_told_apart_in_every_language() {
    for (code, praise, complaint) in [
        ("en", "Great tool and your team is amazing", "I am very disappointed, the bot was useless"),
        ("de", "Vielen Dank, das klappt jetzt super", "Ich bin enttäuscht, das ist eine Frechheit"),
        ("fr", "Merci beaucoup, c'est parfait", "C'est inacceptable, je suis très déçu"),
        ("es", "Todo perfecto, muchas gracias por la ayuda", "Es una vergüenza, estoy harto"),
        ("ja", "とても助かりました。ありがとうございます！", "最悪です。がっかりしました"),
        ("zh", "太好了，非常感谢", "你们的服务真糟糕，很失望"),
    ] {
        assert_eq!(found(praise), (code, "positive"));
        assert_eq!(found(complaint), (code, "negative"));
    }
}

#[test]
fn negation_turns_a_word_around() {
    for text in [
        "I am not happy with this",
        "Ich bin damit nicht zufrieden",
        "Mir gefällt das gar nicht",
        "Je ne suis pas satisfaite",
        "No estoy nada contenta con esto",
        "この回答には満足していません",
        "我对你们的服务不满意",
    ] {
        assert_eq!(found(text).1, "negative", "{text}");
    }
    assert_eq!(found("No, this is great"), ("en", "positive"));
}

#[test]
fn adverbs_of_degree_move_the_value() {
    for (more, less) in [
        ("The answer was very good", "The answer was good"),
        ("The answer was slightly bad", "The answer was bad"),
        ("Das war sehr gut", "Das war gut"),
        ("C'est vraiment excellent", "C'est excellent"),
        ("Es muy bueno", "Es bueno"),
        ("とても助かりました", "助かりました"),
        ("你们的服务糟糕", "你们的服务真糟糕"),
    ] {
        assert!(value(more) > value(less), "{more}");
    }
}

#[test]
fn what_follows_but_counts_for_more() {
    assert!(value("Der Service ist gut, aber die App ist schlecht") < 0.0);
    assert!(value("Der Service ist super und toll, aber die App ist schlecht") < 0.0);
    assert!(value("L'application est mauvaise, mais le service est bon") > 0.0);
    assert!(value("The service is good, but the app is bad") < 0.0);
}

#[test]
fn politeness_is_not_praise() {
    for text in [
        "Dear support,\n\nkind regards",
        "Dear Joy,\nwhere do I find my order?\n\nBest wishes,\nGrace Love",
        "Could you please help me with my invoice? Thanks in advance!",
        "Could you please send me the invoice? Thank you!",
        "It would be great to have this before the weekend, please",
        "Guten Tag, wo finde ich die Rechnung? Vielen Dank im Voraus!\nMit freundlichen Grüßen\nA. Schön",
        "Bonjour, pouvez-vous m'envoyer la facture ? Merci d'avance.\nBien cordialement",
        "Buenos días, ¿dónde está mi pedido? Gracias de antemano",
        "ご確認いただけると嬉しいです。よろしくお願いします。",
        "Es wäre schön, wenn das vor dem Wochenende erledigt wäre",
        "The parcel has not moved for four days and the customer asks about it.\nThank you, Aisha",
        "The parcel has not moved.\nBest, Patrick",
        "Wann wird das endlich gelöst?",
        "Das ist noch nicht gelöst",
        "请把发票发给我。\n谢谢！",
    ] {
        let score = score(text).unwrap();
        assert_eq!((score.label, score.value), (Label::Neutral, 0.0), "{text}");
    }
}

#[test]
fn thanks_are_meant_where_nothing_is_asked() {
    assert_eq!(found("Hi Sam,\n\nthanks, that worked."), ("en", "positive"));
    assert_eq!(found("It is working again. Thank you!"), ("en", "positive"));
    assert_eq!(found("Jetzt geht es wieder. Vielen Dank!"), ("de", "positive"));
    assert_eq!(found("It is working again.\nThanks, Aisha"), ("en", "positive"));
}

#[test]
fn a_calm_report_of_a_fault_is_neutral() {
    for text in [
        "The export does not work, it fails with an error",
        "Der Export funktioniert nicht, es kommt ein Fehler",
        "L'export ne fonctionne pas, il y a une erreur",
        "La exportación no funciona, aparece un error",
        "エクスポートが動きません。エラーが出ます。",
        "导出出现错误，不工作。",
    ] {
        assert_eq!(found(text).1, "neutral", "{text}");
    }
}

#[test]
fn only_the_words_of_the_customer_are_read() {
    for text in [
        "Which date is it on?\n--\nHappy Love Ltd",
        "Which date is it on?\n> this is terrible\n",
        "Which date is it on?\n\nOn Mon, 2 Nov 2026, Ann wrote:\nThis is terrible and awful",
        "Which date is it on?\n\nAm 2.11.2026 um 9:00 schrieb Ann:\nThis is terrible",
        "Which date is it on?\n\n-----Original Message-----\nThis is terrible",
        "Which date is it on?\nSent from my wonderful phone",
        "Is it at https://great.example/awesome or happy@love.example or LOVE-4711?",
        "What does the message \"fatal hate terrible\" mean?",
        "What does “you are awful” mean in the list?",
    ] {
        let score = score(text).unwrap();
        assert_eq!((score.language, score.matched_word_count), (Language::English, 0), "{text}");
    }
}

#[test]
fn emoji_count_in_every_language_and_once_in_a_row() {
    assert_eq!(found("Das Paket ist da 🎉"), ("de", "positive"));
    assert_eq!(found("The parcel is here 😡😡😡"), ("en", "negative"));
    assert_eq!(score("The parcel is here 😡😡😡").map(|score| score.matched_word_count), Some(1));
    assert_eq!(found("The parcel is here :("), ("en", "negative"));
}

#[test]
fn other_languages_are_left_alone() {
    for text in [
        "Questo è un problema e non funziona, grazie",
        "Não consigo entrar na minha conta, está tudo mal",
        "Het werkt niet en ik ben niet blij met de service",
        "Det fungerar inte och jag är inte nöjd, super",
        "Jeg kan ikke logge ind siden i går",
        "To jest bardzo zły produkt i nie działa, problem",
        "Bu çok kötü bir ürün ve çalışmıyor, problem var",
        "Xin chào, tôi không thể đăng nhập từ hôm qua.",
        "Moltes gràcies per la vostra ajuda",
        "Это ужасно, ничего не работает 😡",
        "서비스가 정말 좋아요",
        "الخدمة سيئة جدا",
    ] {
        assert_eq!((language(text), score(text)), (None, None), "{text}");
    }
}

#[test]
fn too_little_text_has_no_score() {
    for text in [
        "",
        "   \n",
        "12345",
        "LK-81159",
        "Zebra ZD421",
        "👍",
        "> only a quotation",
        "'''",
        "\u{feff}",
        "super",
    ] {
        assert_eq!(score(text), None, "{text:?}");
    }
}

#[test]
fn a_mixed_text_is_read_in_the_language_of_most_words() {
    assert_eq!(
        found("Hallo, ich bekomme die Meldung bad gateway und bin sehr enttäuscht"),
        ("de", "negative")
    );
    assert_eq!(found("APIが503エラーを返します。困っています。order LK-1"), ("ja", "negative"));
}

#[test]
fn words_of_two_languages_tell_neither() {
    assert_eq!(
        (language("thanks danke"), language("thanks"), language("danke")),
        (None, Some(Language::English), Some(Language::German))
    );
}

#[test]
fn greeting_and_closing_tell_the_language_of_a_short_message() {
    assert_eq!(language("Scanner schwarz, LK-4711"), None);
    assert_eq!(language("Guten Tag,\nScanner schwarz, LK-4711\nViele Grüße"), Some(Language::German));
}

#[test]
fn a_huge_text_is_read_up_to_its_cap() {
    let long = "This is terrible. ".repeat(1_000_000);
    let score = score(&long).unwrap();
    assert!((-1.0..-0.99).contains(&score.value));
    assert_eq!(score.matched_word_count, 16 * 1024 / 18);
}

/// Pieces that the code treats in a special way, in any order.
fn odd_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\"",
        "“",
        "„",
        "’",
        "'",
        "_",
        "n't",
        "no",
        "least",
        "but",
        "never",
        "so",
        "without",
        "kind",
        "of",
        "thanks in",
        "GREAT",
        "great",
        "nicht",
        "ne",
        "pas",
        "c'est",
        "n'",
        "不",
        "ない",
        "満足",
        "满意",
        "😡",
        "!",
        "?",
        "\n",
        " ",
        "--",
        "> ",
        "Dear",
        "Hi",
        ",",
        "İ",
        "ß",
        "ﬁ",
        "\u{0}",
        "\u{300}",
        "é",
        "the",
        "danke",
        "merci",
        "gracias",
    ]);
    prop::collection::vec(prop_oneof![4 => pieces.prop_map(str::to_owned), 1 => any::<String>()], 0..40)
        .prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn any_text_has_a_value_between_the_ends_or_none(text in odd_text()) {
        if let Some(score) = score(&text) {
            prop_assert!((-1.0..=1.0).contains(&score.value));
            prop_assert_eq!(score.label == Label::Positive, score.value >= 0.05);
            prop_assert_eq!(score.label == Label::Negative, score.value <= -0.05);
            prop_assert!(score.matched_word_count > 0 || score.value == 0.0);
            prop_assert_eq!(language(&text), Some(score.language));
        }
    }

    #[test]
    fn a_signature_changes_nothing(text in "[a-z ]{0,60}", name in "[A-Za-z ]{1,20}") {
        let own = format!("Where is my order and when will it be here? {text}");
        let signed = format!("{own}\n\nKind regards,\n{name}");
        prop_assert_eq!(score(&signed), score(&own));
    }
}
