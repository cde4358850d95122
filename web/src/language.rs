//! The words of the panels in both languages. What is drawn or told of events stands in `scene`.

use model::{Mark, Mode};
use protocol::{Conn, RecordingFault};
use scene::{
    Lang, Look, Picture,
    words::{mark_name, number},
};

use crate::{app::Happening, source::Fault, view::Notice, wish::Complaint};

macro_rules! labels {
    ($($name:ident: $en:literal, $zh:literal;)*) => {
        /// A text that does not depend on any number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Label { $(#[doc = $en] $name),* }

        impl Label {
            /// The text.
            pub fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Label::$name, Lang::En) => $en, (Label::$name, Lang::Zh) => $zh,)*
                }
            }
        }
    };
}

pub(crate) use labels;

labels! {
    OtherLanguage: "中文", "English";
    Look: "Look", "外观";
    LookLight: "Light", "浅色";
    LookDark: "Dark", "深色";
    LookProjector: "Projector", "投影";
    Picture: "Picture", "画面";
    PictureBelt: "Belt", "传送带";
    PictureCut: "Cut", "切分";
    PictureSteps: "Steps", "九步";
    PictureCourier: "Courier", "快递";
    All: "All", "全部";
    AllTitle: "All connections (A)", "全部连接（A）";
    Keys: "Keys", "快捷键";
    KeysTitle: "Keys (?)", "快捷键（?）";
    KeySpace: "space", "空格";
    KeyPause: "pause, go on", "暂停，继续";
    KeyStep: "one event back, forward", "后退、前进一个事件";
    KeyTenth: "0.1 s back, forward", "后退、前进 0.1 秒";
    KeySecond: "1 s back, forward", "后退、前进 1 秒";
    KeyTen: "10 s back, forward", "后退、前进 10 秒";
    KeyDigits: "to a tenth of all", "跳到全程的十分之几";
    KeyHome: "to the beginning", "回到开头";
    KeyEnd: "live", "回到现场";
    KeySpeed: "slower, faster", "放慢、加快";
    KeyMarkers: "marker before, next marker", "上一个、下一个标记";
    KeyMark: "set a marker", "设标记";
    KeyPages: "a clicker: your markers, else events", "翻页器：自设标记，没有则逐事件";
    KeyZoom: "look closer, wider, at the bar of time", "放大、缩小时间条";
    KeyConn: "next, previous connection", "下一个、上一个连接";
    KeySteps: "the nine steps, from socket to close", "从 socket 到 close 的九步";
    KeyPicture: "belt or cut, at the same moment", "传送带或切分，同一时刻";
    KeyAll: "all connections, and back", "全部连接，再按返回";
    KeyLook: "light, dark, projector", "浅色、深色、投影";
    KeyLessons: "lessons; lecture view", "课程；讲课视图";
    KeyTogether: "follow the lecturer, or look around", "跟随讲者，或自己看";
    KeyBlank: "blank screen; any key brings it back", "黑屏，按任意键恢复";
    KeyFull: "full screen", "全屏";
    KeySheet: "this list", "本列表";
    KeyTab: "from control to control, and in tabs and pictures", "在控件间，以及标签和画面里移动";
    KeyEscape: "close what is open", "关闭打开的东西";
    Close2: "Close", "关闭";
    Blank: "The screen is blank. Any key or a click brings it back.", "屏幕已黑。按任意键或点击恢复。";
    Panels: "Panels", "面板";
    PanelRulers: "Rulers", "尺";
    PanelLevel: "Level", "水位";
    Parts: "Parts of the picture", "画面的各部分";
    CutMarked: "Dashed: a character that is cut in pieces", "虚线：被切开的字符";
    SkipToEvents: "Skip to the events", "跳到事件";
    Connections: "Connections", "连接";
    Desk: "Accept queue", "accept 队列";
    Idle: "idle", "空闲";
    Closed: "closed", "已关闭";
    Ours: "our client", "自带客户端";
    Stage: "The belt of the connection in focus", "所选连接的传送带";
    StageCourier: "Datagrams: parcels that motorcycles carry one by one", "数据报：摩托车一次运送一个包裹";
    StageSteps: "The nine steps from socket to close, in two lanes", "从 socket 到 close 的九步，分两条泳道";
    StageCut: "The bytes of the connection in focus and how they are cut", "所选连接的字节和它们的切分";
    Time: "Time", "时间";
    Pause: "Pause (space)", "暂停（空格）";
    Play: "Play (space)", "播放（空格）";
    StepBack: "Step back", "后退一步";
    StepForward: "Step forward", "前进一步";
    SecondHere: "1 s here", "这里 1 秒";
    Timeline: "Bar of time", "时间条";
    ZoomIn: "Look closer (+)", "放大（+）";
    ZoomOut: "Look wider (−)", "缩小（−）";
    Speed: "Speed", "速度";
    SpeedPaced: "paced: time to see", "看得清的速度";
    SpeedReal: "real time", "真实速度";
    Stops: "Pause when…", "遇到时暂停";
    StopsTitle: "Pause me when…", "遇到以下情况时暂停";
    Markers: "Markers", "标记";
    Marker: "Marker", "标记";
    MarkerName: "Name of the marker", "标记的名称";
    SetMarker: "Set a marker here (M)", "在此设标记（M）";
    GoThere: "Go there", "跳到这里";
    Remove: "Remove", "删除";
    Forgotten: "What was shown here is forgotten: the log keeps only so much. The show stands at the earliest record kept.", "刚才放的那段已被忘记：日志长度有限。现在停在最早保留的记录。";
    Paused: "paused", "已暂停";
    BehindLive: "behind live", "落后于现场";
    AllShown: "all is shown", "已全部播放";
    NothingRecorded: "nothing is recorded yet", "还没有记录";
    GoLive: "Go live", "回到现场";
    GoToEnd: "To the end", "到末尾";
    BeforeEnd: "before the end", "距末尾";
    Rulers: "The same bytes, cut four ways", "同一串字节，四种切法";
    LostEdge: "an edge that is gone", "消失的边界";
    RulerSent: "Sent", "发送";
    RulerArrived: "Arrived", "到达";
    RulerRead: "Read", "读取";
    RulerBagged: "Bagged", "装袋";
    Events: "Events", "事件";
    Code: "Code", "代码";
    Values: "Values", "数值";
    Reply: "Reply", "回复";
    Methods: "Methods", "方法";
    Kinds: "Kinds", "种类";
    Kind: "Kind", "种类";
    KindFacts: "all but samples", "除采样外全部";
    KindAll: "all", "全部";
    FilterConn: "Connection", "连接";
    ConnAll: "all connections", "全部连接";
    ColumnTime: "Time, s", "时间（秒）";
    ColumnConn: "Connection", "连接";
    ColumnWords: "What happened", "发生了什么";
    ColumnSource: "Known how", "来源";
    NoEvents: "Nothing has been shown yet.", "还没有播放过事件。";
    NoValues: "No connection is in focus.", "没有选中的连接。";
    ValueSent: "sent", "已发送";
    ValueOnTheWay: "on the way", "在路上";
    ValueArrived: "arrived", "已到达";
    ValueSegments: "segments", "段数";
    ValueWaiting: "waiting", "待读";
    ValueWindow: "window", "窗口";
    ValueMemory: "memory", "内核内存";
    ValueRead: "read", "已读取";
    ValueReads: "reads", "读取次数";
    ValueBagged: "bagged", "已装袋";
    ValueAnswered: "answered", "已回答";
    ValueStamp: "stamps", "时间戳";
    ValueUnsent: "unsent", "未发出";
    ValueInFlight: "in flight", "未确认";
    ValueRtt: "round trip", "往返时间";
    ValueState: "TCP state", "TCP 状态";
    ValueLost: "records lost", "丢失的记录";
    NotKnown: "not known", "未知";
    NotSeen: "not seen", "未看到";
    NothingYet: "nothing yet", "还没有";
    Controls: "Controls", "控制";
    TakePart: "Take part", "参与";
    GuestsAsk: "The lecturer drives; your own programs can connect.", "由讲师操作，你可以用自己的程序连接。";
    CloseControls: "Close the controls", "关闭控制";
    Scope: "For", "对象";
    ScopeServer: "all connections", "全部连接";
    ScopeServerTitle: "The server: connections that are open, and those to come", "服务器：已有的和以后的全部连接";
    ScopeConn: "only", "仅";
    Reading: "Read", "读取";
    WhenArrival: "on arrival", "到达即读";
    WhenQueued: "when queued:", "攒够再读：";
    WhenHeld: "held", "暂停";
    QueuedBytes: "bytes to wait for", "要攒的字节数";
    Hold: "Hold reading", "暂停读取";
    Resume: "Resume reading", "继续读取";
    Bufsize: "BUFSIZE, bytes", "BUFSIZE（字节）";
    BufsizeTitle: "The most bytes that one recv returns", "一次 recv 最多返回的字节数";
    PauseBefore: "pause", "停顿";
    PauseTitle: "Milliseconds before each recv", "每次 recv 前等待的毫秒数";
    Millis: "ms", "毫秒";
    Bag: "bag", "装袋";
    BagTitle: "Bytes collected and answered at once; empty: each read is answered", "攒够这些字节才回答一次；留空：每次读取都回答";
    NoBag: "none", "无";
    Framing: "framing", "拆包";
    NoFraming: "no framing", "不拆包";
    ByLines: "lines", "按行";
    ByLength: "length", "长度";
    ByFixed: "fixed", "定长";
    Tutorial: "Tutorial settings", "教程设置";
    TutorialTitle: "Read on arrival, BUFSIZE 1024, no pause, no bag", "到达即读，BUFSIZE 1024，不停顿，不装袋";
    SendBatches: "Send", "发送";
    Batches: "Batches, bytes", "各批字节数";
    SendTitleNew: "Connects a new client and sends", "接入一个新客户端并发送";
    SendTitleOpen: "The client in focus sends", "由所选的客户端发送";
    Spacing: "Next batch", "下一批";
    SpacingRecorded: "when recorded", "记录后再发";
    SpacingGap: "after a gap of", "间隔";
    EndHere: "End", "结束";
    EndOfServer: "server", "服务器端";
    EndOfClient: "client", "客户端";
    Close: "Close", "关闭";
    Reset: "Reset", "复位";
    Join: "Join", "连接";
    JoinWith: "Program", "程序";
    Copy: "Copy", "复制";
    Copied: "Copied", "已复制";
    Selected: "Selected: copy it now", "已选中，请复制";
    Backlog: "backlog, places less one", "backlog，等待位数减一";
    BacklogTitle: "What listen is asked for: one connection more may wait for accept", "向 listen 请求的长度：可等待 accept 的连接比它多一个";
    OneAtATime: "one client at a time", "一次只服务一个客户端";
    AskedMark: "asked…", "已请求……";
    BigButtonSends: "20 + 50 + 30", "20 + 50 + 30";
    BigButtonBag: "one bag of 100", "一袋 100";
    BigButtonHint: "A client of our own sends; the server waits for 100 bytes and bags 100.", "接入自带客户端。服务器攒够 100 字节再读，装一袋 100。";
    BigButtonBack: "The controls change it back.", "可在控制里改回。";
    Connecting: "Connecting to the relay…", "正在连接中继……";
    LostRelay: "The relay is silent. What you see may be old. Trying to reach it again…", "中继没有声音，画面可能已过时。正在重新连接……";
    Resumed: "The relay is heard again. The show goes on where it was.", "又听到中继了，从断处继续。";
    NewRun: "The relay was started anew: a new show begins.", "中继已重新启动：新的一场开始了。";
    FirstOnly: "Several files: only the first is opened.", "有多个文件，只打开第一个。";
    CutShort: "The last line of the recording was cut short and is left out.", "记录的最后一行不完整，已略去。";
    NoSuchRecording: "The link names a recording that is not here.", "链接里的记录不在这里。";
    OtherRun: "The link names a moment of another run: it cannot be shown here.", "链接里的时刻属于另一次运行，这里无法显示。";
    BadLink: "A part of the link makes no sense and is left out.", "链接有一部分看不懂，已略去。";
    LinkCopied: "The link is copied.", "链接已复制。";
    LinkSelected: "The link is selected: copy it now.", "链接已选中，请复制。";
    NoFilm: "This browser cannot record films.", "这个浏览器不能录制视频。";
    Film: "Recording a film…", "正在录制视频……";
    StopFilm: "Stop", "停止";
    Recordings: "Recordings", "记录";
    Lessons: "Lessons", "课程";
    LessonsTitle: "Lessons (T)", "课程（T）";
    OpenFile: "Open a file…", "打开文件……";
    OrDrop: "or drop a file anywhere on the page", "或把文件拖到页面任何地方";
    DropHere: "Drop to open", "松开即打开";
    BackToLive: "Live", "现场";
    Download: "Download the records so far", "下载到目前为止的记录";
    StartRecording: "Record to disk", "开始录到磁盘";
    StopRecording: "Stop recording", "停止录制";
    ThisMoment: "This moment", "此刻";
    CopyLink: "Copy link", "复制链接";
    LinkHere: "Link to this moment", "此刻的链接";
    Size: "Size", "尺寸";
    AsSeen: "as seen", "与所见相同";
    MakeFilm: "Film from here", "从此处录视频";
    Length: "Length", "时长";
    UntilStopped: "until stopped", "直到停止";
    Seconds: "s", "秒";
    Png: "PNG", "PNG";
    Svg: "SVG", "SVG";
    NobodyToAsk: "This is a recording: there is nobody to ask.", "这是一份记录，没有可以请求的对象。";
    Reload: "Reload", "重新载入";
    NotANumber: "Whole numbers only", "只能填整数";
    NotHeard: "The relay is not heard: nothing was asked.", "听不到中继，没有发出请求。";
}

