//! Many clients and many viewers for a long time, none of them well-behaved: every byte comes back,
//! every record is received or told as dropped, and the relay is as large behind it as before.
//!
//! A short one is among the tests; `cargo xtask soak` runs a long one against the release relay.
//! What happens is drawn from a seed; when it happens is the machine's.

mod clients;
mod gauges;
mod viewers;

use std::{
    env, fs,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::JoinSet, time::timeout};

use crate::relay_process::{PATIENCE, RelayProcess};
use gauges::{Gauge, Gauges};
use viewers::{Phase, Spans};

/// The longest that viewers who may have stalled need for the rest.
const DRAIN_MAX: Duration = Duration::from_secs(180);

/// With the tutorial's backlog of 5 a crowd that connects at once fills the accept queue, and then the
/// kernel itself answers some of them with a reset (it has no state of what came by a SYN cookie).
const BACKLOG: &str = "1024";
/// Each connection is a descriptor.
const ALL_DESCRIPTORS: &str = "ulimit -n \"$(ulimit -H -n)\"";
/// What the relay opens once, when first somebody waits to be accepted: by it the kernel is asked who.
const DIAG: u64 = 1;

/// What is asked of the relay.
#[derive(Clone, Copy, Debug)]
struct Plan {
    seconds: f64,
    viewers: u64,
    clients: u64,
    seed: u64,
}

impl Plan {
    /// As `cargo xtask soak` writes it: seconds, viewers, clients, seed.
    fn told() -> Plan {
        let told = env::var("FRUITBELT_SOAK").expect("use `cargo xtask soak`");
        let numbers: Vec<f64> = told.split(' ').map(|it| it.parse().unwrap()).collect();
        let [seconds, viewers, clients, seed] = numbers[..] else {
            panic!("FRUITBELT_SOAK is {told:?}");
        };
        Plan {
            seconds,
            viewers: viewers as u64,
            clients: clients as u64,
            seed: seed as u64,
        }
    }

    /// Every record goes to every viewer, so the more of both there are, the longer each client
    /// thinks: on two processors the relay must keep up with all but the stalled.
    fn thinks(&self) -> Duration {
        let micros = self.clients * self.viewers * 8;
        Duration::from_micros(micros.max(20_000))
    }
}

/// Numbers that look random, the same for the same seed: SplitMix64.
#[derive(Clone, Debug)]
struct Dice(u64);

impl Dice {
    /// One's own for each who throws them.
    fn of(seed: u64, who: u64) -> Dice {
        let mut dice = Dice(seed ^ who.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.below(2);
        dice
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn up_to(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.below(most.as_micros() as u64 + 1))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_soak_loses_nothing_uncounted() {
    soak(Plan {
        seconds: 4.0,
        viewers: 20,
        clients: 20,
        seed: 1,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "cargo xtask soak"]
async fn a_long_soak() {
    soak(Plan::told()).await;
}

async fn soak(plan: Plan) {
    println!("{plan:?}");
    let log = tempfile::NamedTempFile::new().unwrap();
    let stderr = Stdio::from(log.reopen().unwrap());
    let mut relay = RelayProcess::start_after(ALL_DESCRIPTORS, &["--backlog", BACKLOG], stderr);
    // Whatever is made once, at the first visitor, is there before anything is measured.
    drop(relay.mirror("").await);
    let before = Gauge::of(&relay).await;

    let (tell, phase) = watch::channel(Phase::Mischief);
    let spans = Arc::new(Spans::default());
    let mut viewers = JoinSet::new();
    for who in 0..plan.viewers {
        let dice = Dice::of(plan.seed, 2 * who);
        viewers.spawn(viewers::view(
            relay.page,
            dice,
            phase.clone(),
            spans.clone(),
        ));
    }
    let ends = Instant::now() + Duration::from_secs_f64(plan.seconds);
    let mut clients = JoinSet::new();
    for who in 0..plan.clients {
        let dice = Dice::of(plan.seed, 2 * who + 1);
        clients.spawn(clients::come_and_go(relay.echo, dice, plan.thinks(), ends));
    }
    let mut gauges = Gauges::default();
    let mut every = tokio::time::interval(Duration::from_secs(1));
    let mut echoed = clients::Tally::default();
    let mut wrong: Vec<String> = Vec::new();
    loop {
        tokio::select! {
            done = clients.join_next() => match done {
                Some(Ok(Ok(tally))) => echoed.add(tally),
                Some(Ok(Err(why))) => wrong.push(why),
                Some(Err(panic)) => wrong.push(panic.to_string()),
                None => break,
            },
            _ = every.tick() => {
                let gauge = Gauge::of(&relay).await;
                gauges.add(gauge);
            }
        }
    }
    println!("clients: {echoed:?}");

    let head = relay.mirror("").await.header().head;
    tell.send(Phase::Drain(head.0)).unwrap();
    let mut seen = viewers::Account::default();
    let drained = timeout(DRAIN_MAX, async {
        while let Some(done) = viewers.join_next().await {
            match done {
                Ok(Ok(account)) => seen.add(account),
                Ok(Err(why)) => wrong.push(why),
                Err(panic) => wrong.push(panic.to_string()),
            }
        }
    });
    if drained.await.is_err() {
        wrong.push(format!("{} viewers never came to {head:?}", viewers.len()));
        viewers.shutdown().await;
    }
    println!("viewers: {seen:?}");

    // All have left: what the relay had for them, it has no more.
    let is_as_before = async {
        loop {
            let gauge = Gauge::of(&relay).await;
            if gauge.descriptors <= before.descriptors + DIAG {
                return;
            }
            every.tick().await;
        }
    };
    if timeout(PATIENCE, is_as_before).await.is_err() {
        let after = Gauge::of(&relay).await;
        wrong.push(format!("descriptors: {before:?}, then {after:?}"));
    }
    println!("{gauges}");
    wrong.extend(gauges.verdict());
    if !relay.is_alive() {
        wrong.push("the relay has ended".into());
    }
    let log = fs::read_to_string(log.path()).unwrap();
    if log.contains("panick") || log.contains("defect") {
        wrong.push("a defect is in the relay's log".into());
    }
    println!("the relay's log:\n{log}");
    assert!(echoed.conversations > 0 && seen.received > 0);
    assert!(
        wrong.is_empty(),
        "{} wrong, seed {}:\n{}",
        wrong.len(),
        plan.seed,
        wrong[..wrong.len().min(20)].join("\n")
    );
    println!("verdict: nothing is wrong");
}
