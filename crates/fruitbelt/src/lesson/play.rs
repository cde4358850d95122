//! Plays a lesson's script on real sockets, step by step, and follows what comes of it.
//!
//! Knows nothing of who watches. Whatever is waited for is an event, with a deadline: a script that
//! cannot go on says what it waited for.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use lessons::{Check, Lesson, Statement};
use protocol::{Conn, End, Event, Policy, Record, Refusal, Step};
use relay::{EchoConfig, Records, Stage, StartError};
use tokio::time::{Instant, timeout_at};

use super::ends::Ends;

/// So long an event may take to come: real ones take milliseconds, a busy machine takes seconds.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// The most records of one lesson that are held.
const RECORDS_MAX: usize = 1 << 20;

/// A lesson that is being played.
pub struct Play {
    pub lesson: Arc<Lesson>,
    pub stage: Stage,
    incoming: Records,
    /// All records so far.
    records: Vec<Record>,
    /// What is true of each socket after them.
    pub ends: Ends,
    /// The next step to play, from 0.
    next: u32,
    /// The reading policy of the server, and of connections that have their own.
    pub policy: Policy,
    pub policies: HashMap<Conn, Policy>,
    /// What each client was told to send whose replies are kept to be compared.
    pub sent: HashMap<Conn, Vec<u8>>,
}

/// Why a script cannot go on.
#[derive(Debug)]
pub struct Trouble {
    /// The step, from 1; 0: before the first.
    pub step: u32,
    /// Its action, from 1; 0: none.
    pub action: usize,
    pub why: Why,
}

#[derive(Debug)]
pub enum Why {
    /// There is no server to be had.
    Start(StartError),
    /// An action was not taken up.
    Refused(Refusal),
    /// What was waited for did not come.
    Late(String),
    /// A client has another number than the script says.
    Numbered { client: u32, conn: Conn },
    /// There are more records than can be held.
    TooMany,
    /// The server has ended.
    Ended,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.step > 0 {
            write!(f, "step {}", self.step)?;
            if self.action > 0 {
                write!(f, ", do {}", self.action)?;
            }
            f.write_str(": ")?;
        }
        match &self.why {
            Why::Start(error) => write!(f, "{error}"),
            Why::Refused(refusal) => write!(f, "{refusal}"),
            Why::Late(what) => {
                write!(f, "waited {} s in vain for {what}", PATIENCE.as_secs())
            }
            Why::Numbered { client, conn } => write!(
                f,
                "client {client} became connection {conn}: somebody else has connected to the lesson's server"
            ),
            Why::TooMany => write!(f, "more than {RECORDS_MAX} records"),
            Why::Ended => f.write_str("the lesson's server has ended"),
        }
    }
}

impl From<Refusal> for Why {
    fn from(refusal: Refusal) -> Why {
        Why::Refused(refusal)
    }
}

impl Play {
    /// Opens the lesson's server.
    ///
    /// # Errors
    /// The system gives none.
    pub async fn open(lesson: Arc<Lesson>) -> Result<Play, Trouble> {
        let server = &lesson.server;
        let config = EchoConfig {
            family: server.family,
            backlog: server.backlog,
            sequential: server.sequential,
            policy: server.policy(),
            receive_buffer: server.receive_buffer,
            send_buffer: server.send_buffer,
            ..EchoConfig::default()
        };
        let stage = Stage::open(config, super::PROGRAM).await;
        let stage = stage.map_err(|error| Trouble {
            step: 0,
            action: 0,
            why: Why::Start(error),
        })?;
        Ok(Play {
            incoming: stage.records(),
            stage,
            records: Vec::new(),
            ends: Ends::default(),
            next: 0,
            policy: lesson.server.policy(),
            policies: HashMap::new(),
            sent: HashMap::new(),
            lesson,
        })
    }

    /// The next step to play, from 0.
    pub fn next_step(&self) -> u32 {
        self.next
    }

