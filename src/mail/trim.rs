//! Reply trimming: what the author of a mail wrote now, without quoted history and signature (M5).
//!
//! Each line becomes one letter, and the string of letters is judged. Never changes a line, never
//! reorders, and when in doubt hides nothing: a quotation left standing is ugly, a lost line is a
//! lost sentence. Linear in the length of the text.
//!
//! Where public collections of replies want different things, no line of an author's is lost:
//! - A name at the end without "-- " above it stays, and so does what stands below a line of dashes.
//! - A quotation that is answered between its lines or below stays with the answers, without the
//!   line that says who wrote it; above an answer to the whole of it, it goes.
//! - What the author quotes by hand stays: above a history, or below "This is the log:".
//! - What is passed on is shown whole, and so is a mail of nothing but history.
//! - Of a line that holds both an answer and who wrote what follows, nothing is hidden.

mod attribution;
mod head;
mod letters;
mod phrases;
mod words;

pub(in crate::mail) use head::is_timed;
use letters::Letter;

/// A signature behind "-- " is at most this many lines; longer, it is somebody's text.
const SIGNATURE_LINES: usize = 12;
/// A line of a signature is at most this long, in bytes.
const SIGNATURE_LINE_BYTES: usize = 100;

/// At most this many lines of fields stand between what introduces them and the first that is known.
const SHOWN_FIELDS: usize = 30;

/// A quotation at the end that nobody is named for is shown if it is no longer than this.
const SHOWN_QUOTATION: usize = 30;

/// Shorter than this, a rule right below a text is the author's.
const PROGRAMS_RULE_BYTES: usize = 16;

/// What the markup of a mail says of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Markup {
    #[default]
    Nothing,
    /// A mail program's quotation.
    Quotation,
    /// Indented by the author's hand.
    Own,
    /// Indented by whoever did it, most often a mail program.
    Cited,
}

/// What is shown of a mail at first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trimmed {
    /// Lines of the text, in order, joined by line feeds.
    pub shown: String,
    /// Lines of the text that are not shown and not empty.
    pub hidden_lines: usize,
}

/// Trims a text as mail programs write it.
#[must_use]
pub fn trim(text: &str) -> Trimmed {
    trim_marked(text, &[])
}

/// As [`trim`]; `markup` has what the mail's own markup says of each line, and nothing of the lines
/// beyond its end.
#[must_use]
pub fn trim_marked(text: &str, markup: &[Markup]) -> Trimmed {
    let lines: Vec<&str> = text.split('\n').map(|l| l.trim_end_matches('\r')).collect();
    let letters = letters::letters(&lines, markup);
    let keep = keep(&lines, &letters, markup);
    let any_text = keep.iter().zip(&letters).any(|(k, l)| *k && *l == Letter::Text);
    if !any_text || points_below(&lines, &letters, &keep) {
        return Trimmed { shown: whole(&lines), hidden_lines: 0 };
    }
    let kept: Vec<&str> = lines.iter().zip(&keep).filter(|(_, k)| **k).map(|(l, _)| *l).collect();
    let filled = |l: &&&str| !l.trim().is_empty();
    let hidden_lines = lines.iter().filter(filled).count() - kept.iter().filter(filled).count();
    Trimmed { shown: whole(&kept), hidden_lines }
}

/// True when the head of a quoted mail begins on the first line, where its place says that it may.
pub(in crate::mail) fn is_head(lines: &[&str]) -> bool {
    head::begins(&[], lines, true)
}

/// The lines without the empty ones at both ends.
fn whole(lines: &[&str]) -> String {
    let first = lines.iter().position(|l| !l.trim().is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|l| !l.trim().is_empty()).map_or(first, |i| i + 1);
    lines.get(first..last).unwrap_or_default().join("\n").trim_end().to_owned()
}

/// Which lines stay.
fn keep(lines: &[&str], letters: &[Letter], markup: &[Markup]) -> Vec<bool> {
    let mut keep = vec![true; letters.len()];
    if forwarded(letters) {
        return keep;
    }
    let mut end = cut(lines, letters);
    loop {
        let before = end;
        end = without_tail(lines, letters, markup, end);
        end = without_signature(lines, letters, end);
        if end == before {
            break;
        }
    }
    let start = answer_below(letters, end);
    for (i, (kept, letter)) in keep.iter_mut().zip(letters).enumerate() {
        *kept = i >= start && i < end && *letter != Letter::Attribution;
    }
    keep
}

/// True when the author passes a mail on: then all of it is what they want to say.
fn forwarded(letters: &[Letter]) -> bool {
    letters.iter().find(|l| {
        matches!(l, Letter::Forward | Letter::Attribution | Letter::Original | Letter::Marker)
    }) == Some(&Letter::Forward)
}

