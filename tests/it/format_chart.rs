//! How charts look, and what holds for all of them: they fit, they are safe, they do not mislead.

use fastintercom::format::chart::{
    Bar, Style, bars, count, delta, duration_seconds, heat, heat_shown, number, percent, spark,
};
use proptest::collection::vec;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

const PLAIN: Style = Style { width: 60, colour: false, unicode: true };
const ASCII: Style = Style { unicode: false, ..PLAIN };
const COLOURED: Style = Style { colour: true, ..PLAIN };

fn bar<'a>(label: &'a str, value: f64, shown: &'a str) -> Bar<'a> {
    Bar { label, value: Some(value), shown, note: None }
}

fn weeks() -> Vec<Bar<'static>> {
    vec![
        bar("2026-10-19", 1_198.0, "1,198"),
        Bar { value: None, ..bar("2026-10-26", 0.0, "never shown") },
        bar("2026-11-02", 0.0, "0"),
        bar("2026-11-09", 1_611.0, "1,611"),
        Bar { note: Some("week not over"), ..bar("2026-11-16", 412.0, "412") },
    ]
}

fn teams() -> Vec<Bar<'static>> {
    let team = |label, p50, shown, note| Bar { note: Some(note), ..bar(label, p50, shown) };
    vec![
        team("Billing", 725.0, "12 min 5 s", "p90 1 h 20 min"),
        team("Technical support (Tier 2)", 11_045.0, "3 h 4 min", "p90 1 d 3 h"),
        team("カスタマーサポート", 45.0, "45 s", "p90 10 min"),
        team("👩‍👩‍👧 Family plans", 2_888.0, "48 min 8 s", "p90 5 h 17 min"),
    ]
}

/// Weekdays by hours: busy around noon, less so at the weekend, with Sunday afternoon still to come.
fn busy_hours() -> Vec<(&'static str, Vec<Option<f64>>)> {
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let value = |day: usize, hour: usize| {
        let hours_from_noon = hour.abs_diff(13);
        let most = if day < 5 { 120 - day * 10 } else { 20 };
        most.saturating_sub(hours_from_noon * hours_from_noon * 3) as f64
    };
    let row = |day: usize| (0..24).map(|hour| (day < 6 || hour < 15).then(|| value(day, hour))).collect();
    days.iter().enumerate().map(|(day, name)| (*name, row(day))).collect()
}

fn hours() -> Vec<String> {
    (0..24).map(|hour| format!("{hour:02}")).collect()
}

fn busy_hours_in(style: Style) -> String {
    let hours = hours();
    let hours: Vec<&str> = hours.iter().map(String::as_str).collect();
    heat(&busy_hours(), &hours, style)
}

fn without_escapes(text: &str) -> String {
    let mut pieces = text.split("\x1b[");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |shown, piece| shown + piece.split_once('m').unwrap().1)
}

fn widest_line(text: &str) -> usize {
    without_escapes(text).split('\n').map(UnicodeWidthStr::width).max().unwrap()
}