    /// All records so far.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Plays the next step; behind the last one, says that the script has ended. What was recorded
    /// by then is held when this returns.
    ///
    /// # Errors
    /// What could not be done, or did not come.
    pub async fn step(&mut self) -> Result<(), Trouble> {
        let lesson = Arc::clone(&self.lesson);
        let index = self.next;
        self.next = index.saturating_add(1);
        let trouble = |action, why| Trouble {
            step: index + 1,
            action,
            why,
        };
        self.tell(index).await.map_err(|why| trouble(0, why))?;
        if let Some(step) = lesson.steps.get(index as usize) {
            for (at, action) in step.script.0.iter().enumerate() {
                let done = super::act::act(self, action).await;
                done.map_err(|why| trouble(at + 1, why))?;
            }
        }
        let last = index as usize + 1 >= lesson.steps.len();
        if last && (index as usize) < lesson.steps.len() {
            self.next = index + 1;
            self.tell(index + 1).await.map_err(|why| trouble(0, why))?;
        }
        Ok(())
    }

    /// A record of the script's own, which has come back when this returns.
    async fn tell(&mut self, step: u32) -> Result<(), Why> {
        let lesson = self.lesson.id.clone();
        let begins = Step { lesson, step };
        self.stage.journal().record(Event::Step(begins.clone()));
        let is_it = move |record: &Record| matches!(&record.event, Event::Step(s) if *s == begins);
        self.until("the beginning of the step", |play| {
            play.records.last().is_some_and(&is_it)
        })
        .await
    }

    /// Waits until a statement is true of the recording.
    pub async fn wait(&mut self, statement: &Statement) -> Result<(), Why> {
        let mut check = Check::new(statement);
        for record in &self.records {
            check.apply(record);
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let verdict = check.verdict();
            if verdict.holds() {
                return Ok(());
            }
            match self.next_record(deadline).await? {
                Some(record) => check.apply(record),
                None => {
                    let told = statement.told(&verdict, |seq| {
                        let at = self.records.binary_search_by_key(&seq, |record| record.seq);
                        at.ok().and_then(|at| self.records.get(at))
                    });
                    let told = told.replace('\n', "\n    ");
                    return Err(Why::Late(format!("{}\n    {told}", statement.summary())));
                }
            };
        }
    }

    /// Waits until something is true after the last record.
    pub async fn until(
        &mut self,
        what: &str,
        mut is_true: impl FnMut(&Play) -> bool,
    ) -> Result<(), Why> {
        let deadline = Instant::now() + PATIENCE;
        while !is_true(self) {
            if self.next_record(deadline).await?.is_none() {
                return Err(Why::Late(what.to_owned()));
            }
        }
        Ok(())
    }

    /// Takes the next record, whenever it comes.
    pub async fn follow(&mut self) {
        // However long that is: it is dropped when there is more to do.
        let day = Instant::now() + Duration::from_secs(86_400);
        if self.next_record(day).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The next record; None: it has not come in time.
    async fn next_record(&mut self, deadline: Instant) -> Result<Option<&Record>, Why> {
        let Ok(next) = timeout_at(deadline, self.incoming.next()).await else {
            return Ok(None);
        };
        let record = next.ok_or(Why::Ended)?;
        if self.records.len() >= RECORDS_MAX {
            return Err(Why::TooMany);
        }
        self.ends.apply(&record);
        self.records.push(record);
        Ok(self.records.last())
    }

    /// Ends the server, and returns all records of its run.
    pub async fn close(self) -> Vec<Record> {
        let Play {
            stage,
            mut incoming,
            mut records,
            ..
        } = self;
        stage.close().await;
        while let Some(record) = incoming.next().await {
            if records.len() < RECORDS_MAX {
                records.push(record);
            }
        }
        records
    }

    /// What a socket has seen.
    pub fn end(&self, conn: Conn, end: End) -> super::ends::Seen {
        self.ends.of(conn, end)
    }
}
