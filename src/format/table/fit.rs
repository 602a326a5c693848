//! How wide each column may be: as wide as it wants if all fit, else long texts give way, else columns that
//! tell least.

/// The frame around a cell: a bar and two spaces.
const FRAME: usize = 3;

/// What a column would like and what it can live with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) wanted: usize,
    pub(super) least: usize,
    pub(super) worth: Worth,
}

/// How much a column tells, from nothing up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// No value at all.
    Nothing,
    /// Always the same, or nested values of which a line shows the beginning.
    Little,
    /// Values that differ.
    Much,
}

/// The widths of all columns; none for those left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fit {
    pub(super) widths: Vec<Option<usize>>,
}

/// One place in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// A column.
    Column { index: usize, width: usize },
    /// Where columns are missing.
    Gap,
}

impl Slot {
    pub(super) fn width(self) -> usize {
        match self {
            Self::Column { width, .. } => width,
            Self::Gap => 1,
        }
    }
}

impl Fit {
    pub(super) fn new(measures: &[Measure], width: usize) -> Self {
        let kept = kept(measures, width);
        let is_kept: Vec<bool> = (0..measures.len()).map(|index| kept.contains(&index)).collect();
        let gap = gaps(&is_kept) * (FRAME + 1);
        let room = width.saturating_sub(1 + gap + FRAME * kept.len());
        let measured: Vec<Measure> = kept.iter().map(|index| measures[*index]).collect();
        let mut widths = vec![None; measures.len()];
        for (index, width) in kept.iter().zip(shared(&measured, room)) {
            widths[*index] = Some(width);
        }
        Self { widths }
    }

    /// The places of a line from left to right.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        let is_first_missing = |index: usize| index == 0 || self.widths[index - 1].is_some();
        self.widths.iter().enumerate().filter_map(move |(index, width)| match width {
            Some(width) => Some(Slot::Column { index, width: *width }),
            None => is_first_missing(index).then_some(Slot::Gap),
        })
    }
}

/// Which columns are shown: all, or as many as fit. The first always is, and one without any value never; then those that
/// tell most, of them the last, where computed values stand, and the others from the left.
fn kept(measures: &[Measure], width: usize) -> Vec<usize> {
    let count = measures.len();
    let mut is_kept = vec![false; count];
    let order = || (0..count.min(1)).chain((1..count).last()).chain(1..count.saturating_sub(1));
    for worth in [Worth::Much, Worth::Little] {
        for index in order().filter(|index| *index == 0 || measures[*index].worth == worth) {
            let was_kept = std::mem::replace(&mut is_kept[index], true);
            is_kept[index] = was_kept || index == 0 || taken(measures, &is_kept) <= width;
        }
    }
    (0..count).filter(|index| is_kept[*index]).collect()
}

/// The width of a line with these columns, and a gap wherever some are missing.
fn taken(measures: &[Measure], is_kept: &[bool]) -> usize {
    let columns = measures.iter().zip(is_kept).filter(|(_, kept)| **kept);
    let widths: usize = columns.map(|(measure, _)| measure.least + FRAME).sum();
    1 + widths + gaps(is_kept) * (FRAME + 1)
}

fn gaps(is_kept: &[bool]) -> usize {
    (0..is_kept.len()).filter(|index| !is_kept[*index] && (*index == 0 || is_kept[index - 1])).count()
}

/// Shares room among columns: none gets more than it wants, and those that get less all get about the same.
fn shared(measures: &[Measure], room: usize) -> Vec<usize> {
    let at = |level: usize| measures.iter().map(move |column| level.clamp(column.least, column.wanted));
    let widest = measures.iter().map(|column| column.wanted).max().unwrap_or(0);
    let (mut low, mut high) = (0, widest);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if at(middle).sum::<usize>() <= room { low = middle } else { high = middle - 1 }
    }
    let mut widths: Vec<usize> = at(low).collect();
    let mut spare = room.saturating_sub(widths.iter().sum());
    for (width, column) in widths.iter_mut().zip(measures) {
        let more = spare.min(column.wanted - *width).min(1);
        *width += more;
        spare -= more;
    }
    // Only a single column that cannot be shown whole is left with more than there is.
    if let [width] = &mut widths[..] {
        *width = (*width).min(room);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(wanted: usize) -> Measure {
        Measure { wanted, least: wanted.min(12), worth: Worth::Much }
    }

    fn number(wanted: usize) -> Measure {
        Measure { wanted, least: wanted, worth: Worth::Much }
    }

    fn total(fit: &Fit) -> usize {
        1 + fit.slots().map(|slot| slot.width() + FRAME).sum::<usize>()
    }

    #[test]
    fn what_fits_is_as_wide_as_it_wants() {
        let fit = Fit::new(&[number(5), text(20)], 80);
        assert_eq!(fit.widths, [Some(5), Some(20)]);
    }

    #[test]
    fn long_texts_give_way_before_numbers() {
        let fit = Fit::new(&[number(5), text(100), text(300), text(10)], 80);
        assert_eq!(fit.widths, [Some(5), Some(26), Some(26), Some(10)]);
        assert_eq!(total(&fit), 80);
    }

    #[test]
    fn columns_before_the_last_give_way_last() {
        let fit = Fit::new(&[number(10); 9], 80);
        let shown: Vec<usize> = (0..9).filter(|index| fit.widths[*index].is_some()).collect();
        assert_eq!(shown, [0, 1, 2, 3, 8]);
        assert_eq!(fit.slots().filter(|slot| *slot == Slot::Gap).count(), 1);
        assert!(total(&fit) <= 80);
    }

    #[test]
    fn columns_that_tell_nothing_give_way_first() {
        let mut measures = [number(10); 9];
        (measures[0].worth, measures[1].worth) = (Worth::Nothing, Worth::Nothing);
        (measures[2].worth, measures[8].worth) = (Worth::Little, Worth::Little);
        let fit = Fit::new(&measures, 80);
        let shown: Vec<usize> = (0..9).filter(|index| fit.widths[*index].is_some()).collect();
        assert_eq!(shown, [0, 3, 4, 5, 6]);
        assert_eq!(fit.slots().filter(|slot| *slot == Slot::Gap).count(), 2);
        assert!(total(&fit) <= 80);
    }

    #[test]
    fn one_column_is_always_shown() {
        let fit = Fit::new(&[number(300), number(300)], 20);
        assert_eq!(fit.widths, [Some(12), None]);
        assert_eq!(total(&fit), 20);
    }
}
