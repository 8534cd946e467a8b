//! When changes may be made.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan as _};

use super::names::{few, texts};
use super::rules::{because, head};
use super::site::{KEYS as SITE, Site, Sites};
use crate::syntax::{Faults, Fields, Key, Shape, Span, Spelling, Tree, Word, nearest};

const TIME: Spelling = Spelling::Own {
    example: "09:00",
    pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    fits: |text| time(text).is_some(),
};
const MOMENT: Spelling = Spelling::Own {
    example: "2026-12-20 18:00",
    pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]$",
    fits: |text| moment(text).is_some(),
};
const DAYS: [(Word, Weekday); 7] = [
    (("mon", "Monday"), Weekday::Monday),
    (("tue", "Tuesday"), Weekday::Tuesday),
    (("wed", "Wednesday"), Weekday::Wednesday),
    (("thu", "Thursday"), Weekday::Thursday),
    (("fri", "Friday"), Weekday::Friday),
    (("sat", "Saturday"), Weekday::Saturday),
    (("sun", "Sunday"), Weekday::Sunday),
];

/// The keys of a window.
pub(super) const WINDOW: &[Key] = &[
    Key::optional(
        "days",
        Shape::OneOrMore(&Shape::Word(days)),
        "The days on which it begins; every day without it",
    ),
    Key::required("from", Shape::Spelt(TIME), "When it begins"),
    Key::required(
        "to",
        Shape::Spelt(TIME),
        "When it has ended; on the next day, where that is earlier than `from`",
    ),
    Key::optional(
        "where",
        Shape::Keys(SITE),
        "Where changes are bound to it; everywhere without it",
    ),
];
/// The keys of a freeze.
pub(super) const FREEZE: &[Key] = &[
    Key::required("from", Shape::Spelt(MOMENT), "When it begins"),
    Key::required("until", Shape::Spelt(MOMENT), "When it has ended"),
    Key::required("because", Shape::Text, "Why, for whoever is refused"),
    Key::optional("where", Shape::Keys(SITE), "Where; everywhere without it"),
];

fn days() -> Vec<Word> {
    DAYS.iter().map(|(word, _)| *word).collect()
}

/// A time of every week in which changes are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    days: Vec<Weekday>,
    from: Time,
    to: Time,
    sites: Sites,
    pub(super) span: Span,
}

/// A time in which none are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Freeze {
    from: Timestamp,
    until: Timestamp,
    /// As it is written.
    pub(super) end: String,
    pub(super) because: String,
    sites: Sites,
    pub(super) span: Span,
}

/// The zone of all times of a policy. Zones are those that come with the program.
pub(super) fn zone(policy: &Fields<'_>, faults: &mut Faults) -> TimeZone {
    let Some(text) = policy.text("time-zone", faults) else {
        return TimeZone::UTC;
    };
    let zone = TimeZoneDatabase::bundled().get(&text.value);
    if zone.is_err() {
        let title = format!("there is no time zone `{}`", text.value.escape_debug());
        faults
            .error("unknown-time-zone", text.span, title)
            .help("write a name of the IANA time zone database: `Europe/Berlin`, `UTC`");
    }
    zone.unwrap_or(TimeZone::UTC)
}

impl Window {
    /// Reads `windows`.
    pub(super) fn read(tree: &Tree, faults: &mut Faults) -> Vec<Window> {
        let what = "a window";
        let items = tree.expect_list("`windows`", faults).unwrap_or_default();
        let windows = few(items, "`windows`", faults).iter().filter_map(|item| {
            let fields = Fields::read(item, what, WINDOW, faults)?;
            let days = fields.get("days").map(|tree| days_of(tree, faults));
            let sites = Sites::read(&fields, faults);
            let from = needed(&fields, "from", what, "time of day", time, faults);
            let to = needed(&fields, "to", what, "time of day", time, faults);
            let ((from, from_span), (to, to_span)) = (from?, to?);
            if from == to {
                faults
                    .error("empty-window", to_span, "a window ends when it begins")
                    .label(from_span, "it begins here")
                    .help("leave it out for none, or write `from: \"00:00\"` and `to: \"23:59\"` for all day");
            }
            Some(Window {
                days: days.unwrap_or_else(|| DAYS.map(|(_, day)| day).to_vec()),
                from,
                to,
                sites,
                span: head(item),
            })
        });
        windows.collect()
    }

    /// Whether changes there are bound to it; `None` where that can't be told.
    pub(super) fn is_about(&self, site: &Site<'_>) -> Option<bool> {
        self.sites.hold(site)
    }

