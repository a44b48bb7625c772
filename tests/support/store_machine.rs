//! A machine of its own for a test of the store: folders that are empty, and no hub unless one is named.

use std::ffi::OsString;
use std::path::PathBuf;

use isnad::store::{Environment, PullReport, Store, StoreError};

use crate::hub_server::HubServer;

pub(crate) struct Machine {
    pub(crate) root: tempfile::TempDir,
    pub(crate) environment: Environment,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| OsString::from(root.path().join(name));
        let variables = [
            ("ISNAD_MODELS".to_owned(), at("models")),
            ("HF_HOME".to_owned(), at("hf")),
            // Nothing listens on the discard port: a test that needs a hub names one.
            ("HF_ENDPOINT".to_owned(), "http://127.0.0.1:9".into()),
        ];
        let environment = Environment {
            variables: variables.into_iter().collect(),
            executable: None,
            data: Some(root.path().join("data")),
            home: None,
        };
        Self { root, environment }
    }

    pub(crate) fn at_hub(self, server: &HubServer) -> Self {
        self.setting("HF_ENDPOINT", &server.endpoint())
    }

    pub(crate) fn setting(mut self, name: &str, value: &str) -> Self {
        self.environment.variables.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(self.environment.clone()).unwrap()
    }

    pub(crate) fn pull(&self, name: &str) -> Result<PullReport, StoreError> {
        self.store().pull(name, &mut |_| {}, false)
    }
}
