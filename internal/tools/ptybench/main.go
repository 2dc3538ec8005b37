// Command ptybench times a terminal program from outside, in a virtual terminal: how long it takes
// to start, to draw its first frame and to answer a key, and what it costs while it waits.
//
//	ptybench -size 120x40 -frame Name -keys '<enter>' -shows '"%s"' COMMAND [ARGUMENT...]
//
// The figures are those of this machine at this moment: run it on a quiet one, and compare only what
// was measured side by side. Times end when the bytes arrive that make the screen complete; what
// the virtual terminal takes to draw them is not in them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"onramp/internal/tools/terminal"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "ptybench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	size    terminal.Size
	bare    string        // arguments of a run that only starts
	starts  int           // how often it is started
	frame   []string      // what a complete first frame shows
	keys    string        // typed before letters are timed
	letters int           // how many are timed
	shows   []string      // how what was typed shows
	wipe    string        // empties the field
	idle    time.Duration // how long it is watched doing nothing
	env     []string
	command []string
}

func parse(args []string) (options, error) {
	o := options{size: terminal.Size{Width: 120, Height: 40}}
	f := flag.NewFlagSet("ptybench", flag.ContinueOnError)
	f.SetOutput(io.Discard) // an error is printed once, by main
	f.Func("size", "`WIDTHxHEIGHT` of the terminal (120x40)", o.size.Set)
	f.StringVar(&o.bare, "bare", "version", "`arguments` of a run that only starts and ends; none: not timed")
	f.IntVar(&o.starts, "starts", 20, "`times` that the program is started")
	f.Func("frame", "`text` that a complete first frame shows; repeatable", appendTo(&o.frame))
	f.StringVar(&o.keys, "keys", "", "`keys` that lead to a text field, as in: <enter><wait:Name>")
	f.IntVar(&o.letters, "letters", 100, "`letters` to type and time; 0: none")
	f.Func("shows", "`text` that shows what was typed, with %s in its place; repeatable, and all are waited for", appendTo(&o.shows))
	f.StringVar(&o.wipe, "wipe", "<ctrl-u>", "`keys` that empty the field")
	f.DurationVar(&o.idle, "idle", 10*time.Second, "`time` for which it is watched doing nothing; 0s: not")
	f.Func("env", "`NAME=VALUE` to add to the environment; repeatable", appendTo(&o.env))
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		f.SetOutput(os.Stderr)
		f.Usage()
	}
	o.command = f.Args()
	return o, errors.Join(err, o.check())
}

func appendTo(list *[]string) func(string) error {
	return func(s string) error { *list = append(*list, s); return nil }
}

func (o options) check() error {
	switch {
	case len(o.command) == 0:
		return errors.New("name the command to measure")
	case len(o.frame) == 0:
		return errors.New("say with -frame what a complete first frame shows")
	case o.starts < 1:
		return errors.New("-starts must be at least 1")
	case o.letters > 0 && len(o.shows) == 0:
		return errors.New("say with -shows how typed text shows, or set -letters 0")
	}
	_, err := terminal.Strokes(o.keys + o.wipe)
	return err
}

func run(args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	var t table
	if o.bare != "" {
		times, err := o.timeBare()
		if err != nil {
			return err
		}
		t.times("start, "+o.bare, times)
	}
	times, err := o.timeFrames()
	if err != nil {
		return err
	}
	t.times("start to first complete frame", times)
	if err := o.session(&t); err != nil {
		return err
	}
	_, err = io.WriteString(out, t.String())
	return err
}

// complete says that the screen shows all of some texts.
func complete(texts []string) func(string) bool {
	return func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	}
}