/// The first line of a history that is not marked line by line, so that all below belongs to it.
/// Without a text above it nothing is cut.
fn cut(lines: &[&str], letters: &[Letter]) -> usize {
    let mut text_above = false;
    let forward = letters.iter().rposition(|l| *l == Letter::Forward);
    for (i, letter) in letters.iter().enumerate() {
        let rest = letters.get(i..).unwrap_or_default();
        let starts = match letter {
            Letter::Text => {
                text_above = true;
                false
            }
            Letter::Marker | Letter::Original | Letter::Headers => true,
            // Only where quotation marks are missing; below marked lines an answer may follow.
            Letter::Attribution => {
                let next = rest.iter().find(|l| !matches!(l, Letter::Attribution | Letter::Empty));
                next.is_some_and(|l| matches!(l, Letter::Text | Letter::Rule))
                    && forward.is_none_or(|forward| forward < i)
            }
            _ => false,
        };
        let is_shown = || match letter {
            // "Desk, Montag:" may name who wrote it, but "Your mail says:" does not.
            Letter::Marker => announced(lines, i).is_some_and(|l| !attribution::may_say_who(l)),
            _ => introduced(lines, i),
        };
        if starts && text_above && !is_shown() {
            return i;
        }
    }
    letters.len()
}

/// "These are the headers:" The author shows something, and may go on below it. Fields that are not
/// known ("Message-ID: …") may stand between; where a mail server's stand, the header is raw, and
/// no mail program put it there.
fn introduced(lines: &[&str], at: usize) -> bool {
    let above = lines.get(..at).unwrap_or_default().iter().rev().take(SHOWN_FIELDS);
    for line in above.skip_while(|l| l.trim().is_empty()) {
        if head::is_servers_field(line) {
            return true;
        }
        if !head::is_any_field(line) && !line.trim().is_empty() {
            return line.trim_end().ends_with([':', '：']);
        }
    }
    false
}

/// The line above that ends with a colon: "My details:".
fn announced<'a>(lines: &[&'a str], at: usize) -> Option<&'a str> {
    let above = lines.get(..at).unwrap_or_default().iter().rev();
    let line = above.copied().find(|l| !l.trim().is_empty())?;
    line.trim_end().ends_with([':', '：']).then_some(line)
}

/// Where the lines at the end begin that are surely not of the author's hand.
fn without_tail(lines: &[&str], letters: &[Letter], markup: &[Markup], end: usize) -> usize {
    let last = letters
        .get(..end)
        .unwrap_or_default()
        .iter()
        .rposition(|l| matches!(l, Letter::Text | Letter::Forward | Letter::Headers));
    let Some(last) = last else { return end };
    // The last line of a frame that the author drew: nothing at all follows.
    let below = letters.get(last + 1..).unwrap_or_default();
    let rule = below.iter().rposition(|l| *l == Letter::Rule);
    if let Some(rule) = rule
        && below.iter().all(|l| matches!(l, Letter::Rule | Letter::Empty))
    {
        return last + 2 + rule;
    }
    // "The display shows", and below it "----".
    let is_drawn = lines.get(last + 1).is_some_and(|l| l.trim().len() < PROGRAMS_RULE_BYTES);
    if below.starts_with(&[Letter::Rule, Letter::Empty]) && is_drawn {
        return end.min(last + 2);
    }
    let cited = markup.get(last + 1..end.min(markup.len())).unwrap_or_default();
    last + 1 + own_quotation(lines, letters, last, end, cited.contains(&Markup::Cited))
}

/// How many lines below the last of the text are a quotation that the author set there: a history
/// with a head of its own follows, or the text says what is shown ("This is the log:"), or nothing
/// in the mail says whose words are quoted.
fn own_quotation(
    lines: &[&str],
    letters: &[Letter],
    last: usize,
    end: usize,
    is_cited: bool,
) -> usize {
    let below = letters.get(last + 1..end).unwrap_or_default();
    let quotation = |l: &Letter| matches!(l, Letter::Quote | Letter::Empty);
    let span = below.iter().position(|l| !quotation(l)).unwrap_or(below.len());
    let Some(length) = below.iter().take(span).rposition(|l| *l == Letter::Quote) else {
        return 0;
    };
    let mut behind = letters.iter().skip(last + 1 + span);
    let names_who = |l: &Letter| {
        matches!(l, Letter::Attribution | Letter::Original | Letter::Headers | Letter::Marker)
    };
    let is_followed =
        behind.find(|l| !matches!(l, Letter::Empty | Letter::Rule)).is_some_and(names_who);
    let text = lines.get(last).copied().unwrap_or_default();
    let is_introduced = text.trim_end().ends_with([':', '：']) && !attribution::may_say_who(text);
    let is_attributed = letters.iter().take(last).any(|l| *l == Letter::Attribution);
    // A history is longer, and holds another.
    let depths =
        || lines.iter().skip(last + 1).take(length + 1).map(|l| depth(l)).filter(|d| *d > 0);
    let is_short = length < SHOWN_QUOTATION && depths().min() == depths().max();
    let is_nobodys = is_short
        && !is_cited
        && !letters.iter().any(names_who)
        && !attribution::may_say_who(text)
        && !letters::names_who(lines.get(last + 1..end).unwrap_or_default());
    let is_drawn = |l: &&str| l.trim().is_empty() || l.trim_start().starts_with('>');
    let all_drawn = lines.iter().skip(last + 1).take(length + 1).all(is_drawn);
    let is_own = is_followed || is_introduced || is_nobodys;
    if is_own && !is_attributed && all_drawn { length + 1 } else { 0 }
}