/// The name of a look.
pub fn look_name(look: Look, lang: Lang) -> &'static str {
    match look {
        Look::Light => Label::LookLight,
        Look::Dark => Label::LookDark,
        Look::Projector => Label::LookProjector,
    }
    .text(lang)
}

/// The name of a picture.
pub fn picture_name(picture: Picture, lang: Lang) -> &'static str {
    match picture {
        Picture::Belt => Label::PictureBelt,
        Picture::Cut => Label::PictureCut,
        Picture::All => Label::All,
        Picture::Steps => Label::PictureSteps,
        Picture::Courier => Label::PictureCourier,
    }
    .text(lang)
}

/// Bytes that are not written out.
pub fn more_bytes(bytes: u64, lang: Lang) -> String {
    let bytes = number(bytes);
    match lang {
        Lang::En => format!("… and {bytes} more bytes"),
        Lang::Zh => format!("……还有 {bytes} 个字节"),
    }
}

/// Where the show stands, for those who listen.
pub fn paused(caption: &str, lang: Lang) -> String {
    let paused = Label::Paused.text(lang);
    match lang {
        Lang::En => format!("{paused}: {caption}"),
        Lang::Zh => format!("{paused}：{caption}"),
    }
}

/// A speed, as somebody chooses it.
pub fn speed(mode: Mode, lang: Lang) -> String {
    match mode {
        Mode::Slow { divisor } if divisor > 1.0 => format!("1/{}", number(divisor as u64)),
        Mode::Slow { divisor } if divisor < 1.0 => format!("{}×", (1.0 / divisor).round() as u64),
        Mode::Slow { .. } | Mode::Following => Label::SpeedReal.text(lang).into(),
        Mode::Paced => Label::SpeedPaced.text(lang).into(),
    }
}

