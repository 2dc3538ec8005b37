// Command shot takes a picture of a terminal program: it runs it in a virtual terminal, types keys
// at it and writes the screen as SVG, or as text.
//
//	shot -size 120x40 -keys '<wait:name>ada<enter>' -o hello.svg COMMAND [ARGUMENT...]
//
// How keys are written is said at terminal.Strokes. <cut> among them keeps the screen as it is then: the picture
// then moves, from one of these screens to the next. The same screens give the same bytes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"onramp/internal/tools/terminal"
)

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "shot:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	size        terminal.Size
	keys, path  string
	theme       theme
	title       string
	text        bool
	each        time.Duration
	environment []string
	command     []string
}

func parse(args []string) (options, error) {
	o := options{size: terminal.Size{Width: 80, Height: 24}, theme: dark}
	f := flag.NewFlagSet("shot", flag.ContinueOnError)
	f.Func("size", "`WIDTHxHEIGHT` of the terminal (80x24)", o.size.Set)
	f.StringVar(&o.keys, "keys", "", "`keys` to type, as in: ada<enter><down*2><wait:Review>")
	f.StringVar(&o.path, "o", "", "`file` to write; standard output if not given")
	f.Func("theme", "`dark` or light (dark)", func(s string) (err error) { o.theme, err = themeCalled(s); return err })
	f.StringVar(&o.title, "title", "A terminal", "`text` for those who cannot see the picture")
	f.DurationVar(&o.each, "each", 1500*time.Millisecond, "`time` that each screen of a moving picture stands")
	f.BoolVar(&o.text, "text", false, "write the screen as text")
	f.Func("env", "`NAME=VALUE` to add to the environment; repeatable", func(s string) error { o.environment = append(o.environment, s); return nil })
	f.SetOutput(io.Discard) // an error is printed once, by main
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(os.Stderr)
			f.Usage()
		}
		return o, err
	}
	if o.command = f.Args(); len(o.command) == 0 {
		return o, errors.New("name the command to run")
	}
	_, err := terminal.Strokes(strings.ReplaceAll(o.keys, cut, ""))
	return o, err
}

func run(args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	data, err := take(o)
	if err != nil {
		return err
	}
	if o.path == "" {
		_, err = os.Stdout.Write(data)
		return err
	}
	return os.WriteFile(o.path, data, 0o644)
}

// take runs the program and gives the picture.
func take(o options) ([]byte, error) {
	t, err := terminal.Start(terminal.Options{Size: o.size, Background: o.theme.background, Env: o.environment}, o.command...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = t.Close() }()
	var screens [][][]uv.Cell
	for keys := range strings.SplitSeq(o.keys, cut) {
		if err := t.Play(keys); err != nil {
			return nil, err
		}
		screens = append(screens, t.Cells())
	}
	switch {
	case o.text:
		return []byte(strings.TrimRight(t.Text(), "\n") + "\n"), nil
	case len(screens) > 1:
		return film(screens, o.each, o.theme, o.title), nil
	}
	return picture(screens[0], o.theme, o.title), nil
}

// cut is where among keys a screen is kept.
const cut = "<cut>"
