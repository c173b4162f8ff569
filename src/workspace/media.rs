//! Images that a prompt names by a file of the workspace, as `data:` addresses.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::{Media, Message, Part};
use crate::workspace::error::WorkspaceError;
use crate::workspace::root::Workspace;

/// The largest image that is sent inline.
const MEDIA_BYTES: u64 = 20 * 1024 * 1024;

impl Workspace {
    /// Replaces every address that is a path by the file's contents; `https:`, `http:` and `data:` stay as they are.
    ///
    /// Errors: a file outside the root, one that cannot be read, or one whose ending names no kind of image.
    pub fn inline_media<'a>(
        &self,
        messages: impl IntoIterator<Item = &'a mut Message>,
    ) -> Result<(), WorkspaceError> {
        // Many cases share one image: each file is read once.
        let mut read = BTreeMap::new();
        for part in messages
            .into_iter()
            .flat_map(|message| &mut message.content)
        {
            if let Part::Media { media } = part
                && is_path(&media.url)
            {
                if !read.contains_key(&media.url) {
                    read.insert(media.url.clone(), self.inlined(media)?);
                }
                media.url.clone_from(&read[&media.url]);
            }
        }
        Ok(())
    }

    fn inlined(&self, media: &Media) -> Result<String, WorkspaceError> {
        let path = self.root().join(&media.url);
        let bytes = self.read_bytes(&path, MEDIA_BYTES)?;
        let kind = media
            .content_type
            .as_deref()
            .or_else(|| kind_of(&media.url));
        let kind = kind.ok_or_else(|| WorkspaceError::NoImage {
            file: media.url.clone(),
        })?;
        Ok(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
    }
}

fn is_path(url: &str) -> bool {
    !["https:", "http:", "data:"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

fn kind_of(path: &str) -> Option<&'static str> {
    let ending = path.rsplit_once('.')?.1.to_ascii_lowercase();
    match ending.as_str() {
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;

    fn with_media(url: &str) -> Message {
        let media = Media {
            url: url.to_owned(),
            content_type: None,
        };
        Message {
            role: Role::User,
            content: vec![Part::Media { media }],
            metadata: None,
        }
    }

    fn address(message: &Message) -> &str {
        match &message.content[0] {
            Part::Media { media } => &media.url,
            _ => panic!("a medium"),
        }
    }

    #[test]
    fn files_become_data_and_addresses_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("sign.png"), b"abc").expect("written");
        let workspace =
            Workspace::discover(folder.path(), Some(folder.path())).expect("a workspace");
        let mut messages = [
            with_media("sign.png"),
            with_media("https://example.com/a.png"),
            with_media("data:image/png;base64,YQ=="),
        ];
        workspace.inline_media(&mut messages).expect("inlined");
        assert_eq!(address(&messages[0]), "data:image/png;base64,YWJj");
        assert_eq!(address(&messages[1]), "https://example.com/a.png");
        assert_eq!(address(&messages[2]), "data:image/png;base64,YQ==");
        assert!(
            workspace
                .inline_media(&mut [with_media("../sign.png")])
                .is_err()
        );
        assert!(
            workspace
                .inline_media(&mut [with_media("none.png")])
                .is_err()
        );
    }
}