/// Why the show paused by itself: "window 0, #2".
pub fn stopped(mark: Mark, conn: Option<Conn>, lang: Lang) -> String {
    let mark = mark_name(mark, lang);
    match (conn, lang) {
        (None, _) => mark.into(),
        (Some(conn), Lang::En) => format!("{mark}, {conn}"),
        (Some(conn), Lang::Zh) => format!("{mark}，{conn}"),
    }
}

/// What the picture of all connections shows.
pub fn connections(count: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("All connections: {count}"),
        Lang::Zh => format!("全部连接：{count} 个"),
    }
}

/// How many of the accept queue's places are taken.
pub fn at_the_desk(queued: Option<u32>, lang: Lang) -> String {
    match (queued, lang) {
        (Some(queued), Lang::En) => format!("{queued} at the desk"),
        (Some(queued), Lang::Zh) => format!("{queued} 个在门口"),
        (None, Lang::En) => "the desk".into(),
        (None, Lang::Zh) => "门口".into(),
    }
}

/// What the desk is.
pub fn places(places: u32, lang: Lang) -> String {
    match lang {
        Lang::En => format!("accept queue, {places} places"),
        Lang::Zh => format!("等待 accept，共 {places} 位"),
    }
}

/// Bytes that wait to be read.
pub fn waiting(bytes: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{bytes} waiting"),
        Lang::Zh => format!("{bytes} 待读"),
    }
}

