package html_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onramp/render/html"
)

// shot is where the picture of the page for the documentation goes:
//
//	go test ./render/html -run TestPicture -picture ../../docs/images/approval.png
var shot = flag.String("picture", "", "write a picture of the sample's page to this `file`")

// saved is the page as a file.
func saved(t *testing.T, in html.Input) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, rendered(t, in), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// longest has names as long as they get, in letters as wide as they get.
func longest(t *testing.T) html.Input {
	t.Helper()
	in := with(t, strings.Repeat("M", 127))
	in.Plan.Problems = nil
	return in
}

// faults is what a page may not do, as a function that the browser runs: it gives a list of complaints.
const faults = `(() => {
  const wrong = [];
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > most) wrong.push("is " + document.documentElement.scrollWidth + " wide on " + most);
  const scrolls = n => n.closest(".picture, .table");
  for (const n of document.body.querySelectorAll("*")) {
    const r = n.getBoundingClientRect();
    if (r.width > 0 && r.right > most + 1 && !scrolls(n) && !n.closest(".unseen")) wrong.push("<" + n.tagName + "> ends at " + Math.round(r.right) + " on " + most + ": " + n.textContent.slice(0, 40));
  }
  for (const box of document.querySelectorAll("svg .box")) {
    const room = box.querySelector("rect").getBBox();
    for (const text of box.querySelectorAll("text")) {
      const r = text.getBBox();
      if (r.x < room.x || r.x + r.width > room.x + room.width || r.y < room.y || r.y + r.height > room.y + room.height) wrong.push("text is cut: " + text.textContent);
    }
  }
  const labels = [...document.querySelectorAll("svg .label")].map(n => [n, n.getBBox()]);
  for (const [n, r] of labels) for (const box of document.querySelectorAll("svg .box")) {
    const b = {x: +box.getAttribute("x"), y: +box.getAttribute("y"), width: +box.getAttribute("width"), height: +box.getAttribute("height")};
    if (r.x < b.x + b.width && b.x < r.x + r.width && r.y < b.y + b.height && b.y < r.y + r.height) wrong.push("a label lies on a box: " + n.textContent);
  }
  return wrong;
})()`

// contrast gives the texts that are hard to read against what is behind them (WCAG 2.2, 1.4.3: 4.5 to 1).
const contrast = `(() => {
  const wrong = new Set();
  const parts = c => (c.match(/[\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => { const f = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const behind = n => {
    for (; n; n = n.parentElement) {
      if (n.matches("svg.box")) { const fill = getComputedStyle(n.querySelector("rect")).fill; if (fill !== "none") return parts(fill); continue; }
      const c = parts(getComputedStyle(n).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  let seen = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; text = walk.nextNode();) {
    const n = text.parentElement;
    if (!text.data.trim() || n.closest("title, .unseen")) continue;
    seen++;
    const style = getComputedStyle(n);
    const a = luminance(parts(n instanceof SVGElement ? style.fill : style.color)), b = luminance(behind(n));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) wrong.add(n.tagName + "." + (n.getAttribute("class") || "") + ": " + ratio.toFixed(2) + " " + text.data.trim().slice(0, 30));
  }
  if (seen < 20) wrong.add("only " + seen + " texts are there");
  return [...wrong];
})()`

// widest sets the page in the widest of the common fonts.
const widest = `(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(':root{--sans:"DejaVu Sans",Verdana,sans-serif;--mono:"DejaVu Sans Mono",monospace}');
  document.adoptedStyleSheets = [sheet];
})()`

