package html_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onramp/internal/testenv"
)

// This file drives a headless Chromium over the pipe that its DevTools protocol offers: no port is opened, and no library
// is needed.

// browser is a running Chromium.
type browser struct {
	t        *testing.T
	commands io.WriteCloser
	events   chan message
	id       int
	kept     []message // events that nobody has asked for yet
}

// message is a command, an answer or an event of the protocol.
type message struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// chromium finds the browser, which scripts/test installs where it can.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	testenv.Missing(t, "chromium is not installed: apt-get install chromium")
	return ""
}

// browse starts a browser that has no way out: whatever it asks of a network fails, and is an event.
func browse(t *testing.T) *browser {
	t.Helper()
	home := t.TempDir()
	c := exec.Command(chromium(t), "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars",
		"--proxy-server=127.0.0.1:9", "--user-data-dir="+home, "about:blank")
	c.Env = append(os.Environ(), "HOME="+home)
	fromUs, commands, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, toUs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.ExtraFiles = []*os.File{fromUs, toUs} // it reads from 3 and writes to 4
	if err := c.Start(); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	fromUs.Close()
	toUs.Close()
	b := &browser{t: t, commands: commands, events: make(chan message, 1024)}
	go b.listen(answers)
	t.Cleanup(func() {
		_, _ = b.try("", "Browser.close", nil)
		commands.Close()
		done := make(chan struct{})
		go func() { _ = c.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = c.Process.Kill()
			<-done
		}
		answers.Close()
	})
	return b
}

func (b *browser) listen(from io.Reader) {
	defer close(b.events)
	in := bufio.NewReaderSize(from, 1<<20)
	for {
		data, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(data[:len(data)-1], &m) == nil {
			b.events <- m
		}
	}
}

// next is the next message, or an error where the browser has gone or says nothing.
func (b *browser) next() (message, error) {
	select {
	case m, ok := <-b.events:
		if !ok {
			return m, errors.New("chromium has gone")
		}
		return m, nil
	case <-time.After(60 * time.Second):
		return message{}, errors.New("chromium says nothing")
	}
}

// try sends a command and waits for its answer; events meanwhile are kept.
func (b *browser) try(session, method string, params any) (json.RawMessage, error) {
	b.id++
	id := b.id
	if params == nil {
		params = struct{}{}
	}
	data, err := json.Marshal(message{ID: id, Method: method, SessionID: session, Params: params})
	if err != nil {
		return nil, err
	}
	if _, err := b.commands.Write(append(data, 0)); err != nil {
		return nil, err
	}
	for {
		m, err := b.next()
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", method, err)
		case m.ID == id && m.Error != nil:
			return nil, fmt.Errorf("%s: %s", method, m.Error.Message)
		case m.ID == id:
			return m.Result, nil
		}
		b.kept = append(b.kept, m)
	}
}

// tab is one page in the browser.
type tab struct {
	*browser
	session string
}

type object = map[string]any

// call sends a command to the tab and reads its answer into out.
func (p *tab) call(method string, params, out any) {
	p.t.Helper()
	data, err := p.try(p.session, method, params)
	if err != nil {
		p.t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(data, out); err != nil {
			p.t.Fatalf("%s: %v", method, err)
		}
	}
}

// view is how a page is looked at.
type view struct {
	width, height int
	dark          bool
	media         string // "print"; "" : the screen
}

// open loads a file in a new tab and gives it once it is there.
func (b *browser) open(path string, v view) *tab {
	b.t.Helper()
	page := &tab{browser: b}
	var made struct{ TargetID, SessionID string }
	page.call("Target.createTarget", object{"url": "about:blank"}, &made)
	page.call("Target.attachToTarget", object{"targetId": made.TargetID, "flatten": true}, &made)
	page.session = made.SessionID
	for _, domain := range []string{"Page", "Network", "Log", "Runtime"} {
		page.call(domain+".enable", nil, nil)
	}
	page.look(v)
	address := "file://" + filepath.ToSlash(path)
	page.call("Page.navigate", object{"url": address}, nil)
	page.wait("Page.loadEventFired")
	return page
}

// look changes how the page is looked at.
func (p *tab) look(v view) {
	p.t.Helper()
	scheme := map[bool]string{false: "light", true: "dark"}[v.dark]
	p.call("Emulation.setDeviceMetricsOverride", object{"width": v.width, "height": v.height, "deviceScaleFactor": 1, "mobile": false}, nil)
	p.call("Emulation.setEmulatedMedia", object{"media": v.media, "features": []object{
		{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"},
	}}, nil)
}

// wait waits for an event of the tab.
func (p *tab) wait(method string) {
	p.t.Helper()
	for {
		m, err := p.next()
		if err != nil {
			p.t.Fatalf("wait for %s: %v", method, err)
		}
		p.kept = append(p.kept, m)
		if m.Method == method && m.SessionID == p.session {
			return
		}
	}
}

// run evaluates an expression in the page, past its content policy, and reads its value into out.
func (p *tab) run(expression string, out any) {
	p.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Exception struct{ Description string }
		}
	}
	p.call("Runtime.evaluate", object{"expression": expression, "returnByValue": true, "awaitPromise": true}, &answer)
	if answer.ExceptionDetails != nil {
		p.t.Fatal(answer.ExceptionDetails.Exception.Description)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(answer.Result.Value, out); err != nil {
		p.t.Fatalf("read %s: %v", answer.Result.Value, err)
	}
}

// complaints are what the page has asked of anybody but its own file, and what the browser has said of it.
func (p *tab) complaints() (out []string) {
	p.t.Helper()
	p.run("new Promise(done => setTimeout(done, 200))", nil) // what is late comes, too
	for _, m := range p.kept {
		if m.SessionID != p.session {
			continue
		}
		data, err := json.Marshal(m.Params)
		if err != nil {
			p.t.Fatal(err)
		}
		var said struct {
			Request struct{ URL string }
		}
		_ = json.Unmarshal(data, &said)
		switch {
		case m.Method == "Network.requestWillBeSent" && !strings.HasPrefix(said.Request.URL, "file://"):
			out = append(out, "asks for "+said.Request.URL)
		case m.Method == "Log.entryAdded", m.Method == "Runtime.consoleAPICalled", m.Method == "Runtime.exceptionThrown":
			out = append(out, string(data))
		}
	}
	return out
}

// picture takes what is in the window as PNG.
func (p *tab) picture() []byte {
	p.t.Helper()
	var shot struct{ Data []byte }
	p.call("Page.captureScreenshot", object{"format": "png"}, &shot)
	return shot.Data
}

// press presses a key and lets it go.
func (p *tab) press(key string, code int) {
	p.t.Helper()
	text := map[string]string{"Enter": "\r"}[key]
	for _, kind := range []string{"keyDown", "keyUp"} {
		p.call("Input.dispatchKeyEvent", object{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}, nil)
	}
}

func (p *tab) close() {
	p.t.Helper()
	p.call("Page.close", nil, nil)
}
