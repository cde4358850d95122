//! The words that stand on the stage.

use protocol::Source;

use crate::Lang;

/// A word or two on the stage or beside the rulers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the English words themselves
pub enum Label {
    Client,
    Network,
    Kernel,
    Program,
    Measured,
    Derived,
    Unavailable,
    Sent,
    Received,
    SentRow,
    ArrivedRow,
    ReadRow,
    BaggedRow,
    AnsweredRow,
    SomebodyElse,
    SomebodyElse2,
    NotYetHere,
    CannotGoOn,
    NeverArrived,
    End,
    ReceiveBuffer,
    SendBuffer,
    Window,
    Shut,
    KernelMemory,
    NotAccepted,
    NotAccepted2,
    Bag,
    Of,
    NoBag,
    NoBag2,
    OnHold,
    ResetByClient,
    ResetByServer,
    Closed,
    EdgeGone,
    Byte,
    Bytes,
    Now,
    State,
    OnTheWay,
    NobodyTells,
    Forgotten,
    CutCharacters,
    UnknownBytes,
    LogTime,
    SeenAt,
    NotShownYet,
    Latest,
    NobodyYet,
}

impl Label {
    /// The words.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Label::Client => ("Client", "客户端"),
            Label::Network => ("Network", "网络"),
            Label::Kernel => ("Kernel", "内核"),
            Label::Program => ("Server program", "服务程序"),
            Label::Measured => ("measured", "实测"),
            Label::Derived => ("derived", "推算"),
            Label::Unavailable => ("unavailable", "无法得知"),
            Label::Sent => ("sent", "已发送"),
            Label::SentRow => ("Sent", "发送"),
            Label::ArrivedRow => ("Arrived", "到达"),
            Label::ReadRow => ("Read", "读取"),
            Label::BaggedRow => ("Bagged", "装袋"),
            Label::AnsweredRow => ("Answered", "回答"),
            Label::Received => ("received", "已收到"),
            Label::SomebodyElse => ("somebody", "别人的程序，"),
            Label::SomebodyElse2 => ("else's program", "发送情况未知"),
            Label::NotYetHere => ("sent, not yet here", "已发出，未到达"),
            Label::CannotGoOn => ("sent, cannot go on", "已发出，进不来"),
            Label::NeverArrived => ("sent, never arrived", "已发出，没有到"),
            Label::End => ("end", "完"),
            Label::ReceiveBuffer => ("Receive buffer", "接收缓冲区"),
            Label::SendBuffer => ("Send buffer", "发送缓冲区"),
            Label::Window => ("window", "窗口"),
            Label::Shut => ("shut", "已关闭"),
            Label::KernelMemory => ("kernel memory", "内核内存"),
            Label::NotAccepted => ("In the accept queue:", "在全连接队列里："),
            Label::NotAccepted2 => ("nobody has called accept yet", "还没有人调用 accept"),
            Label::Bag => ("Bag", "袋子"),
            Label::Of => ("of", "/"),
            Label::NoBag => ("no bag:", "不装袋："),
            Label::NoBag2 => ("each recv is answered", "每次 recv 都回答"),
            Label::OnHold => ("on hold", "暂停读"),
            Label::ResetByClient => ("reset by client", "客户端复位"),
            Label::ResetByServer => ("reset by server", "服务器复位"),
            Label::Closed => ("closed", "已关闭"),
            Label::EdgeGone => ("an edge that is gone", "消失的边界"),
            Label::Byte => ("byte", "字节"),
            Label::Bytes => ("Bytes", "字节"),
            Label::Now => ("Now", "现在"),
            Label::State => ("State", "状态"),
            Label::OnTheWay => ("On the way", "在路上"),
            Label::NobodyTells => ("nobody tells", "无从得知"),
            Label::Forgotten => ("forgotten", "已忘记"),
            Label::CutCharacters => ("Cut characters", "被切开的字符"),
            Label::UnknownBytes => ("Unknown", "未知"),
            Label::LogTime => ("Log time", "记录时间"),
            Label::SeenAt => ("Seen at", "观察处"),
            Label::NotShownYet => ("recorded, not shown yet", "已记录，尚未播放"),
            Label::Latest => ("latest", "最新"),
            Label::NobodyYet => ("Nobody is connected.", "还没有连接。"),
        };
        match lang {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}

/// How a value is known, in a word.
#[must_use]
pub fn source_name(source: Source, lang: Lang) -> &'static str {
    match source {
        Source::Measured => Label::Measured,
        Source::Derived => Label::Derived,
        Source::Unavailable => Label::Unavailable,
    }
    .text(lang)
}