/// How many marks of quotation a line begins with.
fn depth(line: &str) -> usize {
    line.chars().take_while(|c| matches!(c, '>' | ' ')).filter(|c| *c == '>').count()
}

/// Where a signature or a list's footer at the end begins.
fn without_signature(lines: &[&str], letters: &[Letter], end: usize) -> usize {
    let is_rule = |l: &Letter| matches!(l, Letter::Dashes | Letter::Rule);
    let Some(at) = letters.get(..end).unwrap_or_default().iter().rposition(is_rule) else {
        return end;
    };
    if announced(lines, at).is_some() {
        return end;
    }
    let above = letters.get(..at).unwrap_or_default();
    let block: Vec<&str> = lines
        .get(at + 1..end)
        .unwrap_or_default()
        .iter()
        .copied()
        .filter(|l| !l.trim().is_empty())
        .collect();
    let short = block.len() <= SIGNATURE_LINES
        && block.iter().all(|l| l.len() <= SIGNATURE_LINE_BYTES)
        && !block.iter().any(|l| phrases::is_afterthought(l));
    let is_below_quote =
        above.iter().rfind(|l| **l != Letter::Empty).is_some_and(|l| *l == Letter::Quote);
    let is_signature = match letters.get(at) {
        // "-- " with its blank is what programs write; without it, it may be the author's rule.
        Some(Letter::Dashes) if lines.get(at).is_some_and(|l| l.ends_with("-- ")) => {
            short && !block.iter().any(|l| reads_on(l)) && !goes_on(lines, at, end)
        }
        // Two of them part what the author lists, and so does one right below a text.
        Some(Letter::Dashes) => {
            short
                && above.last() != Some(&Letter::Text)
                && !above.contains(&Letter::Dashes)
                && block.first().is_some_and(|l| phrases::is_name(l) || is_below_quote)
                && !block.iter().any(|l| phrases::is_sentence(l) || phrases::is_detail(l))
        }
        _ => lines.get(at).is_some_and(|l| phrases::is_lists_rule(l)) && phrases::is_footer(&block),
    };
    if is_signature && above.contains(&Letter::Text) { at } else { end }
}

/// True when a sentence stands apart below what "-- " begins: the author wrote on.
fn goes_on(lines: &[&str], at: usize, end: usize) -> bool {
    let block = lines.get(at + 1..end).unwrap_or_default();
    let mut apart =
        block.iter().skip_while(|l| l.trim().is_empty()).skip_while(|l| !l.trim().is_empty());
    apart.any(|l| phrases::is_sentence(l))
}

/// A line that is a whole question or runs on like prose is the author's, whatever stands above.
fn reads_on(line: &str) -> bool {
    let is_spoken = phrases::is_sentence(line)
        && line.trim_end().ends_with(['.', '!'])
        && attribution::speaks(line);
    line.trim_end().ends_with('?')
        || line.len() > 80 && line.trim_end().ends_with('.')
        || is_spoken
        || phrases::is_item(line)
        || phrases::is_account(line)
}

/// The first line of an answer that was written below the whole quotation, else 0.
fn answer_below(letters: &[Letter], end: usize) -> usize {
    let lines = letters.get(..end).unwrap_or_default();
    let Some(text) = lines.iter().position(|l| *l == Letter::Text) else { return 0 };
    let above = lines.get(..text).unwrap_or_default();
    let below = lines.get(text..).unwrap_or_default();
    let quotes = |l: &Letter| matches!(l, Letter::Quote | Letter::Attribution | Letter::Headers);
    let whole_quotation = above.contains(&Letter::Attribution) && above.contains(&Letter::Quote);
    if whole_quotation && !below.iter().any(quotes) { text } else { 0 }
}

/// "See my answers below": then what looks like history holds the author's words, too, unless each
/// of its lines is marked as quoted.
fn points_below(lines: &[&str], letters: &[Letter], keep: &[bool]) -> bool {
    let hides = |line: &&str, letter: &Letter| match letter {
        Letter::Text => true,
        Letter::Quote => !line.trim_start().starts_with('>'),
        _ => false,
    };
    let each = || lines.iter().zip(letters).zip(keep);
    each().any(|((line, letter), kept)| !kept && hides(line, letter))
        && each().any(|((line, letter), kept)| {
            *kept && *letter == Letter::Text && phrases::points_below(line)
        })
}

#[cfg(test)]
mod tests;
