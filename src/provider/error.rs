//! What is wrong with an endpoint or a request before anything is sent.

use std::path::PathBuf;

use crate::provider::ScriptError;
use crate::provider::embedded::EmbeddedError;

/// An endpoint that cannot be used, or a request that its wire cannot carry. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The address is not one.
    #[error(
        "endpoint `{endpoint}`: `base_url` is `{url}`, expected an address like `https://host/v1`"
    )]
    BaseUrl {
        /// The endpoint.
        endpoint: String,
        /// What was found.
        url: String,
    },
    /// The address holds a user name or a password.
    #[error(
        "endpoint `{endpoint}`: `base_url` holds a user name or password, expected a key named by `api_key_env`"
    )]
    UserInfo {
        /// The endpoint.
        endpoint: String,
    },
    /// The address hands out a machine's credentials.
    #[error("endpoint `{endpoint}`: `{host}` is a link-local address, which no model has")]
    Metadata {
        /// The endpoint.
        endpoint: String,
        /// The host.
        host: String,
    },
    /// A key would travel in the clear.
    #[error(
        "endpoint `{endpoint}`: its key would go over plain http to `{host}`, expected https or an address of this machine"
    )]
    PlainKey {
        /// The endpoint.
        endpoint: String,
        /// Where it would go.
        host: String,
    },
    /// A header's name or value, or the key, has characters that no header may have. The value is not shown.
    #[error("endpoint `{endpoint}`: header `{name}` has characters that HTTP does not allow")]
    Header {
        /// The endpoint.
        endpoint: String,
        /// The header.
        name: String,
    },
    /// The proxy's address is not one.
    #[error("endpoint `{endpoint}`: `proxy` is not an address")]
    Proxy {
        /// The endpoint.
        endpoint: String,
    },
    /// The file of root certificates cannot be used.
    #[error("endpoint `{endpoint}`: `ca_file` `{path}`: {reason}")]
    CaFile {
        /// The endpoint.
        endpoint: String,
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("endpoint `{endpoint}`: TLS cannot be set up")]
    Tls {
        /// The endpoint.
        endpoint: String,
        /// Why not.
        #[source]
        source: rustls::Error,
    },
    /// The HTTP client cannot be built.
    #[error("endpoint `{endpoint}`: the HTTP client cannot be built")]
    Client {
        /// The endpoint.
        endpoint: String,
        /// Why not.
        #[source]
        source: reqwest::Error,
    },
    /// A scripted endpoint without a script.
    #[error("endpoint `{endpoint}`: `scripted` needs a `script`, found none")]
    NoScript {
        /// The endpoint.
        endpoint: String,
    },
    /// The embedded model cannot be loaded, or cannot do what is asked.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The script is wrong.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// A medium that the wire cannot carry.
    #[error(
        "message {message}: media of type `{content_type}` in a {role} message, expected an image in a user message"
    )]
    Media {
        /// Number of the message, from 1.
        message: usize,
        /// Who speaks.
        role: &'static str,
        /// Its MIME type, or `unknown`.
        content_type: String,
    },
    /// A tool's result that names no call.
    #[error("message {message}: a tool message needs `tool_call_id` in its metadata, found none")]
    ToolMessage {
        /// Number of the message, from 1.
        message: usize,
    },
    /// Tools for a server whose template knows none.
    #[error(
        "endpoint `{endpoint}`: the request has tools, but the chat template of `{identity}` knows none"
    )]
    ToolsUnsupported {
        /// The endpoint.
        endpoint: String,
        /// Model file and build.
        identity: String,
    },
    /// A request that has no JSON form.
    #[error("the request cannot be written as JSON")]
    Json {
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
}
