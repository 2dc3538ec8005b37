package main

import (
	"fmt"
	"math"
	"os/exec"
	"slices"
	"strings"
	"time"

	"onramp/internal/tools/terminal"
)

// limit is how long anything may take.
const limit = 10 * time.Second

// timeBare starts the program without a terminal and waits for its end.
func (o options) timeBare() ([]time.Duration, error) {
	var times []time.Duration
	for range o.starts {
		cmd := exec.Command(o.command[0], strings.Fields(o.bare)...)
		start := time.Now()
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("run %s %s: %w", o.command[0], o.bare, err)
		}
		times = append(times, time.Since(start))
	}
	return times, nil
}

func (o options) open() (*terminal.Terminal, time.Duration, error) {
	t, err := terminal.Start(terminal.Options{Size: o.size, Env: o.env}, o.command...)
	if err != nil {
		return nil, 0, err
	}
	at, err := t.Until(limit, complete(o.frame))
	if err != nil {
		err = fmt.Errorf("first frame with %q: %w; the screen:\n%s", o.frame, err, t.Text())
		_ = t.Close()
		return nil, 0, err
	}
	return t, at.Sub(t.Started()), nil
}

func (o options) timeFrames() ([]time.Duration, error) {
	var times []time.Duration
	for range o.starts {
		t, took, err := o.open()
		if err != nil {
			return nil, err
		}
		times = append(times, took)
		if err := t.Close(); err != nil {
			return nil, fmt.Errorf("close terminal: %w", err)
		}
	}
	return times, nil
}

// session watches one run: idle, then typed at.
func (o options) session(tab *table) error {
	t, _, err := o.open()
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	if err := t.Play(o.keys); err != nil {
		return err
	}
	o.watch(t.Pid(), tab)
	if o.letters > 0 {
		written := t.Written()
		times, err := o.timeLetters(t)
		if err != nil {
			return err
		}
		tab.times("key to redrawn screen", times)
		tab.row("written per key", fmt.Sprintf("%d bytes", (t.Written()-written)/o.letters))
	}
	memory(t.Pid(), tab)
	return nil
}

// watch measures what the program does while nobody types.
func (o options) watch(pid int, tab *table) {
	if o.idle <= 0 {
		return
	}
	before, start := usageOf(pid), time.Now()
	time.Sleep(o.idle)
	after, took := usageOf(pid), time.Since(start).Seconds()
	if !before.known || !after.known {
		tab.row("idle", "not known on this system")
		return
	}
	tab.row("idle, CPU", fmt.Sprintf("%.2f %%", 100*(after.busy-before.busy).Seconds()/took))
	tab.row("idle, wake-ups", fmt.Sprintf("%.1f / s", float64(after.switches-before.switches)/took))
}

// longest is how much stands in the field before it is emptied.
const longest = 16

// timeLetters types letters one by one and waits for each to show everywhere that it should.
func (o options) timeLetters(t *terminal.Terminal) ([]time.Duration, error) {
	var times []time.Duration
	typed := strings.Repeat("x", longest) // whatever stands there
	for i := range o.letters {
		if len(typed) == longest {
			if err := t.Play(o.wipe); err != nil {
				return nil, err
			}
			typed = ""
		}
		time.Sleep(time.Duration(20+i*7%19) * time.Millisecond) // fingers are not in step with frames
		letter := string(rune('a' + i%26))
		typed += letter
		start := time.Now()
		if err := t.Type(letter); err != nil {
			return nil, err
		}
		at, err := t.Until(limit, complete(o.shown(typed)))
		if err != nil {
			return nil, fmt.Errorf("typed %q to show as %q: %w; the screen:\n%s", typed, o.shown(typed), err, t.Text())
		}
		if at.Before(start) {
			return nil, fmt.Errorf("%q stood there before it was typed: does %s empty the field?", o.shown(typed), o.wipe)
		}
		times = append(times, at.Sub(start))
	}
	return times, nil
}

// shown is how typed text shows.
func (o options) shown(typed string) []string {
	var out []string
	for _, s := range o.shows {
		out = append(out, strings.ReplaceAll(s, "%s", typed))
	}
	return out
}

// table is what was measured.
type table struct{ rows [][]string }

func (t *table) row(what string, values ...string) {
	t.rows = append(t.rows, append([]string{what}, values...))
}

func (t *table) times(what string, times []time.Duration) {
	slices.Sort(times)
	t.row(what, ms(percentile(times, 0.50)), ms(percentile(times, 0.95)), ms(times[len(times)-1]))
}

// percentile is the value that a part of sorted times does not exceed.
func percentile(sorted []time.Duration, part float64) time.Duration {
	return sorted[max(0, int(math.Ceil(float64(len(sorted))*part))-1)]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// String writes the table as Markdown does, in columns.
func (t *table) String() string {
	rows := append([][]string{{"", "p50", "p95", "max"}, {}}, t.rows...)
	var width [4]int
	for _, r := range rows {
		for i, cell := range r {
			width[i] = max(width[i], len(cell))
		}
	}
	var b strings.Builder
	for i, r := range rows {
		for c, w := range width {
			fill, cell := " ", ""
			if c < len(r) {
				cell = r[c]
			}
			if i == 1 {
				fill = "-"
			}
			fmt.Fprintf(&b, "| %s%s ", cell, strings.Repeat(fill, w-len(cell)))
		}
		b.WriteString("|\n")
	}
	return b.String()
}
