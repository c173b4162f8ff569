//! The table of `pw config`: each setting, its value, and the layer it came from.

use crate::report::safe;
use crate::report::style::{DIM, Piece};
use crate::report::table::{Align, Table};
use crate::report::view::View;

/// One setting in force. A value that is a secret must not be in here: give what may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingLine {
    /// Its key, as in `pw.toml`.
    pub key: String,
    /// Its value, as it would be written there.
    pub value: String,
    /// Where it came from: a flag, a variable, a file with its line, the defaults.
    pub layer: String,
}

/// Lays out settings in the order given; a long value is cut, `-v` shows it whole.
pub fn settings(lines: &[SettingLine], view: &View) -> String {
    let mut table = Table::new([
        (view.lang.setting(), Align::Left),
        (view.lang.value(), Align::Left),
        (view.lang.layer(), Align::Left),
    ])
    .yields(1, 16);
    for line in lines {
        table.row(vec![
            safe::line(&line.key).into(),
            safe::line(&line.value).into(),
            Piece::new(DIM, safe::line(&line.layer)),
        ]);
    }
    let most = if view.verbose > 0 {
        usize::MAX
    } else {
        view.width
    };
    let mut text = table.lay(most, view.styled).lines.join("\n");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_cut_before_its_layer_is_dropped() {
        let line = |key: &str, value: &str, layer: &str| SettingLine {
            key: key.to_owned(),
            value: value.to_owned(),
            layer: layer.to_owned(),
        };
        let lines = [
            line("defaults.model", "openai/gpt-5-mini", "pw.toml:2"),
            line(
                "ledger.path",
                "/srv/很长的路径/of/a/ledger/ledger.db",
                "PW_LEDGER",
            ),
        ];
        let view = View {
            width: 52,
            ..View::plain()
        };
        assert_eq!(
            settings(&lines, &view),
            " setting         value                     from\n \
             defaults.model  openai/gpt-5-mini         pw.toml:2\n \
             ledger.path     /srv/很长的路径/of/a/le…  PW_LEDGER\n"
        );
        let whole = settings(&lines, &View { verbose: 1, ..view });
        assert!(
            whole.contains("/srv/很长的路径/of/a/ledger/ledger.db"),
            "{whole}"
        );
    }
}
