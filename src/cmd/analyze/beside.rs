//! What an analysis tells beside its figures: ratings, remarks, topics, words, and how the tone was told.

use unicode_width::UnicodeWidthStr;

use super::text;
use crate::cmd::wrap::hanging;
use crate::format::chart::{self, Bar};
use crate::format::{cut, visible};
use crate::printer::Look;
use crate::tools::analyze::{
    Answer, Definition, DistinctiveWords, Example, Group, RatingCount, Remarks, Tones,
};

/// Every section an analysis has; empty without one.
pub(super) fn sections(answer: &Answer, look: Look) -> String {
    let Some(analysis) = &answer.analysis else { return String::new() };
    let sections = [
        analysis.topics.as_ref().map(|topics| by_topic(answer, topics, look)),
        analysis.distinctive_words.as_ref().map(|words| distinctive(words, look)),
        analysis.ratings.as_ref().map(|ratings| rated(ratings, look)),
        analysis.remarks.as_ref().map(|remarks| remarked(remarks, look)),
        analysis.tones.as_ref().map(|tones| told(tones, look)),
    ];
    sections.into_iter().flatten().map(|section| format!("\n{section}")).collect()
}

fn by_topic(answer: &Answer, topics: &[Group], look: Look) -> String {
    let is_any_known = topics.iter().any(|group| group.keys.iter().any(|key| key.id.is_some()));
    if !is_any_known {
        return paragraph(
            "Topics: Intercom recognised none in these conversations; it does where the workspace has Topics \
             switched on.",
            look,
        );
    }
    let topic = Definition { name: "topic".to_owned(), definition: String::new(), unit: None };
    text::answer(
        &Answer {
            group_by: vec![topic],
            groups: topics.to_vec(),
            other: None,
            analysis: None,
            ..answer.clone()
        },
        look,
    )
}

fn distinctive(words: &DistinctiveWords, look: Look) -> String {
    let sample = if words.is_sampled { ", a sample" } else { "" };
    let mut section = paragraph(
        &match words.conversation_count {
            0 => words.definition.clone(),
            count => format!(
                "{} Read: {} conversations of the period and {} of the rest{sample}.",
                words.definition,
                chart::count(count),
                chart::count(words.rest_conversation_count)
            ),
        },
        look,
    );
    let names: Vec<String> = words
        .words
        .iter()
        .map(|word| cut(&visible(word.untrusted_word.as_str()), 28, look.unicode).into_owned())
        .collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    for (word, name) in words.words.iter().zip(&names) {
        let blanks = " ".repeat(width - name.width());
        let line = format!(
            "  {name}{blanks}  {:>7} here, {:>7} else",
            chart::percent(word.share),
            chart::percent(word.rest_share)
        );
        let example = word.examples.first().map_or_else(String::new, |example| shown(example, look));
        let room = look.width.saturating_sub(line.width() + 2);
        section.push_str(&format!("{line}  {}\n", cut(&example, room, look.unicode)));
    }
    section
}

fn shown(example: &Example, look: Look) -> String {
    let quote = if look.unicode { ("“", "”") } else { ("\"", "\"") };
    format!(
        "{} {}{}{}",
        visible(&example.conversation_id),
        quote.0,
        visible(example.untrusted_excerpt.as_str()),
        quote.1
    )
}

fn rated(ratings: &[RatingCount], look: Look) -> String {
    let total: i64 = ratings.iter().map(|count| count.conversation_count).sum();
    if total == 0 {
        return paragraph("Ratings: none of these conversations was rated.", look);
    }
    let share = |count: i64| chart::percent(count as f64 / total as f64);
    let labels: Vec<String> = ratings.iter().rev().map(|count| format!("rated {}", count.rating)).collect();
    let values: Vec<String> = ratings
        .iter()
        .rev()
        .map(|count| {
            format!("{} ({})", chart::count(count.conversation_count), share(count.conversation_count))
        })
        .collect();
    let bars: Vec<Bar<'_>> = ratings
        .iter()
        .rev()
        .zip(labels.iter().zip(&values))
        .map(|(count, (label, shown))| Bar {
            label,
            value: Some(count.conversation_count as f64),
            shown,
            note: None,
        })
        .collect();
    format!("Ratings of {} conversations\n{}\n", chart::count(total), chart::bars(&bars, text::style(look)))
}

fn remarked(remarks: &Remarks, look: Look) -> String {
    if remarks.shown.is_empty() {
        return paragraph("Remarks: no customer wrote one with a rating.", look);
    }
    let mut section = paragraph(
        &format!(
            "Remarks with ratings, {} of {}, the worst ratings first",
            chart::count(remarks.shown.len() as i64),
            chart::count(remarks.conversation_count)
        ),
        look,
    );
    for remark in &remarks.shown {
        let rating = remark.rating.map_or_else(|| "-".to_owned(), |rating| rating.to_string());
        let day = remark.created_at.map_or_else(String::new, |at| at.format("%Y-%m-%d").to_string());
        let who = remark.rated_teammate.as_deref().unwrap_or_default();
        let line = format!("  {rating}  {day}  {}  {}", visible(&remark.conversation_id), visible(who));
        let room = look.width.saturating_sub(line.width() + 2);
        let words = visible(remark.untrusted_remark.as_str());
        section.push_str(&format!("{line}  {}\n", cut(&words, room.max(20), look.unicode)));
    }
    section
}

fn told(tones: &Tones, look: Look) -> String {
    let mut section = paragraph(&format!("Tone: {}", tones.method), look);
    for language in &tones.languages {
        section.push_str(&paragraph(
            &format!(
                "  {} ({}): {} conversations; {}; {}",
                language.name,
                language.language,
                chart::count(language.conversation_count),
                language.lexicon,
                language.measured
            ),
            look,
        ));
    }
    section.push_str(&format!(
        "  another language, or too short to tell: {} conversations\n",
        chart::count(tones.other_conversation_count)
    ));
    section
}

fn paragraph(text: &str, look: Look) -> String {
    format!("{}\n", hanging(text, look.width).join("\n"))
}
