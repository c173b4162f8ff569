//! Chat messages, as Dotprompt renders them and a provider sends them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Who speaks. On the `OpenAI` wire `Model` is `assistant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions.
    System,
    /// The person, or the program in their place.
    User,
    /// The language model.
    Model,
    /// The result of a tool.
    Tool,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order.
    pub content: Vec<Part>,
    /// Dotprompt's metadata, such as `purpose: history`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
}

impl Message {
    /// Makes a message of one text.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            content: vec![Part::Text { text: text.into() }],
            metadata: None,
        }
    }

    /// Returns the texts of all parts, one after the other.
    pub fn plain_text(&self) -> String {
        self.content
            .iter()
            .filter_map(|part| {
                if let Part::Text { text } = part {
                    Some(text.as_str())
                } else {
                    None
                }
            })
            .collect()
    }
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// Text.
    Text {
        /// The text, never rendered again.
        text: String,
    },
    /// An image or another medium.
    Media {
        /// Where it is.
        media: Media,
    },
    /// A place to be filled by the host, such as `{{section "x"}}`: `{purpose: "x", pending: true}`.
    Metadata {
        /// Dotprompt's metadata.
        metadata: Map<String, Value>,
    },
}

/// A medium by address: `https:`, `data:` or a file of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Its address.
    pub url: String,
    /// Its MIME type, where the prompt gives one.
    #[serde(
        default,
        rename = "contentType",
        skip_serializing_if = "Option::is_none"
    )]
    pub content_type: Option<String>,
}
