//! `pw prices extract`: a raw response to its usage and its cost.

use std::io::Write as _;
use std::path::PathBuf;

use crate::commands::context::Context;
use crate::commands::exit;
use crate::commands::failure::Failure;
use crate::commands::prices::{moment, read};
use crate::commands::session::Session;
use crate::domain::{Endpoint, EndpointKind};
use crate::pricing::{self, Extracted, Price, Priced, Prices, PricingError, UserPrices};
use crate::provider;
use crate::report::{self, Bill};

/// Arguments of `pw prices extract`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExtractArgs {
    /// Whose response it is: openai, anthropic, google, aws, …
    #[arg(long, value_name = "NAME")]
    provider: String,
    /// Which of its APIs: chat, responses, … [default: the one that fits]
    #[arg(long, value_name = "NAME")]
    flavor: Option<String>,
    /// The model, where the response names none
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// When it was asked (UTC): a day, or a time [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The response, whole or streamed; - is stdin
    #[arg(long, value_name = "FILE")]
    body: PathBuf,
    /// Write the report as JSON
    #[arg(long)]
    json: bool,
}

/// Reads the usage out of a response and prices it by the model and the tier that it names.
///
/// A usage without a known price is shown, its cost as unknown, and ends with the code of a missing setting.
pub(super) fn extract(
    context: &mut Context,
    session: &Session,
    args: &ExtractArgs,
) -> Result<u8, Failure> {
    let at = moment("--at", args.at.as_deref(), context)?;
    let bytes = read(context, &args.body)?;
    let body = provider::recorded(&bytes).map_err(|error| {
        Failure::usage(error)
            .hint("nothing is priced by a guess; give the response as it was received")
    })?;
    let flavor = args.flavor.as_deref();
    // The book alone: whose prices a workspace declares is told by an endpoint, and a file has none.
    let prices = Prices {
        declared: UserPrices::new(),
        ..session.prices()?.clone()
    };
    let extracted =
        pricing::extract(prices.book(), &args.provider, flavor, &body).map_err(Failure::usage)?;
    let model = extracted.model.as_deref().or(args.model.as_deref());
    let (priced, refusal) = match model.map(|model| price(&extracted, model, at, &prices)) {
        Some(Ok(priced)) => (Some(priced), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (
            None,
            Some("the response names no model; name it with --model".to_owned()),
        ),
    };
    let bill = Bill {
        at,
        model,
        extracted: &extracted,
        priced: priced.as_ref().map(|(price, priced)| (price, priced)),
    };
    let text = if args.json {
        report::bill_json(&bill)
    } else {
        report::bill(&bill, &session.view)
    };
    context.out.write_all(text.as_bytes())?;
    match refusal {
        None => Ok(exit::SUCCESS),
        Some(why) => {
            Err(Failure::usage(why).hint("the usage is read; its cost is unknown, not nothing"))
        }
    }
}

fn price(
    extracted: &Extracted<'_>,
    model: &str,
    at: jiff::Timestamp,
    prices: &Prices,
) -> Result<(Price, Priced), PricingError> {
    let mut home = Endpoint::new(extracted.provider, EndpointKind::OpenAi, "");
    home.prices = Some(extracted.provider.to_owned());
    let standard = pricing::resolve(&home, model, at, prices)?;
    let price = standard.served(extracted.tier.as_deref(), &extracted.usage)?;
    let priced = price.cost(&extracted.usage)?;
    Ok((price, priced))
}
