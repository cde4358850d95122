//! The words of the player in both languages. The texts of lessons are data and stand in `lessons`.

use lessons::{Course, Measure, Measured};
use protocol::End;
use scene::{Lang, words::number};

use super::told::Line;
use crate::language::labels;

labels! {
    Lessons: "Lessons", "课程";
    Lesson: "Lesson", "课";
    LecturerTurns: "The lecturer turns the pages.", "由讲师翻页。";
    NoLessons: "There are no lessons here: the page's server gave none.", "这里没有课程：提供本页的服务器没有给出课程。";
    NoRecordings: "No relay is here to give a lesson, and no lesson is recorded here.", "这里没有能上课的中继，也没有课程的记录。";
    Loading: "The lessons are on their way…", "正在取课程……";
    NoSuchLesson: "The link names a lesson that is not here.", "链接里的课程不在这里。";
    FromRelay: "Each lesson runs real sockets, now, on a server of its own.", "每一课都在自己的服务器上，当场运行真实的套接字。";
    FromRecordings: "Recordings of real runs.", "真实运行的记录。";
    CourseTutorial: "From the tutorial", "教程里的课";
    CourseBeyond: "What learners get wrong", "学的人常弄错的";
    CourseOwn: "Your own", "自编";
    Back: "Back", "上一步";
    Next: "Next", "下一步";
    Reveal: "Let it run", "运行，看结果";
    Leave: "Leave the lesson", "结束本课";
    More: "All lessons", "全部课程";
    Wall: "Lecture view", "讲课视图";
    WallTitle: "Lecture view: the stage and the text only (W)", "讲课视图：只有画面和文字（W）";
    Unwall: "Whole page", "整页";
    UnwallTitle: "Back to the whole page (W, Esc)", "回到整页（W，Esc）";
    Speaker: "Speaker's view", "讲者视图";
    SpeakerTitle: "A second window with your notes, the next step and the time", "另开一个窗口：备注、下一步和时间";
    Laser: "Laser", "激光点";
    LaserTitle: "A red dot follows the pointer (R; or hold Shift)", "红点跟随指针（R，或按住 Shift）";
    Pen: "Pen", "画笔";
    PenTitle: "Draw over the picture; strokes fade (D)", "在画面上画线，会渐渐消失（D）";
    Predict: "What do you think?", "你猜会怎样？";
    YourAnswer: "your answer", "你的回答";
    IsCounted: "Choose an answer: it is counted in the hall.", "选一个答案：它会计入全场。";
    MayChange: "Your choice. You may change it until the answer is shown.", "你的选择。在公布答案之前可以改。";
    YourPick: "your prediction", "你的预测";
    Supported: "what the records show", "记录证实";
    Playing: "The run is playing: watch…", "正在运行，请看……";
    Undecided: "The records do not decide: none of these answers is supported.", "这些记录还不能判定：没有一个答案得到证实。";
    Measured: "Measured", "实测";
    Failed: "The run of this lesson has failed:", "本课的运行失败了：";
    NoNotes: "No notes for this step.", "这一步没有备注。";
    NextStep: "Next", "接下来";
    LastStep: "This is the last step.", "这是最后一步。";
    NoLecture: "No lesson is being given. Begin one here or in the first window: both stay in step.", "还没有开始上课。在这里或第一个窗口开始，两边会保持同步。";
    Clock: "Time", "时间";
    Elapsed: "Since the start", "已用";
    Left: "Left", "剩余";
    Over: "Over time by", "已超时";
    Length: "Length, minutes", "时长（分钟）";
    Restart: "Start anew", "重新计时";
}

/// The name of a course.
pub fn course(course: Course) -> Label {
    match course {
        Course::Tutorial => Label::CourseTutorial,
        Course::Beyond => Label::CourseBeyond,
        Course::Own => Label::CourseOwn,
    }
}

/// Where one is.
pub fn step_of(step: u32, steps: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("Step {} of {steps}", step + 1),
        Lang::Zh => format!("第 {} 步，共 {steps} 步", step + 1),
    }
}

