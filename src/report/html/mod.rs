//! Pages: one self-contained file each, without network and without scripts.
//!
//! A page is made of [`Markup`], which nothing hostile can leave: names of elements and attributes are the program's own,
//! every text and every value is escaped on its way in. Charts come from [`svg`](crate::report::svg); colours, light and
//! dark, stand in `style.css` alone. A page is well-formed XML too, so that a test reads it with a strict parser.

mod markup;
mod page;
mod table;

pub(crate) use markup::{Markup, number, tag};
pub(crate) use page::{facts, figure, page, paragraph, section};
pub(crate) use table::{Cell, Column, table};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