    /// Whether it is open. It begins at the very minute and ends just before one, by the clocks of
    /// the zone.
    pub(super) fn is_open(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let now = zone.to_datetime(at);
        let yesterday = now.checked_sub(1.day()).map(|then| then.weekday());
        let begins_today = self.days.contains(&now.weekday());
        let began_yesterday = yesterday.is_ok_and(|day| self.days.contains(&day));
        let (begun, over) = (self.from <= now.time(), self.to <= now.time());
        match self.from < self.to {
            true => begins_today && begun && !over,
            false => begins_today && begun || began_yesterday && !over,
        }
    }

    /// `mon tue 09:00–17:00`.
    pub(super) fn text(&self) -> String {
        let names = DAYS.iter().filter(|(_, day)| self.days.contains(day));
        let names: Vec<&str> = names.map(|((name, _), _)| *name).collect();
        let clock = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        format!(
            "{} {}–{}",
            names.join(" "),
            clock(self.from),
            clock(self.to)
        )
    }
}

impl Freeze {
    /// Reads `freezes`.
    pub(super) fn read(tree: &Tree, zone: &TimeZone, faults: &mut Faults) -> Vec<Freeze> {
        let what = "a freeze";
        let items = tree.expect_list("`freezes`", faults).unwrap_or_default();
        let freezes = few(items, "`freezes`", faults).iter().filter_map(|item| {
            let fields = Fields::read(item, what, FREEZE, faults)?;
            let sites = Sites::read(&fields, faults);
            let because = because(&fields, what, faults);
            let from = needed(&fields, "from", what, "moment", moment, faults);
            let until = needed(&fields, "until", what, "moment", moment, faults);
            let ((from, from_span), (until, until_span)) = (from?, until?);
            if until <= from {
                faults
                    .error(
                        "freeze-order",
                        until_span,
                        "a freeze has to end after it begins",
                    )
                    .label(from_span, "it begins here")
                    .help("write the earlier moment as `from`");
            }
            Some(Freeze {
                // Beyond what can be counted it is frozen rather than not.
                from: zone.to_timestamp(from).unwrap_or(Timestamp::MIN),
                until: zone.to_timestamp(until).unwrap_or(Timestamp::MAX),
                end: until.strftime("%Y-%m-%d %H:%M").to_string(),
                because: because?,
                sites,
                span: head(item),
            })
        });
        freezes.collect()
    }

    /// Whether it holds there and then. It begins at the very moment and has ended at its end;
    /// what can't be told does not lift it.
    pub(super) fn holds(&self, at: Timestamp, site: &Site<'_>) -> bool {
        self.from <= at && at < self.until && self.sites.hold(site) != Some(false)
    }
}

fn needed<T>(
    fields: &Fields<'_>,
    key: &str,
    what: &str,
    kind: &str,
    read: fn(&str) -> Option<T>,
    faults: &mut Faults,
) -> Option<(T, Span)> {
    let tree = fields.require(key, what, faults)?;
    let text = fields.spelt(key, kind, faults).ok().flatten()?;
    Some((read(text)?, tree.span()))
}

fn days_of(tree: &Tree, faults: &mut Faults) -> Vec<Weekday> {
    let texts = texts(tree, "days", faults).unwrap_or_default();
    let days = texts.into_iter().filter_map(|text| {
        let found = DAYS.iter().find(|((word, _), _)| *word == text.value);
        if found.is_none() {
            let known = DAYS.iter().map(|((word, _), _)| *word);
            let title = format!("there is no day `{}`", text.value.escape_debug());
            let fault = faults.error("unknown-day", text.span, title);
            match nearest(&text.value, known.clone()) {
                Some(near) => fault.did_you_mean(Some(near)),
                None => fault.help(format!("write {}", known.collect::<Vec<_>>().join(", "))),
            };
        }
        found.map(|(_, day)| *day)
    });
    days.collect()
}

/// `09:00`.
fn time(text: &str) -> Option<Time> {
    let is_written_so = text.len() == "09:00".len();
    Time::strptime("%H:%M", text).ok().filter(|_| is_written_so)
}

/// `2026-12-20 18:00`.
fn moment(text: &str) -> Option<DateTime> {
    let is_written_so = text.len() == "2026-12-20 18:00".len();
    let read = DateTime::strptime("%Y-%m-%d %H:%M", text);
    read.ok().filter(|_| is_written_so)
}