/// How many have answered.
pub fn answered(count: u32, lang: Lang) -> String {
    match (count, lang) {
        (0, Lang::En) => "nobody has answered yet".to_owned(),
        (0, Lang::Zh) => "还没有人回答".to_owned(),
        (1, Lang::En) => "1 has answered".to_owned(),
        (_, Lang::En) => format!("{count} have answered"),
        (_, Lang::Zh) => format!("{count} 人已回答"),
    }
}

/// How many have answered, and how many of them chose what: "5 have answered: A 2, B 3".
pub fn listed(answered: &str, each: &[String], lang: Lang) -> String {
    match lang {
        Lang::En => format!("{answered}: {}", each.join(", ")),
        Lang::Zh => format!("{answered}：{}", each.join("，")),
    }
}

/// How many chose an answer.
pub fn chose(count: u32, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{count} chose it"),
        Lang::Zh => format!("{count} 人选"),
    }
}

/// What was measured for a statement.
pub fn line(line: &Line, lang: Lang) -> String {
    let statement = line.statement;
    let (name, unit) = measure(&statement.of, lang);
    let end = match (statement.end, lang) {
        (None, _) => "",
        (Some(End::Server), Lang::En) => "server",
        (Some(End::Server), Lang::Zh) => "服务器",
        (Some(End::Client), Lang::En) => "client",
        (Some(End::Client), Lang::Zh) => "客户端",
    };
    let client = statement.client.map(|client| format!("#{client}"));
    let place = [client.as_deref().unwrap_or_default(), end].join(" ");
    let place = place.trim();
    let values = values(&line.measured, unit, lang);
    match (place, lang) {
        ("", Lang::En) => format!("{name}: {values}"),
        ("", Lang::Zh) => format!("{name}：{values}"),
        (_, Lang::En) => format!("{name} ({place}): {values}"),
        (_, Lang::Zh) => format!("{name}（{place}）：{values}"),
    }
}

/// What the items of a series are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes,
    /// Their values say nothing.
    Times,
    /// Numbers of connections.
    Connections,
    /// Numbers by which things are called.
    Numbers,
    /// A level: its extremes, and the last one.
    Level,
}

fn measure(measure: &Measure, lang: Lang) -> (&str, Unit) {
    let (en, zh, unit) = match measure {
        Measure::Arrivals => ("arrivals", "到达", Unit::Bytes),
        Measure::Reads => ("reads", "读取", Unit::Bytes),
        Measure::Asked => ("recv asked for", "recv 请求", Unit::Bytes),
        Measure::Sends => ("sends", "发送", Unit::Bytes),
        Measure::Bags => ("bags", "装袋", Unit::Bytes),
        Measure::Answers => ("answers", "回答", Unit::Bytes),
        Measure::Stamps => ("stamps", "时间戳", Unit::Bytes),
        Measure::Level => ("bytes waiting", "待读字节", Unit::Level),
        Measure::ReceiveQueue => ("receive queue", "接收队列", Unit::Level),
        Measure::Window => ("window", "通告窗口", Unit::Level),
        Measure::ReceiveMemory => ("receive buffer", "接收缓冲区", Unit::Level),
        Measure::Unsent => ("unsent", "未发出", Unit::Level),
        Measure::InFlight => ("in flight", "未确认", Unit::Level),
        Measure::Blocked => ("send blocked", "发送受阻", Unit::Times),
        Measure::Unblocked => ("send went on", "发送恢复", Unit::Times),
        Measure::EndsOfStream => ("end of stream", "流结束", Unit::Times),
        Measure::HalfCloses => ("half-close", "半关闭", Unit::Times),
        Measure::Resets => ("reset", "复位", Unit::Times),
        Measure::Unread => ("unread at close", "关闭时未读", Unit::Bytes),
        Measure::Compared => ("came back in order", "按原序返回", Unit::Bytes),
        Measure::Connecting => ("connect called", "调用 connect", Unit::Connections),
        Measure::Connects => ("connect returned", "connect 返回", Unit::Connections),
        Measure::Accepts => ("accept returned", "accept 返回", Unit::Connections),
        Measure::Waiting => ("accept queue", "accept 队列", Unit::Level),
        Measure::WaitingLimit => ("backlog in force", "生效的 backlog", Unit::Level),
        Measure::Calls { method, .. } => (&**method, &**method, Unit::Bytes),
        Measure::Failures { .. } => ("calls failed", "失败的调用", Unit::Times),
        Measure::Messages => ("messages", "消息", Unit::Bytes),
        Measure::CutMessages => ("messages cut by reads", "被读取切开的消息", Unit::Times),
        Measure::GluedMessages => (
            "messages read with the one before",
            "和前一条一起读到的消息",
            Unit::Times,
        ),
        Measure::Unframed => ("read and no message", "读到却不成消息", Unit::Bytes),
        Measure::HalfCharacters => ("half characters", "半个字符", Unit::Times),
        Measure::Unaccepted => ("waiting before accept", "accept 之前在等", Unit::Level),
        Measure::DatagramsSent => ("datagrams sent", "发送的数据报", Unit::Bytes),
        Measure::DatagramsReceived => ("recvfrom", "recvfrom", Unit::Bytes),
        Measure::DatagramsCut => ("cut off", "截掉", Unit::Bytes),
        Measure::DatagramsLost => ("datagrams lost", "丢失的数据报", Unit::Times),
        Measure::DatagramsLostOnRoad => ("lost on the road", "路上丢失", Unit::Times),
        Measure::DatagramsSettled => ("received or lost", "收到或丢失", Unit::Times),
        Measure::DatagramNumbers => ("numbers, as they came", "按到达顺序的编号", Unit::Numbers),
    };
    match lang {
        Lang::En => (en, unit),
        Lang::Zh => (zh, unit),
    }
}