#[test]
fn bars_fill_the_width_and_stand_in_proportion() {
    insta::assert_snapshot!(bars(&weeks(), PLAIN), @"
        2026-10-19  1,198 ███████████████████████████████▎
        2026-10-26      –
        2026-11-02      0
        2026-11-09  1,611 ██████████████████████████████████████████
        2026-11-16    412 ██████████▊ week not over
    ");
}

#[test]
fn without_unicode_bars_are_ascii() {
    insta::assert_snapshot!(bars(&weeks(), ASCII), @"
        2026-10-19  1,198 ###############################
        2026-10-26      -
        2026-11-02      0
        2026-11-09  1,611 ##########################################
        2026-11-16    412 ########### week not over
    ");
}

#[test]
fn notes_stand_behind_bars_and_labels_of_any_script_align() {
    insta::assert_snapshot!(bars(&teams(), Style { width: 80, ..PLAIN }), @"
        Billing                     12 min 5 s █▉ p90 1 h 20 min
        Technical support (Tier 2)   3 h 4 min █████████████████████████████ p90 1 d 3 h
        カスタマーサポート                45 s ▏ p90 10 min
        👩‍👩‍👧 Family plans             48 min 8 s ███████▋ p90 5 h 17 min
    ");
}

#[test]
fn when_it_gets_narrow_labels_are_cut_and_notes_go() {
    insta::assert_snapshot!(bars(&teams(), Style { width: 40, ..PLAIN }), @"
        Billing        12 min 5 s ▉
        Technical su…   3 h 4 min ██████████████
        カスタマーサ…        45 s ▏
        👩‍👩‍👧 Family pl…  48 min 8 s ███▋
    ");
}

#[test]
fn when_it_gets_narrower_bars_go_and_then_numbers() {
    let shown = [20, 10].map(|width| bars(&teams(), Style { width, ..PLAIN }));
    insta::assert_snapshot!(shown.join("\n\n"), @"
        Billing   12 min 5 s
        Technic…   3 h 4 min
        カスタ…         45 s
        👩‍👩‍👧 Fami…  48 min 8 s

        Billing
        Technical…
        カスタマ…
        👩‍👩‍👧 Family…
    ");
}

#[test]
fn values_below_zero_go_left_of_a_common_zero() {
    let changes = [
        bar("refund", 40.0, "+13 %"),
        bar("login", -80.0, "−40 %"),
        bar("sso", 0.0, "0 %"),
        bar("api", 1e-9, "~0 %"),
    ];
    insta::assert_snapshot!(bars(&changes, PLAIN), @"
        refund  +13 %                               ███████████████
        login   −40 % ██████████████████████████████
        sso       0 %
        api      ~0 %                               ▏
    ");
    insta::assert_snapshot!(bars(&changes[..3], ASCII), @"
        refund  +13 %                               ###############
        login   −40 % ==============================
        sso       0 %
    ");
}

#[test]
fn colour_only_adds_to_bars() {
    let rows = [weeks(), vec![bar("below", -500.0, "-500")]].concat();
    let coloured = bars(&rows, COLOURED);
    assert_eq!(without_escapes(&coloured), bars(&rows, PLAIN));
    assert!(coloured.contains("\x1b[36m█") && coloured.contains("\x1b[2m–\x1b[0m"), "{coloured:?}");
}

#[test]
fn labels_cannot_steer_the_terminal_or_break_the_line() {
    let label = "a\x1b[31m\nb\u{202e}";
    insta::assert_snapshot!(bars(&[bar(label, 1.0, "1")], PLAIN), @r"a\u{1b}[31m↵b\u{202e}  1 ███████████████████████████████████");
    let rows = [(label, vec![Some(1.0)])];
    insta::assert_snapshot!(heat(&rows, &["\x1b]0;"], PLAIN), @r"
                              \u{1b}]0;
        a\u{1b}[31m↵b\u{202e} ██████
        blank 0   ░▒▓█ to 1
    ");
}

#[test]
fn a_note_of_a_lone_mark_does_not_widen_the_line() {
    let row = Bar { note: Some("\u{fe0f}"), ..bar("", 1.0, "") };
    assert_eq!(bars(&[row], Style { width: 9, ..ASCII }), "   ######");
}

#[test]
fn no_data_is_no_text() {
    assert_eq!(bars(&[], PLAIN), "");
    assert_eq!((spark(&[], PLAIN).text.as_str(), spark(&[], PLAIN).values_per_mark), ("", 1));
    assert_eq!(heat(&[], &["00", "01"], PLAIN), "");
    assert_eq!(heat(&[("Mon", vec![])], &[], PLAIN), "");
}

#[test]
fn a_spark_starts_at_zero_and_shows_gaps() {
    let values = [Some(0.0), Some(1.0), Some(4.0), None, Some(8.0), Some(f64::NAN), Some(7.0), Some(8.0)];
    assert_eq!(spark(&values, PLAIN).text, "▁▂▅·█·▇█");
    assert_eq!(spark(&values, ASCII).text, "_.= # *#");
    assert_eq!(spark(&[Some(90.0), Some(100.0)], PLAIN).text, "▇█");
    assert_eq!(spark(&[Some(-4.0), Some(0.0), Some(4.0)], PLAIN).text, "▁▅█");
    assert_eq!(spark(&[Some(1.0)], COLOURED).text, "\x1b[36m█\x1b[0m");
}

#[test]
fn a_spark_with_more_values_than_columns_says_that_it_shows_means() {
    let values: Vec<Option<f64>> = (0..25).map(|day| (day < 20).then(|| f64::from(day))).collect();
    let spark = spark(&values, Style { width: 10, ..PLAIN });
    assert_eq!((spark.text.as_str(), spark.marks, spark.values_per_mark), ("▁▃▄▅▆▇█··", 9, 3));
}

#[test]
fn a_week_by_hours_fits_a_terminal_with_every_hour_named() {
    insta::assert_snapshot!(busy_hours_in(Style { width: 80, ..PLAIN }), @"
            00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23
        Mon                      ░░░▒▒▒▓▓▓█████████████████████▓▓▓▒▒▒░░░
        Tue                      ░░░▒▒▒▓▓▓▓▓▓███████████████▓▓▓▓▓▓▒▒▒░░░
        Wed                         ░░░▒▒▒▓▓▓▓▓▓█████████▓▓▓▓▓▓▒▒▒░░░
        Thu                         ░░░▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒░░░
        Fri                         ░░░▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒░░░
        Sat                                  ░░░░░░░░░░░░░░░
        Sun                                  ░░░░░░░░░░░░·  ·  ·  ·  ·  ·  ·  ·  ·
        blank 0   ░▒▓█ to 120   · no data
    ");
}

#[test]
fn a_narrow_grid_has_smaller_cells_and_names_fewer_columns() {
    insta::assert_snapshot!(busy_hours_in(Style { width: 40, ..PLAIN }), @"
            00 03 06 09 12 15 18 21
        Mon        ░▒▓███████▓▒░
        Tue        ░▒▓▓█████▓▓▒░
        Wed         ░▒▓▓███▓▓▒░
        Thu         ░▒▓▓▓▓▓▓▓▒░
        Fri         ░▒▒▓▓▓▓▓▒▒░
        Sat            ░░░░░
        Sun            ░░░░·········
        blank 0   ░▒▓█ to 120   · no data
    ");
    insta::assert_snapshot!(busy_hours_in(ASCII), @"
            00  02  04  06  08  10  12  14  16  18  20  22
        Mon               ..==**##@@@@@@@@@@##**==..
        Tue               ..--++##%%@@@@@@%%##++--..
        Wed                 ::==**##%%%%%%##**==::
        Thu                 ::==++**######**++==::
        Fri                 ..--==**********==--..
        Sat                       ..::::::..
        Sun                       ..::::::/ / / / / / / / /
        blank 0   .:-=+*#%@ to 120   / no data
    ");
}

#[test]
fn a_grid_that_is_too_wide_goes_on_below() {
    insta::assert_snapshot!(busy_hours_in(Style { width: 20, ..PLAIN }), @"
            00 03 06 09
        Mon        ░▒▓██
        Tue        ░▒▓▓█
        Wed         ░▒▓▓
        Thu         ░▒▓▓
        Fri         ░▒▒▓
        Sat            ░
        Sun            ░
            12 15 18 21
        Mon █████▓▒░
        Tue ████▓▓▒░
        Wed ███▓▓▒░
        Thu ▓▓▓▓▓▒░
        Fri ▓▓▓▓▒▒░
        Sat ░░░░
        Sun ░░░·········
        blank 0
        ░▒▓█ to 120
        · no data
    ");
}

#[test]
fn the_legend_speaks_the_unit_of_the_values() {
    let rows = [("Billing", vec![Some(60.0), Some(7_200.0), Some(0.0)]), ("Growth", vec![Some(600.0)])];
    insta::assert_snapshot!(heat_shown(&rows, &["Jan", "Feb", "Mar"], duration_seconds, PLAIN), @"
                Jan Feb Mar
        Billing ░░░░████
        Growth  ░░░░·   ·
        blank 0 s   ░▒▓█ to 2 h   · no data
    ");
}

#[test]
fn the_smallest_value_has_a_mark_and_missing_is_not_zero() {
    let row = |values| heat(&[("", values)], &[], PLAIN);
    let shown = row(vec![Some(1e-9), Some(0.0), None, Some(100.0)]);
    assert_eq!(shown, "░░  · ██\nblank 0   ░▒▓█ to 100   · no data");
    assert_eq!(row(vec![Some(0.0), Some(0.0)]), "\nblank 0");
    assert_eq!(row(vec![None]), "·\n· no data");
    assert_eq!(row(vec![Some(-5.0), Some(5.0)]), "  ██\nblank -5   ░▒▓█ to 5");
}

#[test]
fn a_coloured_grid_has_the_same_marks_for_who_sees_no_colour() {
    let coloured = busy_hours_in(Style { width: 80, ..COLOURED });
    let [plain, stripped] = [busy_hours_in(Style { width: 80, ..PLAIN }), without_escapes(&coloured)];
    let grid = |text: &str| text.lines().take(8).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(grid(&stripped), grid(&plain));
    assert!(coloured.contains("\x1b[38;5;160;48;5;160m███"), "{coloured:?}");
    assert!(stripped.ends_with("blank 0   ░░▒▒▓▓██ to 120   · no data"), "{stripped}");
}

#[test]
fn whole_numbers_have_their_thousands_apart() {
    assert_eq!([0, 999, 1_000, 1_234_567, -1_234].map(count), ["0", "999", "1,000", "1,234,567", "-1,234"]);
    assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    assert_eq!(
        [1_234.0, 1_234.5, 12.34, 0.042, 0.000_1, 1e300, f64::NAN].map(number),
        ["1,234", "1,235", "12.3", "0.04", "1.0e-4", "1.0e300", "n/a"]
    );
}

#[test]
fn nearly_all_is_not_all_and_hardly_any_is_not_none() {
    assert_eq!([0.0, 0.4567, 1.0, 12.5].map(percent), ["0.0 %", "45.7 %", "100.0 %", "1,250.0 %"]);
    assert_eq!(
        [0.000_4, 0.999_6, 0.999_4, -0.000_1].map(percent),
        ["<0.1 %", ">99.9 %", "99.9 %", "-<0.1 %"]
    );
    assert_eq!(percent(f64::NAN), "n/a");
}

#[test]
fn a_change_is_told_in_percent_of_what_was() {
    let of = |now, before| delta(now, before, PLAIN);
    assert_eq!([of(112.0, 100.0), of(97.0, 100.0), of(100.0, 100.0)], ["+12 %", "−3 %", "0 %"]);
    assert_eq!([of(3.0, 0.0), of(0.0, 0.0), of(0.0, 3.0)], ["new", "0 %", "−100 %"]);
    assert_eq!([of(1_003.0, 1_000.0), of(100_001.0, 100_000.0)], ["+0.3 %", "~0 %"]);
    assert_eq!([of(1.0, 1_000.0), of(1e-30, 1.0)], ["−99.9 %", "−99.9 %"]);
    assert_eq!([of(50.0, 2.0), of(1e300, 1e-300)], ["+2,400 %", "+999,999 % or more"]);
    assert_eq!([of(5.0, -10.0), of(f64::NAN, 1.0), of(1.0, f64::INFINITY)], ["+150 %", "n/a", "n/a"]);
    assert_eq!(delta(97.0, 100.0, ASCII), "-3 %");
}

#[test]
fn spans_of_time_take_two_units_and_carry_full_ones() {
    let spans = [0.0, 0.01, 0.44, 5.0, 45.0, 725.0, 4_800.0, 273_600.0].map(duration_seconds);
    assert_eq!(spans, ["0 s", "<0.1 s", "0.4 s", "5 s", "45 s", "12 min 5 s", "1 h 20 min", "3 d 4 h"]);
    let carried = [9.96, 59.7, 119.6, 3_599.7, 7_199.0, 86_399.0, 345_599.0].map(duration_seconds);
    assert_eq!(carried, ["10 s", "1 min", "2 min", "1 h", "2 h", "1 d", "4 d"]);
    assert_eq!([-90.0, f64::NAN, f64::INFINITY].map(duration_seconds), ["-1 min 30 s", "n/a", "n/a"]);
}

fn any_style() -> impl Strategy<Value = Style> {
    (0_usize..120, any::<bool>(), any::<bool>()).prop_map(|(width, colour, unicode)| Style {
        width,
        colour,
        unicode,
    })
}

/// Values of all sizes, with many that are missing, zero or no number.
fn any_value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        4 => (-1e4_f64..1e4).prop_map(Some),
        1 => any::<f64>().prop_map(Some),
        1 => prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, f64::MAX, f64::MIN, 5e-324]).prop_map(Some),
        1 => Just(None),
    ]
}

/// Texts from everywhere: any characters, and those that are hard to measure.
fn any_text() -> impl Strategy<Value = String> {
    let hard = [
        "👩‍👩‍👧",
        "日本語",
        "e\u{301}",
        "\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "🇩🇪",
        "\u{200d}",
        "👍🏽",
        "لا",
        "\n",
        "\x1b[1m",
        " ",
        "abc",
    ];
    let mixed = vec(prop::sample::select(hard.to_vec()), 0..12).prop_map(|pieces| pieces.concat());
    prop_oneof![any::<String>(), mixed, "[ -~]{0,80}"]
}

type Row = (String, Option<f64>, String, Option<String>);

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    vec((any_text(), any_value(), any_text(), proptest::option::of(any_text())), 0..8)
}

fn as_bars(rows: &[Row]) -> Vec<Bar<'_>> {
    rows.iter()
        .map(|(label, value, shown, note)| Bar { label, value: *value, shown, note: note.as_deref() })
        .collect()
}

/// Rows of a grid and its column labels.
type Grid = (Vec<(String, Vec<Option<f64>>)>, Vec<String>);

fn any_grid() -> impl Strategy<Value = Grid> {
    (vec((any_text(), vec(any_value(), 0..40)), 0..6), vec(any_text(), 0..40))
}

fn heat_of((rows, labels): &Grid, style: Style) -> String {
    let rows: Vec<(&str, Vec<Option<f64>>)> =
        rows.iter().map(|(label, values)| (label.as_str(), values.clone())).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    heat(&rows, &labels, style)
}

/// The length of the bar in a line without label, in eighths of a column.
fn eighths(line: &str) -> usize {
    let of = |mark| match mark {
        '#' | '=' => 8,
        '█'..='▏' => '▐' as usize - mark as usize,
        '▐' => 4,
        _ => 0,
    };
    line.chars().map(of).sum()
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_width(rows in any_rows(), grid in any_grid(), style in any_style()) {
        let values: Vec<Option<f64>> = rows.iter().map(|row| row.1).collect();
        let spark = spark(&values, style);
        prop_assert!(widest_line(&spark.text) <= style.width);
        prop_assert_eq!(widest_line(&spark.text), spark.marks);
        let bars = bars(&as_bars(&rows), style);
        prop_assert!(widest_line(&bars) <= style.width, "{}", bars);
        let heat = heat_of(&grid, style);
        prop_assert!(widest_line(&heat) <= style.width, "{}", heat);
    }

    #[test]
    fn a_row_is_a_line(rows in any_rows(), style in any_style()) {
        let text = bars(&as_bars(&rows), style);
        prop_assert_eq!(text.split('\n').count(), rows.len().max(1));
    }

    #[test]
    fn larger_values_never_have_shorter_bars(values in vec(any_value(), 1..12), width in 20_usize..200, unicode: bool) {
        let finite = |value: &Option<f64>| value.filter(|value| value.is_finite());
        let rows: Vec<Bar<'_>> = values.iter().map(|value| Bar { label: "", value: *value, shown: "x", note: None }).collect();
        let text = bars(&rows, Style { width, unicode, colour: false });
        let mut lengths: Vec<(f64, usize)> = values.iter().zip(text.split('\n'))
            .filter_map(|(value, line)| finite(value).map(|value| (value, eighths(line)))).collect();
        for (value, length) in &lengths {
            prop_assert_eq!(*value == 0.0, *length == 0, "{}", text);
        }
        lengths.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (below, above): (Vec<_>, Vec<_>) = lengths.into_iter().partition(|(value, _)| *value < 0.0);
        prop_assert!(above.is_sorted_by_key(|(_, length)| *length), "{}", text);
        prop_assert!(below.iter().rev().is_sorted_by_key(|(_, length)| *length), "{}", text);
    }

    #[test]
    fn without_unicode_all_but_texts_is_ascii(values in vec(any_value(), 0..50), label in "[\\x00-\\x7f]{0,30}", style in any_style()) {
        let style = Style { unicode: false, ..style };
        let row = |value: &Option<f64>| Bar { label: &label, value: *value, shown: &label, note: Some(&label) };
        let drawn = bars(&values.iter().map(row).collect::<Vec<_>>(), style);
        prop_assert!(drawn.is_ascii(), "{}", drawn);
        prop_assert!(spark(&values, style).text.is_ascii());
        prop_assert!(heat(&[(&label, values)], &[&label], style).is_ascii());
    }

    #[test]
    fn without_colour_there_are_no_escape_codes(rows in any_rows(), grid in any_grid(), style in any_style()) {
        let style = Style { colour: false, ..style };
        let values: Vec<Option<f64>> = rows.iter().map(|row| row.1).collect();
        for text in [bars(&as_bars(&rows), style), spark(&values, style).text, heat_of(&grid, style)] {
            prop_assert!(!text.contains('\x1b'), "{:?}", text);
        }
    }

    #[test]
    fn any_number_has_a_text(one: f64, other: f64, style in any_style()) {
        for text in [number(one), percent(one), delta(one, other, style), duration_seconds(one)] {
            prop_assert!(!text.is_empty() && !text.contains("NaN") && !text.contains("inf"), "{}", text);
        }
    }

    #[test]
    fn a_span_never_shows_a_full_unit_of_the_smaller_kind(seconds in 0.0_f64..1e7) {
        let text = duration_seconds(seconds);
        let words: Vec<&str> = text.split(' ').collect();
        for pair in words.chunks(2) {
            let most = match pair[1] { "s" | "min" => 60.0, "h" => 24.0, _ => f64::INFINITY };
            let number: f64 = pair[0].trim_start_matches('<').replace(',', "").parse().unwrap();
            prop_assert!(number > 0.0 && number < most || seconds == 0.0, "{} for {}", text, seconds);
        }
    }
}
