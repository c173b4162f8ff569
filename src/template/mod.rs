//! Dotprompt files: front matter, Handlebars, messages.
