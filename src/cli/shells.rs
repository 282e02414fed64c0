//! The programs that stay: the screens, the Messenger full screen, the worker, the demo.

use std::fs::{self, OpenOptions};
use std::io::IsTerminal;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use anyhow::Context as _;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::cli::args::{Demo, Listen, Serve, time};
use crate::cli::{Setting, print, serve, ways};
use crate::clock::Clock;
use crate::config;
use crate::desk::Desk;
use crate::desk::settings::DemoClock;
use crate::domain::{Teammate, TeammateId, Time};
use crate::mail::Transport;
use crate::tui::app::{self, Options};
use crate::tui::commands::{self, Keymap};
use crate::tui::message::Exit;
use crate::tui::pictures::Way;
use crate::tui::view::text::count;
use crate::tui::view::theme::{Preset, Theme};
use crate::tui::{messenger_app, terminal};
use crate::worker::Worker;

pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("The program's tasks cannot be started")
}

/// Writes what the program says of itself into a file of its own; never onto the screen.
pub(super) fn log() {
    let open = || -> anyhow::Result<fs::File> {
        let path = config::log_file()?;
        if let Some(folder) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        Ok(OpenOptions::new().create(true).append(true).mode(0o600).open(path)?)
    };
    // A machine that has no place for a log still has a desk.
    if let Ok(file) = open() {
        let filter = tracing_subscriber::EnvFilter::try_from_env("DESKBELL_LOG")
            .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("deskbell=info"));
        let _ = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(std::sync::Mutex::new(file))
            .with_env_filter(filter)
            .try_init();
    }
}

/// Sends what is due, and takes in what came: one turn, or until a signal says stop.
pub fn work(setting: &Setting, once: bool) -> anyhow::Result<()> {
    if !once {
        let shut = Serve { lmtp: None, listen: Listen::Off };
        return serve::stay(setting, &shut, "Sending what is due until stopped.");
    }
    log();
    let desk = setting.open(true)?;
    let clock = setting.clock(&desk)?;
    let transport = ways::transport(setting, &desk)?;
    let turn = runtime()?
        .block_on(async { Worker::new(desk.clone(), transport)?.turn(clock.now()).await })?;
    if setting.args.json {
        print::json(&turn)?;
    } else {
        print::talk(&format!(
            "{} sent, {} suppressed, {} to be tried again, {} failed.",
            turn.sent, turn.suppressed, turn.retrying, turn.failed
        ));
    }
    if let Some(trouble) = desk.outlook()?.trouble.filter(|_| turn.paused) {
        anyhow::bail!("Mail is not leaving: {trouble}");
    }
    if turn.broken > 0 {
        anyhow::bail!(
            "The mail of {} waits, for it cannot be read. The log says which: DESKBELL_LOG=deskbell=error.",
            count(turn.broken, "ticket")
        );
    }
    Ok(())
}

/// Asked before anything is made: a desk that nobody can look at would be left behind.
fn need_terminal() -> anyhow::Result<()> {
    if std::io::stdout().is_terminal() {
        return Ok(());
    }
    anyhow::bail!("The screens need a terminal. For scripts there are commands: deskbell --help.")
}

/// A throwaway desk, gone when the screens close; one named with `--desk` stays.
pub fn demo(setting: &Setting, demo: &Demo) -> anyhow::Result<()> {
    need_terminal()?;
    log();
    let folder;
    let path = match &setting.args.desk {
        Some(path) if path.exists() => {
            anyhow::bail!("{} is there already; a demo wants a new desk.", path.display())
        }
        Some(path) => path.clone(),
        None => {
            folder = tempfile::Builder::new()
                .prefix("deskbell-demo-")
                .tempdir()
                .context("There is no place for a throwaway desk")?;
            folder.path().join("desk.db")
        }
    };
    let now = demo_begin(demo.clock.as_deref(), Clock::system().now())?;
    make_demo(setting, &path, demo.seed, now, demo.clock_speed)?;
    screens(setting, &path)
}

/// Makes a demo desk at `path` whose clock is at `now`.
pub(super) fn make_demo(
    setting: &Setting,
    path: &Path,
    seed: u64,
    now: Time,
    speed: f64,
) -> anyhow::Result<()> {
    let desk = setting.open_at(path, true)?;
    desk.set_demo_clock(DemoClock { real: Clock::system().now(), desk: now, speed })?;
    let outbox = Transport::Outbox(path.with_file_name("outbox"));
    runtime()?.block_on(async {
        let mut worker = Worker::new(desk.clone(), outbox)?;
        crate::demo::fill(&desk, &mut worker, seed, now).await
    })?;
    // Filling took its time; the story begins now.
    Ok(desk.set_demo_clock(DemoClock { real: Clock::system().now(), desk: now, speed })?)
}

fn demo_begin(given: Option<&str>, now: Time) -> anyhow::Result<Time> {
    let Some(given) = given else { return Ok(now) };
    if let Ok(clock) = chrono::NaiveTime::parse_from_str(given, "%H:%M:%S") {
        return Ok(now.date_naive().and_time(clock).and_utc());
    }
    time(given).map_err(|_| {
        anyhow::anyhow!(
            "\"{given}\" is not a time; write it as in 14:05:29 or 2026-06-09T14:05:29Z."
        )
    })
}

