//! `cargo xtask soak`: the release relay before many ill-behaved clients and viewers for a long time.
//! Knows nothing of what they do: that stands in `tests/soak`.

use std::process::Command;

use anyhow::{Result, ensure};
use clap::Args;

use crate::test::{edge_tests, succeed};
use crate::workspace::Workspace;

/// How long, how many, and what is drawn.
#[derive(Args)]
pub struct Soak {
    /// So long they come and go, in minutes
    #[arg(long, value_name = "N", default_value_t = 10.0)]
    minutes: f64,
    /// So many watch
    #[arg(long, value_name = "N", default_value_t = 1000)]
    viewers: u32,
    /// So many are echoed at a time
    #[arg(long, value_name = "N", default_value_t = 500)]
    clients: u32,
    /// The same seed does the same things, not at the same moments
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u32,
}

/// Soaks, and fails if anything is wrong.
pub fn run(soak: &Soak) -> Result<()> {
    let workspace = Workspace::find()?;
    let Soak {
        minutes,
        viewers,
        clients,
        seed,
    } = soak;
    ensure!(
        minutes.is_finite() && *minutes > 0.0,
        "--minutes takes a number above 0"
    );
    let relay = workspace.build(["--release", "--package=fruitbelt"])?;
    // No page is looked at.
    let cargo = edge_tests(&workspace, &relay, &workspace.target);
    // Each client and each viewer is a descriptor.
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "ulimit -n \"$(ulimit -H -n)\"; exec \"$0\" \"$@\""])
        .arg(cargo.get_program())
        .args(cargo.get_args())
        .args([
            // Otherwise those who check are slower than the relay.
            "--release",
            "--",
            "soak::a_long_soak",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .current_dir(&workspace.root);
    for (name, value) in cargo.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let seconds = minutes * 60.0;
    shell.env(
        "FRUITBELT_SOAK",
        format!("{seconds} {viewers} {clients} {seed}"),
    );
    succeed(&mut shell)
}
