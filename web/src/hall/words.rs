//! The words of the hall in both languages.

use protocol::{Hall, Right};
use scene::Lang;

use crate::language::labels;

labels! {
    Hall: "Hall", "课堂";
    HallTitle: "How guests come in (H)", "来宾如何加入（H）";
    Lecturing: "You lecture", "你在讲课";
    TakingPart: "You take part", "你在参与";
    Watching: "You watch", "你在观看";
    GuestsTakePart: "Guests take part", "来宾可以参与";
    GuestsWatch: "Guests only watch", "来宾只能观看";
    GuestsSeeBytes: "They see what is sent.", "他们看得到发送的内容。";
    GuestsSeeLengths: "They see lengths, not bytes.", "他们只看得到长度，看不到内容。";
    OnTheWall: "What you send is shown on the wall.", "你发送的内容会显示在大屏幕上。";
    OnTheWallOnly: "What you send is shown on the wall; guests see only its length.", "你发送的内容会显示在大屏幕上，来宾只看得到长度。";
    YouSeeLengths: "You see lengths, not bytes.", "你只看得到长度，看不到内容。";
    LecturerDrives: "The lecturer drives.", "由讲师操作。";
    OnlyLecturer: "Only the lecturer does that here.", "这里只有讲师可以这样做。";
    ScanOrType: "Scan, or type into a browser:", "扫码，或在浏览器里输入：";
    SameNetwork: "On the same network as this computer.", "须与这台电脑在同一网络。";
    Programs: "For programs:", "程序连接：";
    NoAddress: "No address is known for guests: start again with --hall-address ADDR.", "不知道来宾可用的地址：请用 --hall-address ADDR 重新启动。";
}

/// Who somebody is here.
pub fn role(right: Right) -> Label {
    match right {
        Right::Lecturer => Label::Lecturing,
        Right::Participant => Label::TakingPart,
        Right::Viewer => Label::Watching,
    }
}

/// Who can see what, in one line.
pub fn who_sees(hall: &Hall, lang: Lang) -> String {
    let sees = match (hall.right, hall.bytes_hidden) {
        (Right::Lecturer, true) => Label::GuestsSeeLengths,
        (Right::Lecturer, false) => Label::GuestsSeeBytes,
        (Right::Participant, true) => Label::OnTheWallOnly,
        (Right::Participant, false) => Label::OnTheWall,
        (Right::Viewer, true) => Label::YouSeeLengths,
        (Right::Viewer, false) => Label::LecturerDrives,
    }
    .text(lang);
    if hall.right < Right::Lecturer {
        return sees.into();
    }
    let may = match hall.guests {
        Some(Right::Viewer) => Label::GuestsWatch,
        _ => Label::GuestsTakePart,
    };
    let stop = match lang {
        Lang::En => ". ",
        Lang::Zh => "。",
    };
    [may.text(lang), stop, sees].concat()
}

/// What the picture of the code is, for those who do not see it.
pub fn code_of(page: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("QR code of {page}"),
        Lang::Zh => format!("{page} 的二维码"),
    }
}
