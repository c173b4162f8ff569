//! Pieces of rendered text → messages.
//!
//! Source: Dotprompt's reference, `toMessages` and `insertHistory`.

use serde_json::{Map, Value};

use crate::domain::{Message, Part, Role};
use crate::template::marker::{Marker, Piece};

/// Makes messages: cut at roles and history, blank pieces dropped, what is kept keeps its whitespace.
///
/// History that the prompt does not ask for goes before a last message of the user, else to the end.
pub(super) fn messages(pieces: Vec<Piece<'_>>, history: &[Message]) -> Vec<Message> {
    let mut draft = Draft::new(Role::User);
    let mut messages = Vec::new();
    let mut asks_for_history = false;
    for piece in pieces {
        match piece {
            Piece::Mark(Marker::Role(role)) => {
                draft.end_piece();
                if draft.content.is_empty() {
                    draft.role = role;
                } else {
                    messages.extend(std::mem::replace(&mut draft, Draft::new(role)).message());
                }
            }
            Piece::Mark(Marker::History) => {
                asks_for_history = true;
                messages.extend(std::mem::replace(&mut draft, Draft::new(Role::Model)).message());
                messages.extend(history.iter().map(marked));
            }
            piece => draft.open.push(piece),
        }
    }
    messages.extend(draft.message());
    if !asks_for_history {
        insert(&mut messages, history);
    }
    messages
}

/// A message being put together.
struct Draft<'t> {
    role: Role,
    content: Vec<Part>,
    /// Since the last mark of a role.
    open: Vec<Piece<'t>>,
}

impl Draft<'_> {
    const fn new(role: Role) -> Self {
        Self {
            role,
            content: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Ends the piece since the last mark; blank text is dropped.
    fn end_piece(&mut self) {
        self.content.extend(self.open.drain(..).filter_map(part));
    }

    fn message(mut self) -> Option<Message> {
        self.end_piece();
        (!self.content.is_empty()).then_some(Message {
            role: self.role,
            content: self.content,
            metadata: None,
        })
    }
}

fn part(piece: Piece<'_>) -> Option<Part> {
    match piece {
        Piece::Text(text) if text.trim().is_empty() => None,
        Piece::Text(text) => Some(Part::Text {
            text: text.to_owned(),
        }),
        Piece::Mark(Marker::Media(media)) => Some(Part::Media { media }),
        Piece::Mark(Marker::Section(name)) => Some(Part::Metadata {
            metadata: Map::from_iter([
                ("purpose".to_owned(), Value::from(name)),
                ("pending".to_owned(), Value::Bool(true)),
            ]),
        }),
        Piece::Mark(Marker::Role(_) | Marker::History) => None,
    }
}

/// Marks a message as history.
fn marked(message: &Message) -> Message {
    let mut message = message.clone();
    message
        .metadata
        .get_or_insert_default()
        .insert("purpose".to_owned(), Value::from("history"));
    message
}

fn insert(messages: &mut Vec<Message>, history: &[Message]) {
    let at = match messages.last() {
        Some(last) if last.role == Role::User => messages.len() - 1,
        _ => messages.len(),
    };
    messages.splice(at..at, history.iter().cloned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(role: Role) -> Piece<'static> {
        Piece::Mark(Marker::Role(role))
    }

    #[test]
    fn equal_roles_in_a_row_make_two_messages_and_blank_ones_none() {
        let pieces = vec![
            Piece::Text(" \n"),
            role(Role::System),
            Piece::Text(" a\n"),
            role(Role::System),
            Piece::Text("b"),
            role(Role::Model),
            Piece::Text("\n"),
            role(Role::User),
        ];
        assert_eq!(
            messages(pieces, &[]),
            [
                Message::text(Role::System, " a\n"),
                Message::text(Role::System, "b")
            ]
        );
    }

    #[test]
    fn history_goes_before_the_last_question() {
        let history = [Message::text(Role::Model, "hello")];
        let question = vec![
            role(Role::System),
            Piece::Text("s"),
            role(Role::User),
            Piece::Text("q"),
        ];
        assert_eq!(
            messages(question, &history),
            [
                Message::text(Role::System, "s"),
                Message::text(Role::Model, "hello"),
                Message::text(Role::User, "q")
            ]
        );
        assert_eq!(messages(Vec::new(), &history), history);
    }

    #[test]
    fn after_the_history_the_model_speaks() {
        let history = [Message::text(Role::User, "q")];
        let pieces = vec![
            Piece::Text("s"),
            Piece::Mark(Marker::History),
            Piece::Text("well"),
        ];
        let messages = messages(pieces, &history);
        assert_eq!(messages[2], Message::text(Role::Model, "well"));
        assert_eq!(
            messages[1].metadata,
            Some(Map::from_iter([(
                "purpose".to_owned(),
                Value::from("history")
            )]))
        );
    }
}