/// How much is stretched: the other half of "1 s here".
pub fn is_real(duration: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("= {duration} real"),
        Lang::Zh => format!("= 实际 {duration}"),
    }
}

/// What the page itself has to tell.
pub fn notice(notice: Notice, lang: Lang) -> String {
    match (notice, lang) {
        (Notice::Connecting, _) => Label::Connecting.text(lang).into(),
        (Notice::Lost, _) => Label::LostRelay.text(lang).into(),
        (Notice::Happened(happening), _) => happened(happening).text(lang).into(),
        (Notice::Film, _) => Label::Film.text(lang).into(),
        (Notice::Reading(percent), _) => reading(percent, lang),
        (Notice::Unreadable(fault), _) => unreadable(fault, lang),
        (Notice::RecordingFailed(fault), _) => recording_failed(fault, lang),
        (Notice::OtherVersion(found), Lang::En) => format!(
            "The relay speaks version {found} of the records, this page version {}. Load the page that belongs to it.",
            protocol::wire::VERSION
        ),
        (Notice::OtherVersion(found), Lang::Zh) => format!(
            "中继用的是第 {found} 版记录格式，本页是第 {} 版。请载入与它配套的页面。",
            protocol::wire::VERSION
        ),
        (Notice::Gap(records), Lang::En) => {
            format!("{records} records were lost on the way to this page. Counts are exact again.")
        }
        (Notice::Gap(records), Lang::Zh) => {
            format!("有 {records} 条记录没能到达本页。计数现在又准确了。")
        }
    }
}