/// The desk's screens.
pub fn desk(setting: &Setting) -> anyhow::Result<()> {
    need_terminal()?;
    log();
    screens(setting, &setting.desk_path()?)
}

fn screens(setting: &Setting, path: &Path) -> anyhow::Result<()> {
    let desk = setting.open_at(path, true)?;
    let clock = setting.clock(&desk)?;
    let (me, _) = desk.teammate(&setting.teammate_name(), clock.now())?;
    let options = look(setting, me)?;
    let runtime = runtime()?;
    let exit = runtime.block_on(open(setting, &desk, &clock, options));
    // A picture may still be in the making; leaving does not wait for it.
    runtime.shutdown_background();
    let exit = exit?;
    if exit == Exit::OpenDemo {
        // The first start of an empty desk asked for it.
        let given = Demo { seed: 7, clock: None, clock_speed: 1.0 };
        let elsewhere = Setting {
            args: crate::cli::Args { desk: None, ..setting.args.clone() },
            config: setting.config.clone(),
        };
        return demo(&elsewhere, &given);
    }
    Ok(())
}

/// The screens with the workers beside them, and the reader of the mailbox. All stop when they are
/// left.
async fn open(
    setting: &Setting,
    desk: &Desk,
    clock: &Clock,
    options: Options,
) -> anyhow::Result<Exit> {
    let worker = Worker::new(desk.clone(), ways::transport(setting, desk)?)?;
    let mailbox = ways::mailbox(setting, desk, clock)?;
    let webhooks = ways::webhooks(setting, desk)?;
    let stop = CancellationToken::new();
    let mut beside = JoinSet::new();
    beside.spawn(worker.run(clock.clone(), stop.clone().cancelled_owned()));
    if let Some(mailbox) = mailbox {
        beside.spawn(mailbox.run(stop.clone()));
    }
    if let Some(webhooks) = webhooks {
        beside.spawn(webhooks.run(clock.clone(), stop.clone().cancelled_owned()));
    }
    let left = {
        let mut screen = terminal::Screen::enter().context("The terminal cannot be used")?;
        let inputs = terminal::inputs().context("The terminal cannot be listened to")?;
        app::run(&mut screen.terminal, inputs, desk.clone(), clock.clone(), options).await
    };
    stop.cancel();
    // A mail that is being handed over is finished, or left to the next start's lease.
    let ended = async { while beside.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), ended).await;
    left
}

/// Keys and theme, as configuration and arguments say.
fn look(setting: &Setting, me: Teammate) -> anyhow::Result<Options> {
    let preset = match setting.config.theme.as_deref() {
        None => Preset::default(),
        Some(name) => Preset::from_name(name).ok_or_else(|| {
            anyhow::anyhow!(
                "There is no theme \"{name}\". Set theme to auto, dark, light, high-contrast, mono, \
                 tritanopia or deuteranopia."
            )
        })?,
    };
    let no_color = std::env::var_os("NO_COLOR");
    Ok(Options {
        me,
        keymap: keymap(setting)?,
        theme: Theme::new(preset.or_no_color(no_color.as_deref())),
        ascii: setting.args.ascii || setting.config.ascii,
        pictures: Way::of(|name| std::env::var(name).ok()),
        suspend: Some(Box::new(terminal::suspend)),
        around_frame: Some(terminal::around_frame),
        panic_on: std::env::var("DESKBELL_TEST_PANIC_ON").ok(),
        picture_gate: None,
    })
}

fn keymap(setting: &Setting) -> anyhow::Result<Keymap> {
    let own: Vec<(String, String)> = setting.config.keys.clone().into_iter().collect();
    Keymap::with_overrides(&own).map_err(|sentence| anyhow::anyhow!(sentence))
}

/// A customer's Messenger in a terminal of its own.
pub fn messenger(setting: &Setting, email: &str) -> anyhow::Result<()> {
    log();
    let desk = setting.open(false)?;
    let contact = super::customer::contact(&desk, email)?;
    let clock = setting.clock(&desk)?;
    // Nothing is done in a teammate's name here: none is made for it.
    let me = Teammate { id: TeammateId(0), name: contact.display_name().to_owned() };
    let options = look(setting, me)?;
    runtime()?.block_on(async {
        let mut screen = terminal::Screen::enter().context("The terminal cannot be used")?;
        let inputs = terminal::inputs().context("The terminal cannot be listened to")?;
        let (desk, clock) = (desk.clone(), clock.clone());
        messenger_app::run(&mut screen.terminal, inputs, desk, clock, &contact, options).await
    })?;
    Ok(())
}

/// The keys of the screens, from the one registry.
pub fn keys(setting: &Setting, markdown: bool) -> anyhow::Result<()> {
    let keymap = keymap(setting)?;
    if markdown {
        return print::data(commands::markdown(&keymap).trim_end());
    }
    let lines: Vec<String> = commands::COMMANDS
        .iter()
        .map(|spec| {
            let keys = keymap.keys(spec.name).join(" ");
            format!("{keys:<22} {:<24} {}", spec.name, spec.description)
        })
        .collect();
    print::data(&lines.join("\n"))
}