// TestInABrowser: at every width, in light and dark, the page asks nobody for anything, makes no one complain, is no wider
// than the window, cuts no text of the picture and can be read.
func TestInABrowser(t *testing.T) {
	b := browse(t)
	looked := example(t, "sample")
	looked.Findings = found(looked.Plan)
	for name, in := range map[string]html.Input{
		"sample": example(t, "sample"), "looked at": looked, "broad": example(t, "console-default-serverless"), "longest names": longest(t), "many groups": many(10_000),
	} {
		path := saved(t, in)
		page := b.open(path, view{width: 1280, height: 900})
		for _, wrong := range page.complaints() {
			t.Errorf("%s: %s", name, wrong)
		}
		for _, fonts := range []string{"", widest} {
			page.run("("+map[bool]string{true: "0", false: fonts}[fonts == ""]+")", nil)
			for _, v := range []view{{width: 1600, height: 900}, {width: 1280, height: 900}, {width: 375, height: 700, dark: true}, {width: 320, height: 700}} {
				page.look(v)
				var wrong []string
				if page.run(faults, &wrong); len(wrong) > 0 {
					t.Errorf("%s, %+v: %s", name, v, strings.Join(wrong[:min(len(wrong), 5)], "\n"))
				}
			}
		}
		for _, dark := range []bool{false, true} {
			page.look(view{width: 1280, height: 900, dark: dark})
			page.run(`for (const n of document.querySelectorAll("details")) n.open = true`, nil)
			var wrong []string
			if page.run(contrast, &wrong); len(wrong) > 0 {
				t.Errorf("%s, dark %t: hard to read: %s", name, dark, strings.Join(wrong, "\n"))
			}
		}
		page.close()
	}
}

// TestPrinted: on paper everything is open, and dark ink is on white, whatever the screen is like.
func TestPrinted(t *testing.T) {
	b := browse(t)
	page := b.open(saved(t, example(t, "sample")), view{width: 900, height: 1200, dark: true, media: "print"})
	var got struct {
		Closed     int
		Background string
		Hidden     []string
	}
	page.run(`(() => ({
	  closed: [...document.querySelectorAll("details")].filter(d => [...d.children].some(n => n.tagName !== "SUMMARY" && !n.checkVisibility())).length,
	  background: getComputedStyle(document.body).backgroundColor,
	  hidden: ["nav", ".skip"].filter(s => getComputedStyle(document.querySelector(s)).display !== "none"),
	}))()`, &got)
	if got.Closed > 0 || got.Background != "rgb(255, 255, 255)" || len(got.Hidden) > 0 {
		t.Errorf("printed: %+v", got)
	}
	var wrong []string
	if page.run(contrast, &wrong); len(wrong) > 0 {
		t.Errorf("printed, hard to read: %s", strings.Join(wrong, "\n"))
	}
	var paper struct{ Data []byte }
	page.call("Page.printToPDF", object{"preferCSSPageSize": true}, &paper)
	if n := strings.Count(string(paper.Data), "/Type /Page\n"); !strings.HasPrefix(string(paper.Data), "%PDF-") || n < 5 || n > 40 {
		t.Errorf("prints %d sheets", n)
	}
}

// TestByKeyboard: the first step leads past the contents, and one sees where one is.
func TestByKeyboard(t *testing.T) {
	b := browse(t)
	page := b.open(saved(t, example(t, "sample")), view{width: 1280, height: 900})
	page.press("Tab", 9)
	var got struct {
		Href    string
		Top     float64
		Outline string
	}
	const focused = `(() => { const n = document.activeElement; return {href: n.getAttribute("href"), top: n.getBoundingClientRect().top, outline: getComputedStyle(n).outlineStyle}; })()`
	page.run(focused, &got)
	if got.Href != "#main" || got.Top < 0 || got.Outline == "none" {
		t.Errorf("after one step: %+v", got)
	}
	page.press("Enter", 13)
	var id string
	if page.run(`document.activeElement.id`, &id); id != "main" {
		t.Errorf("the way past the contents leads to %q", id)
	}
	var unseen []string
	page.run(`(() => {
	  const wrong = [];
	  for (const n of document.querySelectorAll("details")) n.open = true;
	  for (const n of document.querySelectorAll("a, summary, [tabindex='0']")) { n.focus({focusVisible: true}); if (document.activeElement !== n || getComputedStyle(n).outlineStyle === "none") wrong.push(n.outerHTML.slice(0, 80)); }
	  return wrong;
	})()`, &unseen)
	if len(unseen) > 0 {
		t.Errorf("no focus is seen on %q", unseen)
	}
}

// TestPicture makes the picture of the documentation; without the flag, it only sees that it can.
func TestPicture(t *testing.T) {
	b := browse(t)
	page := b.open(saved(t, example(t, "sample")), view{width: 1280, height: 1180})
	data := page.picture()
	if len(data) < 20_000 || len(data) > 300_000 {
		t.Errorf("the picture has %d bytes", len(data))
	}
	if *shot == "" {
		return
	}
	if err := os.WriteFile(*shot, data, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Log("wrote", *shot)
}