fn happened(happening: Happening) -> Label {
    match happening {
        Happening::Resumed => Label::Resumed,
        Happening::NewRun => Label::NewRun,
        Happening::Forgotten => Label::Forgotten,
        Happening::FirstOnly => Label::FirstOnly,
        Happening::CutShort => Label::CutShort,
        Happening::NoSuchRecording => Label::NoSuchRecording,
        Happening::OtherRun => Label::OtherRun,
        Happening::BadLink => Label::BadLink,
        Happening::Copied => Label::LinkCopied,
        Happening::Selected => Label::LinkSelected,
        Happening::NoFilm => Label::NoFilm,
    }
}

fn reading(percent: Option<u8>, lang: Lang) -> String {
    let percent = percent.map_or(String::new(), |percent| format!(" {percent} %"));
    match lang {
        Lang::En => format!("Reading the recording…{percent}"),
        Lang::Zh => format!("正在读取记录……{percent}"),
    }
}

fn unreadable(fault: Fault, lang: Lang) -> String {
    let why = fault.why.text(lang);
    match (fault.line, lang) {
        (0, _) => why.to_owned(),
        (line, Lang::En) => format!("Line {line}: {why} What was read up to there is shown."),
        (line, Lang::Zh) => format!("第 {line} 行：{why}之前读到的内容照常显示。"),
    }
}

fn recording_failed(fault: RecordingFault, lang: Lang) -> String {
    match (fault, lang) {
        (RecordingFault::DiskFull, Lang::En) => {
            "The disk is full: the recording has ended. The relay goes on.".into()
        }
        (RecordingFault::DiskFull, Lang::Zh) => "磁盘已满，录制已结束。中继照常运行。".into(),
        (RecordingFault::SizeReached, Lang::En) => {
            "The recording has reached its size and has ended, whole.".into()
        }
        (RecordingFault::SizeReached, Lang::Zh) => "录制已达上限，完整结束。".into(),
        (RecordingFault::Io(errno), Lang::En) => {
            format!("The recording has ended: error {errno} of the system. The relay goes on.")
        }
        (RecordingFault::Io(errno), Lang::Zh) => {
            format!("录制已结束：系统错误 {errno}。中继照常运行。")
        }
    }
}

/// A length of a file.
pub fn file_size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// Why a wish came to nothing.
pub fn complaint(complaint: Complaint, lang: Lang) -> String {
    match complaint {
        Complaint::NotANumber => Label::NotANumber.text(lang).into(),
        Complaint::NotHeard => Label::NotHeard.text(lang).into(),
        Complaint::Refused(refusal) => scene::words::refusal(&refusal, lang),
    }
}
