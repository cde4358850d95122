//! The words of the hall's audience, in both languages.

use protocol::Audience;
use scene::Lang;

use crate::language::labels;

labels! {
    Together: "With the lecturer", "与讲者同步";
    Follows: "You follow the lecturer.", "你正跟着讲者看。";
    LookAround: "Look around", "自己看";
    LookAroundTitle: "Let go and look around by yourself (G)", "不再跟随，自己看（G）";
    LooksAround: "You look around by yourself.", "你正在自己看。";
    Follow: "Follow the lecturer", "跟随讲者";
    FollowTitle: "Go to where the lecturer is, and stay there (G)", "回到讲者所在的时刻并跟随（G）";
    Alone: "Nobody watches yet.", "还没有人在看。";
}

/// How many watch, and how.
pub fn watching(audience: Audience, lang: Lang) -> String {
    let Audience { watching, let_go } = audience;
    match (watching, let_go, lang) {
        (0, _, _) => Label::Alone.text(lang).to_owned(),
        (1, 0, Lang::En) => "1 watches".to_owned(),
        (_, 0, Lang::En) => format!("{watching} watch"),
        (1, _, Lang::En) => "1 watches, looking around".to_owned(),
        (_, 1, Lang::En) => format!("{watching} watch, 1 looks around"),
        (_, _, Lang::En) => format!("{watching} watch, {let_go} look around"),
        (_, 0, Lang::Zh) => format!("{watching} 人在看"),
        (_, _, Lang::Zh) => format!("{watching} 人在看，其中 {let_go} 人自己看"),
    }
}
