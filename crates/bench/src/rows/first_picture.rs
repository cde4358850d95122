//! A viewer that joins during a flood: when it has a keyframe, and when it has all up to its joining.

use std::{thread, time::Instant};

use anyhow::Result;
use protocol::{Event, wire::FromRelay};

use super::{Plan, Told, progress};
use crate::{
    figures::{Spread, Target},
    load::Load,
    server::Server,
    viewer::Viewer,
    viewers::Viewers,
};

/// They watch meanwhile.
const OTHERS: usize = 100;
const JOINS: usize = 5;

pub fn measure(plan: &Plan) -> Result<Told> {
    let (mut keyframes, mut presents) = (Vec::new(), Vec::new());
    for turn in 0..plan.times {
        progress("first picture", turn, plan);
        let server = Server::relay(&plan.relay, &[])?;
        let others = Viewers::join(server.page()?, OTHERS, "")?;
        let load = Load::ping_pong(server.echo()?, 100, 64)?;
        // So that there is a past to be told.
        thread::sleep(plan.span);
        for _ in 0..JOINS {
            let (keyframe, present) = join(&server)?;
            keyframes.push(keyframe);
            presents.push(present);
        }
        load.end()?;
        others.end()?;
    }
    // Everybody is to see it in time.
    let (keyframes, presents) = (Spread::of(keyframes), Spread::of(presents));
    let worst = Spread::of(vec![presents.most]);
    let markdown = format!(
        "First picture: {} viewers joined one after the other during a flood (64 B ping-pong, 100 connections) that \
         {OTHERS} others watch. The past that it is told, up to 4 MiB, is decoded by it.\n\n\
         | until its keyframe, ms | until the records up to its joining, ms |\n|---|---|\n\
         | {keyframes:.1} | {presents:.1} |\n",
        plan.times * JOINS
    );
    let what =
        "a viewer that joins during a flood: first picture (keyframe and records), the slowest";
    Ok(Told {
        markdown,
        targets: vec![Target::at_most(what, 2000.0, " ms", worst)],
    })
}

fn join(server: &Server) -> Result<(f64, f64)> {
    let began = Instant::now();
    let mut viewer = Viewer::join(server.page()?)?;
    let mut keyframe = None;
    let mut joined_nanos = None;
    let mut told_nanos = 0;
    loop {
        match viewer.hear()? {
            // The first beat comes with the joining.
            FromRelay::Beat { at_nanos } => _ = joined_nanos.get_or_insert(at_nanos),
            FromRelay::Records(records) => {
                for record in &records {
                    if matches!(record.event, Event::Keyframe(_)) {
                        keyframe.get_or_insert_with(|| began.elapsed());
                    }
                    told_nanos = record.at_nanos;
                }
            }
            _ => {}
        }
        if let Some(keyframe) = keyframe
            && joined_nanos.is_some_and(|joined| told_nanos >= joined)
        {
            return Ok((
                keyframe.as_secs_f64() * 1e3,
                began.elapsed().as_secs_f64() * 1e3,
            ));
        }
    }
}
