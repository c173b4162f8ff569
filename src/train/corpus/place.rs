//! Names of places: real ones, and many more that nobody has heard of, so that names are copied and never remembered.

use std::sync::LazyLock;

use crate::train::corpus::Tongue;
use crate::train::corpus::dice::Dice;

static REAL_ZH: LazyLock<Vec<&str>> = LazyLock::new(|| CITIES_ZH.split_whitespace().collect());
static REAL_EN: LazyLock<Vec<&str>> = LazyLock::new(|| CITIES_EN.trim().split(',').collect());
/// The characters of Chinese names: those of the real ones, and more.
static CHARACTERS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut all: Vec<char> = REAL_ZH.concat().chars().chain(MORE.chars()).collect();
    all.sort_unstable();
    all.dedup();
    all
});

const CITIES_ZH: &str = include_str!("cities_zh.txt");
const CITIES_EN: &str = include_str!("cities_en.txt");
/// Family names, landscape, plants, animals, numbers.
const MORE: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶黎溪岭峰桥塘湾沙滩岩洞泉河湖海港口店铺坪坝冲坡头尾角桃杏竹兰菊莲荷松柏枫桂樱槐榆青白红绿紫蓝灰黑银铁铜玉珠宝珍翠碧丹霞光辉月星辰晨曦虹雁鹿鹤鹰燕雀鱼虾蟹龟蛇虎豹狮象猴鸡鸭牛羊远近新旧古今上下左右前后内外东西南北中大小长短高低深浅一二三四五六七八九十百千";
/// Endings of what is not a city.
const ENDINGS_ZH: [&str; 28] = [
    "市", "县", "镇", "区", "村", "岛", "山", "湾", "州", "城", "港", "乡", "堡", "湖", "川", "江",
    "谷", "溪", "渡", "坞", "峡", "洲", "埠", "寨", "屯", "桥", "浦", "滩",
];
/// Names of one language that a prompt in the other may hold are this rare, of a hundred.
const FOREIGN: usize = 4;
const RARE: usize = 4;

/// Picks or invents the name of a place.
pub(super) fn place(tongue: Tongue, dice: &mut Dice) -> String {
    let tongue = if dice.percent(FOREIGN) {
        tongue.other()
    } else {
        tongue
    };
    let real = dice.percent(40);
    match tongue {
        Tongue::Zh if real => dice.word(&REAL_ZH).to_owned(),
        Tongue::En if real => cased(dice.word(&REAL_EN), dice),
        Tongue::Zh => invented_zh(dice),
        Tongue::En => {
            let name = invented_en(dice);
            cased(&name, dice)
        }
    }
}

/// Returns the characters that Chinese names are made of.
pub fn characters() -> impl Iterator<Item = char> {
    CHARACTERS.iter().copied()
}

fn invented_zh(dice: &mut Dice) -> String {
    let rare = dice.percent(RARE);
    let length = 1 + dice.weighted(&[2, 60, 30, 8]);
    let mut name: String = (0..length)
        .filter_map(|_| {
            if rare && dice.percent(50) {
                // Any of the CJK unified ideographs: most are no token and go by their bytes.
                char::from_u32(0x4E00 + u32::try_from(dice.below(0x51A5)).ok()?)
            } else {
                dice.pick(&CHARACTERS).copied()
            }
        })
        .collect();
    if dice.percent(30) {
        name.push_str(dice.word(&ENDINGS_ZH));
    }
    name
}

fn invented_en(dice: &mut Dice) -> String {
    const ONSETS: [&str; 40] = [
        "b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kr", "l", "m",
        "n", "p", "pr", "qu", "r", "s", "sh", "sk", "st", "str", "t", "th", "tr", "v", "w", "wh",
        "x", "y", "z", "", "", "gl", "sp",
    ];
    const VOWELS: [&str; 18] = [
        "a", "e", "i", "o", "u", "ae", "ai", "ea", "ee", "ei", "ia", "io", "oa", "oo", "ou", "y",
        "ü", "é",
    ];
    const CODAS: [&str; 26] = [
        "", "", "", "", "n", "r", "l", "s", "t", "m", "ck", "ld", "nd", "ng", "nt", "rk", "rn",
        "rt", "st", "sk", "th", "x", "z", "p", "d", "g",
    ];
    const ENDINGS: [&str; 40] = [
        "ton", "ville", "burg", "ford", "ham", "stad", "grad", "polis", "mouth", "field", "port",
        "berg", "dale", "wick", "shire", "land", "bury", "haven", "by", "ia", "sk", "abad", "pur",
        "ley", "water", "gate", "mere", "bay", "moor", "wood", "bridge", "brook", "stone", "cliff",
        "marsh", "hill", "cross", "den", "worth", "well",
    ];
    /// Names made of words: their letters are found elsewhere too, and must not be finished from memory.
    const BEGINNINGS: [&str; 32] = [
        "oak", "fox", "black", "silver", "stone", "raven", "north", "south", "elm", "iron",
        "thorn", "crow", "amber", "glen", "salt", "grey", "winter", "birch", "copper", "swan",
        "long", "high", "dun", "kel", "hart", "hazel", "lark", "bram", "wolf", "green", "mill",
        "king",
    ];
    const BEFORE: [&str; 14] = [
        "New", "San", "Port", "Saint", "Upper", "North", "Lake", "Fort", "El", "Old", "Mount",
        "St.", "West", "Los",
    ];
    let mut name = String::new();
    let words = dice.percent(25);
    if words {
        name += dice.word(&BEGINNINGS);
    }
    let syllables = if words {
        0
    } else {
        1 + dice.weighted(&[20, 60, 20])
    };
    for _ in 0..syllables {
        name += dice.word(&ONSETS);
        let vowels = if dice.percent(96) {
            &VOWELS[..16]
        } else {
            &VOWELS[16..]
        };
        name += dice.word(vowels);
        name += dice.word(&CODAS);
    }
    if words || dice.percent(25) {
        name += dice.word(&ENDINGS);
    }
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    name = first.chain(letters.as_str().chars()).collect();
    match dice.below(20) {
        0 | 1 => format!("{} {name}", dice.word(&BEFORE)),
        2 => format!("{name}-{}", dice.word(&["upon", "Sur", "sur", "on", "am"])) + "-Sea",
        3 => format!(
            "{name} {}",
            dice.word(&[
                "City", "Bay", "Falls", "Island", "Beach", "Valley", "Springs", "Hill", "Harbor",
                "Cove", "Point", "Creek", "Ridge",
            ])
        ),
        _ => name,
    }
}

/// People do not always write capitals.
fn cased(name: &str, dice: &mut Dice) -> String {
    match dice.below(40) {
        0 | 1 => name.to_lowercase(),
        2 => name.to_uppercase(),
        _ => name.to_owned(),
    }
}