/// So many items are written out.
const ITEMS_MAX: usize = 10;

fn values(measured: &Measured, unit: Unit, lang: Lang) -> String {
    let Measured { count, sum, .. } = *measured;
    let all = measured.items.len() as u64 == count && measured.items.len() <= ITEMS_MAX;
    let joined = |sign: &str, by: &str| {
        let items = measured.items.iter();
        let items: Vec<_> = items.map(|&it| format!("{sign}{}", number(it))).collect();
        items.join(by)
    };
    if count == 0 {
        return pick(lang, "none", "没有").into();
    }
    match unit {
        Unit::Level => level(measured, lang),
        Unit::Connections if all => joined("#", ", "),
        Unit::Numbers if all => joined("", pick(lang, ", ", "、")),
        Unit::Bytes if all && count > 1 => {
            let (items, sum) = (joined("", " + "), number(sum));
            let times = times(count, lang);
            match lang {
                Lang::En => format!("{times}, {items} = {sum} bytes"),
                Lang::Zh => format!("{times}，{items} = {sum} 字节"),
            }
        }
        Unit::Bytes => {
            let (times, sum) = (times(count, lang), number(sum));
            match lang {
                Lang::En => format!("{times}, {sum} bytes"),
                Lang::Zh => format!("{times}，共 {sum} 字节"),
            }
        }
        Unit::Times | Unit::Connections | Unit::Numbers => times(count, lang),
    }
}

fn level(measured: &Measured, lang: Lang) -> String {
    let (min, max) = (measured.min(), measured.max());
    let mut parts = Vec::new();
    match (min, max) {
        (Some(min), Some(max)) if min != max => parts.push(match lang {
            Lang::En => format!("{} to {}", number(min), number(max)),
            Lang::Zh => format!("{} 到 {}", number(min), number(max)),
        }),
        (Some(value), _) | (_, Some(value)) => parts.push(number(value)),
        (None, None) => {}
    }
    if let Some(last) = measured.last.filter(|_| min != max) {
        let last = number(last);
        parts.push(match lang {
            Lang::En => format!("at last {last}"),
            Lang::Zh => format!("最后 {last}"),
        });
    }
    parts.join(pick(lang, ", ", "，"))
}

fn times(count: u64, lang: Lang) -> String {
    let count_words = number(count);
    match lang {
        Lang::En if count == 1 => "once".into(),
        Lang::En => format!("{count_words} times"),
        Lang::Zh => format!("{count_words} 次"),
    }
}

fn pick(lang: Lang, en: &'static str, zh: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// Which answers are supported, for those who listen: "Answer 2: one read".
pub fn verdict(answer: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("The records show: {answer}"),
        Lang::Zh => format!("记录证实：{answer}"),
    }
}

/// Minutes and seconds: `12:34`; hours before them where there are some.
pub fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}
