//! Whom we trust: the roots inside the binary, and those of a company's own file.

use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};

use crate::domain::Endpoint;
use crate::provider::ProviderError;

/// The roots inside the binary and those of `ca_file`: nothing depends on the machine's own store.
pub(super) fn tls_of(endpoint: &Endpoint) -> Result<ClientConfig, ProviderError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = &endpoint.ca_file {
        let wrong = |reason: String| ProviderError::CaFile {
            endpoint: endpoint.name.clone(),
            path: path.clone(),
            reason,
        };
        let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let mut found = 0;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| wrong(error.to_string()))?;
            found += 1;
        }
        if found == 0 {
            return Err(wrong("expected PEM certificates, found none".to_owned()));
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| ProviderError::Tls {
            endpoint: endpoint.name.clone(),
            source,
        })?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
