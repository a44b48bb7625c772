//! Headless Chromium through its `WebDriver` (W3C `WebDriver` 2, and the endpoints that chromedriver adds).
//!
//! Owns: one process and one session, ended when dropped. In: addresses and scripts. Out: values and pictures.
//! Never: the network beyond the loopback address.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// How a page is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
}

pub(crate) struct Browser {
    driver: Child,
    session: String,
    agent: ureq::Agent,
    /// Kept open: a driver that cannot write would stop.
    _output: BufReader<ChildStdout>,
    /// The profile, gone with the browser.
    profile: tempfile::TempDir,
}

impl Browser {
    /// A browser, or nothing and a message where chromedriver or Chromium is not installed.
    pub(crate) fn start() -> Option<Self> {
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new("chromedriver");
        // What Chromium writes besides its profile (caches, crash reports) goes there, too.
        command.arg("--port=0").env("HOME", profile.path()).env("XDG_CONFIG_HOME", profile.path());
        let driver = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut driver) = driver else {
            eprintln!("skipped: chromedriver is not installed (Debian: chromium-driver)");
            return None;
        };
        let mut output = BufReader::new(driver.stdout.take().unwrap());
        let mut lines = output.by_ref().lines().map_while(Result::ok);
        // “ChromeDriver was started successfully on port 45678.”
        let started = lines.find(|line| line.contains("successfully on port")).expect("a port");
        let port = started.rsplit(' ').next().unwrap().trim_end_matches('.');
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent = config.timeout_global(Some(Duration::from_secs(120))).build().into();
        let session = format!("http://127.0.0.1:{port}/session");
        let mut browser = Self { driver, session, agent, _output: output, profile };
        let answer = browser.post("", &capabilities(browser.profile.path()));
        let Some(id) = answer["sessionId"].as_str() else {
            eprintln!("skipped: Chromium does not start: {}", answer["message"]);
            return None;
        };
        browser.session = format!("{}/{id}", browser.session);
        Some(browser)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.agent.post(format!("{}{path}", self.session));
        let request = request.header("content-type", "application/json");
        let mut answer = request.send(body.to_string()).unwrap();
        let text = answer.body_mut().with_config().limit(1 << 28).read_to_string().unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["value"].take()
    }

    fn get(&self, path: &str) -> Value {
        let mut answer = self.agent.get(format!("{}{path}", self.session)).call().unwrap();
        let text = answer.body_mut().with_config().limit(1 << 28).read_to_string().unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["value"].take()
    }

    /// Opens a file.
    pub(crate) fn open(&self, page: &Path) {
        let answer = self.post("/url", &json!({ "url": format!("file://{}", page.display()) }));
        assert!(answer.is_null(), "{answer}");
    }

    /// What the body of a function returns.
    pub(crate) fn run(&self, script: &str) -> Value {
        let answer = self.post("/execute/sync", &json!({ "script": script, "args": [] }));
        assert!(answer.get("error").is_none(), "{script}: {answer}");
        answer
    }

    /// As [`Self::run`] for a script that calls `done(value)` when it has one.
    pub(crate) fn run_until_done(&self, script: &str) -> Value {
        let script = format!("const done = arguments[0]; {script}");
        let answer = self.post("/execute/async", &json!({ "script": script, "args": [] }));
        assert!(answer.get("error").is_none(), "{answer}");
        answer
    }

    /// A command of the `DevTools` protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let answer = self.post("/goog/cdp/execute", &body);
        assert!(answer.get("error").is_none(), "{command}: {answer}");
        answer
    }

    pub(crate) fn look(&self, screen: Screen) {
        let Screen { width, height, .. } = screen;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics);
        let scheme = if screen.dark { "dark" } else { "light" };
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [feature] }));
    }

    /// Moves the pointer onto the middle of the first element that `selector` finds, as a hand would.
    pub(crate) fn point_at(&self, selector: &str) {
        let place = self.run(&format!(
            "const box = document.querySelector({selector:?}).getClientRects()[0]; \
             return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];"
        ));
        // From elsewhere: a pointer that stands there already would not move.
        self.pointer(json!([
            { "type": "pointerMove", "duration": 0, "x": 1, "y": 1 },
            { "type": "pointerMove", "duration": 0, "x": place[0], "y": place[1] },
        ]));
    }

    /// Presses and lets go.
    pub(crate) fn click(&self) {
        self.pointer(
            json!([{ "type": "pointerDown", "button": 0 }, { "type": "pointerUp", "button": 0 }]),
        );
    }

    fn pointer(&self, actions: Value) {
        let pointer = json!({ "type": "pointer", "id": "hand", "actions": actions });
        let answer = self.post("/actions", &json!({ "actions": [pointer] }));
        assert!(answer.is_null(), "{answer}");
    }

    /// Presses a key of the `WebDriver` table, or a letter.
    pub(crate) fn press(&self, key: &str) {
        let actions =
            json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        let keys = json!({ "type": "key", "id": "keys", "actions": actions });
        let answer = self.post("/actions", &json!({ "actions": [keys] }));
        assert!(answer.is_null(), "{answer}");
    }

    /// Whether a dialog of the page is open.
    pub(crate) fn has_dialog(&self) -> bool {
        self.get("/alert/text").is_string()
    }

    /// What the browser noted since the last call: `browser` is its console, `performance` the `DevTools` events.
    pub(crate) fn log(&self, kind: &str) -> Vec<String> {
        let entries = self.post("/se/log", &json!({ "type": kind }));
        let entries = entries.as_array().unwrap_or_else(|| panic!("{entries}"));
        entries.iter().map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    /// A picture of the whole page, in base64.
    pub(crate) fn picture(&self) -> String {
        let parameters = json!({ "format": "png", "captureBeyondViewport": false });
        self.devtools("Page.captureScreenshot", parameters)["data"].as_str().unwrap().to_owned()
    }

    /// The printed page as PDF in base64; width and height in centimetres.
    pub(crate) fn print(&self, width: f64, height: f64) -> String {
        let page = json!({ "page": { "width": width, "height": height }, "background": false });
        self.post("/print", &page).as_str().unwrap().to_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The session ends its Chromium; then the driver can go. Neither must hide why a test failed.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn capabilities(profile: &Path) -> Value {
    let data = format!("--user-data-dir={}", profile.join("profile").display());
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        &data,
    ];
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "unhandledPromptBehavior": "ignore",
        "goog:chromeOptions": { "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        "timeouts": { "script": 100_000 }
    } } })
}
