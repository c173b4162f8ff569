use super::*;
use crate::report::text::Lang;
use crate::report::{fixture, layout};

fn view(width: usize, lang: Lang) -> View {
    View {
        width,
        lang,
        history: Some(fixture::history()),
        ..View::plain()
    }
}

fn print(name: &str, facts: &Facts, view: &View) {
    std::fs::write(format!("/tmp/rp/{name}"), terminal(facts, view)).unwrap();
}

#[test]
fn look() {
    for width in [80, 60, 40] {
        for lang in [Lang::En, Lang::Zh] {
            print(
                &format!("w-{width}-{lang:?}"),
                &fixture::weather(),
                &view(width, lang),
            );
            print(
                &format!("t-{width}-{lang:?}"),
                &fixture::troubled(),
                &view(width, lang),
            );
        }
    }
    let v = View {
        verbose: 1,
        ..view(80, Lang::En)
    };
    print("v-80", &fixture::weather(), &v);
    print("e-80", &fixture::empty(), &view(80, Lang::En));
    let f = fixture::weather();
    std::fs::write(
        "/tmp/rp/json",
        crate::report::json(&[fixture::troubled()], 4, &[]),
    )
    .unwrap();
    std::fs::write(
        "/tmp/rp/case",
        crate::report::case(&f, &fixture::case_id(8), &v).unwrap(),
    )
    .unwrap();
    std::fs::write(
        "/tmp/rp/failed",
        crate::report::failed(&fixture::troubled(), &view(80, Lang::En)),
    )
    .unwrap();
    let mut a = f.clone();
    a.number = 5;
    a.results[8] = fixture::row(&crate::domain::Variant::UNSUFFIXED, 8, true);
    a.results[0] = fixture::row(&crate::domain::Variant::UNSUFFIXED, 0, false);
    std::fs::write(
        "/tmp/rp/diff",
        crate::report::diff(&a, &f, &fixture::since_previous(), &view(80, Lang::En)),
    )
    .unwrap();
    std::fs::write(
        "/tmp/rp/diffv",
        crate::report::diff(&a, &f, &fixture::since_previous(), &v),
    )
    .unwrap();
}
