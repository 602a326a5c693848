//! Message bodies as plain text: what a person would read.

use fastintercom::model::html_to_text;
use proptest::prelude::*;

#[track_caller]
fn reads(html: &str, text: &str) {
    assert_eq!(html_to_text(html), text, "of {html:?}");
}

#[test]
fn text_without_markup_comes_back_trimmed() {
    reads("", "");
    reads("  \n ", "");
    reads("  Where is my order?  ", "Where is my order?");
    reads("a < b and b > a", "a < b and b > a");
}

#[test]
fn white_space_collapses_as_in_a_browser() {
    reads("<p>one \n\t  two</p>", "one two");
    reads("one<b> two</b> <i> three</i>", "one two three");
    reads("a&nbsp;&nbsp;b", "a b");
}

#[test]
fn paragraphs_and_line_breaks_become_lines() {
    reads("<p class=\"no-margin\">Hi,</p><p>bye</p>", "Hi,\nbye");
    reads("one<br>two<br/>three", "one\ntwo\nthree");
    reads("<div>one<div>two</div></div>three", "one\ntwo\nthree");
    reads("<p>one<br></p><p>two</p>", "one\ntwo");
    reads("<h1>Title</h1>text", "Title\ntext");
}

#[test]
fn an_empty_line_stays_one_empty_line() {
    reads("one<br><br>two", "one\n\ntwo");
    reads("one<br><br><br><br>two", "one\n\ntwo");
    reads("<p>one</p><p><br></p><p>two</p>", "one\n\ntwo");
    reads("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo");
    reads("<br><br>one<br><br>", "one");
}

#[test]
fn entities_are_characters() {
    reads("Fish &amp; chips &lt;3 &euro;5 &#128512; &#x41;", "Fish & chips <3 €5 😀 A");
    reads("&unknown; &amp;amp;", "&unknown; &amp;");
}

#[test]
fn a_link_keeps_its_address() {
    reads(
        "see <a href=\"https://x.example/a?b=1&amp;c=2\">here</a>.",
        "see here (https://x.example/a?b=1&c=2).",
    );
    reads("<a href=\"https://x.example\">https://x.example</a>", "https://x.example");
    reads("<a href=\"mailto:a@x.example\">a@x.example</a>", "a@x.example");
    reads("<a href=\"mailto:a@x.example\">Ann</a>", "Ann (a@x.example)");
    reads("look:<a href=\"https://x.example\"></a>", "look:https://x.example");
    reads("<a name=\"top\">top</a>", "top");
    reads("one<p><a href=\"u\">two</a></p>", "one\ntwo (u)");
}

#[test]
fn a_link_that_is_not_closed_ends_where_the_next_begins() {
    reads("<a href=\"u\">one <a href=\"v\">two</a> three", "one (u) two (v) three");
    reads("<a href=\"u\">one", "one (u)");
    reads("one</a></a> two", "one two");
}

#[test]
fn lists_keep_their_marks_and_their_depth() {
    reads("<ul><li>one</li><li>two</li></ul>", "- one\n- two");
    reads("<ol><li>one</li><li>two</li></ol>after", "1. one\n2. two\nafter");
    reads(
        "<ul><li>one<ol><li>in</li><li>side</li></ol></li><li>two</li></ul>",
        "- one\n  1. in\n  2. side\n- two",
    );
    reads("<ol><li><p>one</p><p>more</p></li><li><div>two</div></li></ol>", "1. one\nmore\n2. two");
    reads("<ul><li></li><li>two</li></ul>", "-\n- two".replace("-\n", "- \n").as_str());
    reads("<li>alone</li>", "- alone");
}

#[test]
fn what_nobody_sees_is_left_out() {
    reads("a<script>if (x < 1) { \"</p>\" }</script>b", "ab");
    reads("<style>p { color: red }</style>text", "text");
    reads("<html><head><title>Title</title><style>x</style></head><body>text</body></html>", "text");
    reads("<head><meta charset=utf-8><body>text", "text");
    reads("<template><ul><li>no</li></ul><a href=u>no</a><img alt=no></template>yes", "yes");
    reads("a<!-- no -->b<!DOCTYPE html>", "ab");
}

#[test]
fn preformatted_text_keeps_its_spaces() {
    reads("<p>code:</p><pre>  a\n    b</pre>after", "code:\n  a\n    b\nafter");
    reads("<pre>a\n</pre>b", "a\nb");
}

#[test]
fn images_are_named() {
    reads("<img src=\"x.png\" alt=\"a red shoe\">", "[image: a red shoe]");
    reads("see <img src=\"x.png\">", "see [image]");
    reads("<a href=\"u\"><img alt=\"logo\"></a>", "[image: logo] (u)");
}

#[test]
fn tables_become_lines_of_cells() {
    reads("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc");
}

#[test]
fn other_scripts_stay_as_they_are() {
    reads("<p>領収書を再送できますか？</p><p>متى</p>", "領収書を再送できますか？\nمتى");
    reads("<p>👩‍👩‍👧‍👦 e\u{301}</p>", "👩‍👩‍👧‍👦 e\u{301}");
}

#[test]
fn malformed_markup_still_reads() {
    reads("<p>one<p>two</div></p></ul>three", "one\ntwo\nthree");
    reads("<b>one", "one");
    reads("one <", "one <");
    reads("one <b", "one");
    reads("</pre></script></li>one", "one");
}

#[test]
fn a_thousand_nested_elements_are_read_in_no_time() {
    let deep = format!("{}x{}", "<ul><li><a href=u>".repeat(1_000), "</a></li></ul>".repeat(1_000));
    assert!(html_to_text(&deep).contains('x'));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_fail(html in prop_oneof![
        "\\PC{0,200}",
        prop::collection::vec(prop::sample::select(vec![
            "<p>", "</p>", "<br>", "<ul>", "</ul>", "<ol>", "<li>", "</li>", "<a href=u>", "</a>", "<pre>", "</pre>",
            "<script>", "</script>", "<head>", "<body>", "<img>", " ", "\n", "x", "é", "&amp;", "<", "\0", "</",
        ]), 0..40).prop_map(|parts| parts.concat()),
    ]) {
        let text = html_to_text(&html);
        prop_assert_eq!(text.trim(), &text);
    }

    #[test]
    fn words_survive_any_markup(words in prop::collection::vec("[a-z]{1,8}", 1..12), tags in any::<u64>()) {
        let around = ["<p>", "<div>", "<b>", "<li>", "<br>", "<td>", "<a href=''>", " "];
        let html: Vec<_> = words.iter().enumerate().map(|(index, word)| {
            format!("{} {word} ", around[(tags >> (index * 4)) as usize % around.len()])
        }).collect();
        let text = html_to_text(&html.concat());
        let read: Vec<_> = text.split_whitespace().filter(|word| *word != "-").collect();
        prop_assert_eq!(read, words);
    }
}
