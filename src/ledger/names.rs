//! Texts, prices and contexts that repeat, each stored once and known here by its number.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::ledger::{NewCall, Price};

/// Numbers already looked up. After a rollback it must be cleared: numbers given in that transaction are free again.
#[derive(Debug, Default)]
pub(super) struct Names {
    texts: HashMap<String, i64>,
    prices: HashMap<Price, i64>,
    contexts: HashMap<Context, i64>,
    runs: HashMap<String, i64>,
}

/// What the calls of one variant, model, purpose and run have in common, as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Context {
    purpose: crate::domain::Purpose,
    workspace: i64,
    prompt: Option<i64>,
    variant: i64,
    revision: Option<i64>,
    run: Option<i64>,
    endpoint: i64,
    model: i64,
}

impl Names {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns a text's number, giving it one if it has none.
    pub(super) fn text(&mut self, conn: &Connection, text: &str) -> rusqlite::Result<i64> {
        if let Some(id) = self.texts.get(text) {
            return Ok(*id);
        }
        let known = conn
            .prepare_cached("SELECT id FROM names WHERE name = ?1")?
            .query_row([text], |row| row.get(0))
            .optional()?;
        let id = match known {
            Some(id) => id,
            None => conn
                .prepare_cached("INSERT INTO names (name) VALUES (?1)")?
                .insert([text])?,
        };
        self.texts.insert(text.to_owned(), id);
        Ok(id)
    }

    /// Returns the number of a text that may be absent.
    pub(super) fn maybe(
        &mut self,
        conn: &Connection,
        text: Option<&str>,
    ) -> rusqlite::Result<Option<i64>> {
        text.map(|text| self.text(conn, text)).transpose()
    }

    /// Returns a price's number.
    pub(super) fn price(
        &mut self,
        conn: &Connection,
        price: Option<&Price>,
    ) -> rusqlite::Result<Option<i64>> {
        let Some(price) = price else { return Ok(None) };
        if let Some(id) = self.prices.get(price) {
            return Ok(Some(*id));
        }
        let columns = params![
            price.source,
            price.from.as_deref().unwrap_or(""),
            price.rates.as_deref().unwrap_or("")
        ];
        let known = conn
            .prepare_cached(
                "SELECT id FROM prices WHERE source = ?1 AND valid_from = ?2 AND rates = ?3",
            )?
            .query_row(columns, |row| row.get(0))
            .optional()?;
        let id = match known {
            Some(id) => id,
            None => conn
                .prepare_cached(
                    "INSERT INTO prices (source, valid_from, rates) VALUES (?1, ?2, ?3)",
                )?
                .insert(columns)?,
        };
        self.prices.insert(price.clone(), id);
        Ok(Some(id))
    }

    /// Returns the number of a run that was begun, in this process or another.
    pub(super) fn run(&mut self, conn: &Connection, run: &str) -> rusqlite::Result<Option<i64>> {
        if let Some(id) = self.runs.get(run) {
            return Ok(Some(*id));
        }
        let id = conn
            .prepare_cached("SELECT id FROM runs WHERE uuid = ?1")?
            .query_row([run], |row| row.get(0))
            .optional()?;
        if let Some(id) = id {
            self.runs.insert(run.to_owned(), id);
        }
        Ok(id)
    }

    /// Returns the number of a call's context; its run is already a number.
    pub(super) fn context(
        &mut self,
        conn: &Connection,
        call: &NewCall,
        run: Option<i64>,
    ) -> rusqlite::Result<i64> {
        let context = Context {
            purpose: call.purpose,
            workspace: self.text(conn, &call.workspace)?,
            prompt: self.maybe(conn, call.prompt.as_ref().map(|prompt| prompt.0.as_str()))?,
            variant: self.text(conn, call.variant.as_str())?,
            revision: self.maybe(conn, call.revision.as_ref().map(|hash| hash.0.as_str()))?,
            run,
            endpoint: self.text(conn, &call.model.endpoint)?,
            model: self.text(conn, &call.model.model)?,
        };
        if let Some(id) = self.contexts.get(&context) {
            return Ok(*id);
        }
        let id = context.number(conn)?;
        self.contexts.insert(context, id);
        Ok(id)
    }
}

impl Context {
    fn number(&self, conn: &Connection) -> rusqlite::Result<i64> {
        let columns = params![
            self.purpose.word(),
            self.workspace,
            self.prompt,
            self.variant,
            self.revision,
            self.run,
            self.endpoint,
            self.model
        ];
        let known = conn
            .prepare_cached(
                "SELECT id FROM contexts WHERE purpose = ?1 AND workspace = ?2 AND prompt IS ?3 AND variant = ?4 \
                 AND revision IS ?5 AND run IS ?6 AND endpoint = ?7 AND model = ?8",
            )?
            .query_row(columns, |row| row.get(0))
            .optional()?;
        match known {
            Some(id) => Ok(id),
            None => conn
                .prepare_cached(
                    "INSERT INTO contexts (purpose, workspace, prompt, variant, revision, run, endpoint, model) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .insert(columns),
        }
    }
}
