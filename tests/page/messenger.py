"""The Messenger's page in a real browser: Debian's Chromium, headless, driven by selenium.

A desk of its own, `deskbell serve` beside it, teammates at the command line, customers in the
browser. Says what it saw, and leaves with 1 at the first thing that does not hold. Screenshots go
to the folder that is named.

    python3 tests/page/messenger.py target/debug/deskbell target/page
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 30
ADA, BOB = "ada@lumen.example", "bob@quarry.example"
HOSTILE = (
    '<script>window.owned = 1</script><img src=x onerror="window.owned = 1">'
    '"><svg onload=window.owned=1> javascript:alert(1) {{7*7}} \u202egnp.exe'
)


class Desk:
    """A desk in a home of its own, and what is done to it at the command line."""

    def __init__(self, program, home):
        self.program, self.home = program, home
        self.env = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
        self.path = home / "desk.db"

    def run(self, *args):
        command = [self.program, "--desk", str(self.path), "--as", "Mara Holt", *args]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (args, done.stderr)
        return done.stdout.strip()

    def token(self, email):
        return self.run("token", "new", "--contact", email, "--expires", "1h")

    def emails(self, ticket):
        rows = json.loads(self.run("--json", "why", ticket))
        return [(r["event"], r["status"], r["reason"]) for r in rows if r["channel"] == "email"]

    def serve(self):
        command = [self.program, "--desk", str(self.path), "serve", "--listen", "127.0.0.1:0"]
        self.server = subprocess.Popen(command, env=self.env, stderr=subprocess.PIPE, text=True)
        self.address = re.search(r"http://\S+", self.server.stderr.readline()).group()


class Page:
    """A browser window on the Messenger."""

    def __init__(self, folder, size, shots, name, dark=False):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for flag in (
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--hide-scrollbars", f"--window-size={size[0]},{size[1]}",
            f"--user-data-dir={folder}",
        ):
            options.add_argument(flag)
        if dark:
            options.add_argument("--force-dark-mode")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(PATIENCE)
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 2, "mobile": size[0] < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        self.shots, self.name, self.count = shots, name, 0

    def go(self, address):
        self.driver.get(address)

    def find(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css, what=lambda found: True, then=lambda found: None):
        """Waits for an element for which `what` holds, and does `then` with it.

        The page may draw it anew at any moment: both are tried again then.
        """

        def look(_):
            for found in self.find(css):
                if found.is_displayed() and what(found):
                    then(found)
                    return found
            return None

        wait = WebDriverWait(self.driver, PATIENCE, ignored_exceptions=(Exception,))
        return wait.until(look, f"{css} did not come; the page says: {self.text()}")

    def says(self, words, css="body"):
        return self.one(css, lambda found: words in found.text)

    def text(self):
        return self.driver.execute_script("return document.body ? document.body.innerText : ''")

    def click(self, css, what=lambda found: True):
        self.one(css, what, lambda found: found.click())

    def badge(self):
        return self.driver.execute_script(
            "const badge = document.querySelector('#badge');"
            "return badge && badge.checkVisibility() ? badge.innerText : '';"
        )

    def badge_is(self, words):
        WebDriverWait(self.driver, PATIENCE).until(
            lambda _: self.badge() == words, f"the badge is not {words!r}"
        )

    def shot(self, what):
        self.count += 1
        time.sleep(0.3)  # The panel has risen.
        self.driver.save_screenshot(str(self.shots / f"{self.name}-{self.count}-{what}.png"))

    def script(self, code):
        return self.driver.execute_script(code)

    def end(self):
        log = [e for e in self.driver.get_log("browser") if e["level"] == "SEVERE"]
        self.driver.quit()
        return log


def main(program, shots):
    shots = pathlib.Path(shots)
    shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="deskbell-page-") as folder:
        folder = pathlib.Path(folder)
        desk = Desk(os.path.abspath(program), folder)
        try:
            story(desk, folder, shots)
        finally:
            if getattr(desk, "server", None):
                desk.server.terminate()
                desk.server.wait(timeout=30)


def told(what):
    print(f"  {what}", flush=True)


def story(desk, folder, shots):
    refund = desk.run(
        "new", "customer", "Refund not received", "--contact", ADA, "--name", "Ada Park",
        "--body", "I sent the lamp back two weeks ago. Order 88-1203.",
    )
    desk.run("settings", "messenger", "--name", "Northwind Support")
    invoice = desk.run("new", "back-office", "Check the invoice", "--contact", ADA)
    desk.run("note", invoice, "SECRET of the team")
    desk.run("new", "tracker", "SECRET payouts fail")
    desk.run("new", "customer", "Of Bob only", "--contact", BOB, "--body", "BOBS WORDS")
    desk.serve()
    ada, bob = desk.token(ADA), desk.token(BOB)

    page = Page(folder / "desktop", (1180, 860), shots, "desktop")
    page.go(f"{desk.address}/messenger")
    page.says("opens by a link of your own")
    # A new document, not the same one with another fragment.
    page.go("about:blank")
    page.go(f"{desk.address}/messenger#token={ada}")
    page.one("#launcher")
    assert ada not in page.script("return location.href"), "the token stays in the address"
    page.says("Northwind Support")
    page.badge_is("1")
    told("the submission is on the badge; the token is gone from the address")
    page.shot("launcher")

    page.click("#launcher")
    page.says("Hi Ada, how can we help?")
    assert "Of Bob" not in page.text() and "SECRET" not in page.text(), page.text()
    page.shot("home")
    page.click(".ticket")
    page.says("I sent the lamp back", ".lines")
    page.badge_is("")
    page.click("header .plain[aria-label^=Close]")
    told("opening a ticket clears its badge")

    desk.run("reply", refund, "It left us this morning.")
    page.badge_is("1")
    assert [e for e in desk.emails(refund) if e[0] == "reply"] == [("reply", "due", None)]
    told("a teammate's reply is on the badge at once, and its email waits")
    page.shot("badge")
    page.click("#launcher")
    page.says("It left us this morning.", ".lines")
    page.badge_is("")
    row = next(e for e in desk.emails(refund) if e[0] == "reply")
    assert row[1] == "suppressed" and "seen" in str(row[2]).lower(), row
    told(f"opening it cancels the email: {row[2]}")

    # A hidden page sees nothing, whatever is open in it.
    page.script(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })"
    )
    desk.run("reply", refund, "Said to a hidden window.")
    page.says("Said to a hidden window.", ".lines")
    page.badge_is("1")
    rows = [e for e in desk.emails(refund) if e[0] == "reply"]
    assert rows[-1][1] == "due", rows
    page.script(
        "Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.badge_is("")
    told("a window that is hidden sees nothing until it is in front again")

    # Open and in front: seen as it arrives.
    desk.run("reply", refund, HOSTILE)
    page.one(".lines .bubble", lambda found: "<script>" in found.text)
    desk.run("state", refund, "in-progress")
    page.says("In progress", ".state")
    page.says("In progress", ".lines .event")
    page.badge_is("")
    assert page.script("return window.owned") is None, "a script ran"
    assert page.script("return document.querySelectorAll('.bubble *').length") == 0
    told("scripts and HTML are text; a new state is on the pill and in the conversation")

    page.one("#reply").send_keys("Thank you! <b>Bold</b> & done.")
    page.click(".send")
    page.one(".own .bubble", lambda found: "<b>Bold</b>" in found.text)
    page.shot("conversation")
    assert "Thank you! <b>Bold</b> & done." in desk.run("show", refund)
    told("a reply from the page is in the ticket")
    page.click(".state")
    page.says("Updates", ".detail")
    page.shot("detail")
    page.click("header .plain[aria-label=Back]")
    page.click("header .plain[aria-label=Back]")

    page.click(".primary")
    page.one("#title").send_keys(HOSTILE[:60])
    page.one("#body").send_keys("What is this?")
    page.shot("new")
    page.click("form .primary")
    page.says("What is this?", ".lines")
    assert "Waiting" not in page.text()
    made = json.loads(desk.run("--json", "list"))[0]
    assert made["title"].startswith("<script>") and made["category"] == "customer", made
    told("a new message from the page is a ticket")
    page.click("header .plain[aria-label=Back]")

    desk.run("share", invoice)
    page.says("Check the invoice", ".tickets")
    page.click(".ticket", lambda found: "Check the invoice" in found.text)
    page.one(".lines .event")
    assert "SECRET" not in page.script("return document.documentElement.outerHTML")
    desk.run("unshare", invoice)
    page.says("Recent tickets", "#panel")
    page.one(".tickets", lambda found: "Check the invoice" not in found.text)
    told("a ticket comes when it is shared and goes when it is not")

    numbers = [str(t["id"]) for t in json.loads(desk.run("--json", "list"))]
    other = Page(folder / "phone", (390, 844), shots, "phone", dark=True)
    other.go(f"{desk.address}/messenger#token={bob}")
    other.badge_is("1")
    other.shot("launcher")
    other.click("#launcher")
    other.says("Of Bob only", ".tickets")
    for words in ("Refund", "invoice", "SECRET", "Thank you"):
        assert words not in other.script("return document.documentElement.outerHTML"), words
    reached = other.driver.execute_async_script(
        """const [numbers, done] = arguments;
        const token = sessionStorage.getItem('deskbell-token');
        Promise.all(numbers.map(async (n) => {
          const answer = await fetch('/messenger/tickets/' + n + '?seen=true',
            { headers: { Authorization: 'Bearer ' + token } });
          return [n, answer.status, await answer.text()];
        })).then(done);""",
        numbers + ["999999"],
    )
    nothing = next(text for n, _, text in reached if n == "999999")
    theirs = [n for n, status, _ in reached if status == 200]
    assert len(theirs) == 1, theirs
    assert all(status == 404 and text == nothing for n, status, text in reached if n not in theirs)
    told("another customer's token sees and reaches nothing of it")
    other.shot("home")
    other.click(".ticket")
    desk.run("reply", theirs[0], "Good morning Bob.\n\nWe look into it, and write to you today.")
    desk.run("state", theirs[0], "waiting")
    other.says("Waiting on you", ".state")
    other.one("#reply").send_keys("It is the second one this week.")
    other.click(".send")
    other.one(".own .bubble", lambda found: "second one" in found.text)
    other.shot("conversation")
    wide = other.script("return document.documentElement.scrollWidth <= window.innerWidth")
    assert wide, "the page is wider than the phone"
    other.click(".state")
    other.says("Updates", ".detail")
    other.shot("detail")

    # A token that ends, ends the page.
    row = next(r for r in json.loads(desk.run("--json", "token", "list")) if BOB in r["whose"])
    desk.run("token", "revoke", str(row["id"]))
    other.says("This link has ended")
    assert not other.find("#launcher")[0].is_displayed()
    told("a token that is revoked ends the page at once")

    # Every failure that the browser noted is one that was asked for above.
    for log in (page.end(), other.end()):
        for entry in log:
            asked = re.search(r"/messenger(/tickets/\d+|/events)?(\?seen=true)? |favicon", entry["message"])
            assert asked and re.search(r"status of 40[14]", entry["message"]), entry
    told("the browser has nothing to complain of")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
