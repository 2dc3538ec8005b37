package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/pflag"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/safefile"
	"onramp/render/commandline"
	"onramp/steps"
	"onramp/tui"
)

// command is the command line that makes the same export again, for the header of what is exported.
func (a *app) command() string { return commandLine(append([]string{"onramp"}, a.args...)) }

// commandLine is a command as it is printed.
func commandLine(words []string) string { return prompt.Line(words) }

// prompt is the shell that the commands are copied to.
var prompt = commandline.Of(runtime.GOOS)

// repeated says what of this command line is left out of another, and what is in its place.
type repeated struct {
	file    string   // has all answers: it takes the place of --answers, --set and --region
	without []string // names of flags
	more    []string // words behind the answers
}

// consent are the flags that agree to something. What was agreed to for one command is not for another.
var consent = []string{"yes", "adopt"}

// repeat gives the words of a command that is called as this one was: with those of its flags that the other command
// has.
func (a *app) repeat(verb string, positional []string, o repeated) []string {
	answered, rest := []string{}, []string{}
	if o.file != "" {
		answered, o.without = append(answered, "-a", o.file), append(o.without, "answers", "set", "region")
	}
	if a.cmd != nil {
		a.cmd.Flags().Visit(func(f *pflag.Flag) {
			switch {
			case slices.Contains(o.without, f.Name) || !a.takes(verb, f):
			case f.Name == "answers":
				answered = append([]string{"-a", f.Value.String()}, answered...)
			case f.Name == "set":
				answered = append(answered, flagWords(f)...)
			default:
				rest = append(rest, flagWords(f)...)
			}
		})
	}
	return slices.Concat([]string{"onramp", verb}, positional, answered, o.more, rest)
}

// takes says that a command has a flag.
func (a *app) takes(verb string, f *pflag.Flag) bool {
	for _, c := range a.cmd.Root().Commands() {
		if c.Name() == verb {
			other := c.Flag(f.Name) // also one that every command has
			return other != nil && other.Value.Type() == f.Value.Type()
		}
	}
	return false
}

func flagWords(f *pflag.Flag) []string {
	switch value := f.Value.(type) {
	case pflag.SliceValue:
		var words []string
		for _, item := range value.GetSlice() {
			words = append(words, "--"+f.Name, item)
		}
		return words
	default:
		if f.Value.Type() != "bool" {
			return []string{"--" + f.Name, f.Value.String()}
		}
		if f.Value.String() == "true" {
			return []string{"--" + f.Name}
		}
		return []string{"--" + f.Name + "=" + f.Value.String()}
	}
}

// practiceFlags are the names of the flags that choose the practice account.
func (a *app) practiceFlags() []string {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	a.flags.practice.flags(set)
	names := []string{"practice"}
	set.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// again is what commands are repeated with: answers that came from standard input are in a file from now on.
func (a *app) again() (repeated, error) {
	if a.flags.answers != "-" {
		return repeated{}, nil
	}
	file, err := keepAnswers("answers", a.piped)
	return repeated{file: file, more: slices.Concat(a.flagWordsOf("set"), a.flagWordsOf("region"))}, err
}

// flagWordsOf are the words of one flag, where it was given.
func (a *app) flagWordsOf(name string) []string {
	if f := a.cmd.Flags().Lookup(name); f != nil && f.Changed {
		return flagWords(f)
	}
	return nil
}

// commands are those that go with a run: the words of each, nil where there is none.
func (a *app) commands(verb string, p plan.Plan, r apply.Result) (tui.Commands, error) {
	o, err := a.again()
	if err != nil {
		return tui.Commands{}, err
	}
	c := tui.Commands{Saved: o.file, Apply: a.repeat(verb, []string{p.Guide}, o)}
	own := o
	own.without = append(a.practiceFlags(), consent...)
	c.Own = a.repeat(verb, []string{p.Guide}, own)
	if len(p.Files) > 0 {
		files := o
		files.without = append([]string{"json"}, consent...)
		files.more = append(files.more, "-f", "json", "-o", "plan/")
		c.Files = a.repeat("export", []string{p.Guide}, files)
	}
	if r.Journal != "" && len(r.Changed)+len(r.Failed) > 0 {
		c.Undo = a.repeat("undo", []string{r.Journal}, repeated{without: append([]string{"json"}, consent...)})
	}
	return c, nil
}

// commands are those that do without the wizard what it did. The answers are in a file then: that of the command
// line, where nothing else was answered, or one that was exported, or one of its own.
func (p *port) commands(g steps.Guide, given answers.Set, pl plan.Plan, r apply.Result, adopted bool) (tui.Commands, error) {
	o, err := p.answersFor(g, given)
	if err != nil {
		return tui.Commands{}, err
	}
	o.without = append(o.without, "plain", "mouse")
	o.without = append(o.without, consent...)
	if adopted {
		o.more = append(o.more, "--adopt")
	}
	c, guide := tui.Commands{Saved: o.file}, []string{g.Name}
	c.Apply = p.app.repeat("apply", guide, o)
	own := o
	own.more, own.without = nil, append(o.without, p.app.practiceFlags()...)
	c.Own = p.app.repeat("apply", guide, own)
	if len(pl.Files) > 0 {
		own.more = []string{"-f", "json", "-o", "plan/"}
		own.without = append(own.without, "json")
		c.Files = p.app.repeat("export", guide, own)
	}
	if r.Journal != "" && len(r.Changed)+len(r.Failed) > 0 {
		c.Undo = p.app.repeat("undo", []string{r.Journal}, repeated{without: append([]string{"json"}, consent...)})
	}
	return c, nil
}

// answersFor says which answers a command is repeated with: in a file, unless the command line says them all.
func (p *port) answersFor(g steps.Guide, given answers.Set) (repeated, error) {
	resolved, _ := g.Resolve(given)
	data, err := answers.Save(g.Name, g.Fields(), p.app.flags.practice.real(resolved))
	switch {
	case err != nil:
		return repeated{}, err
	case bytes.Equal(data, p.exported):
		return repeated{file: p.exportedTo}, nil
	case g.Name == p.guide.Name && p.app.flags.answers != "-" && len(p.given.Keys()) > 0 && sameAnswers(p.given, given):
		return repeated{}, nil
	}
	file, err := keepAnswers(g.Name, data)
	return repeated{file: file}, err
}

// sameAnswers says that two sets say the same, apart from what was found in the account.
func sameAnswers(a, b answers.Set) bool {
	for _, key := range append(a.Keys(), b.Keys()...) {
		x, y := a.Get(key), b.Get(key)
		if x.Source != answers.Found && y.Source != answers.Found && answers.Format(x.Data) != answers.Format(y.Data) {
			return false
		}
	}
	return true
}

// keepAnswers writes an answers file beside the journals, for the commands that are printed. Files are never replaced:
// the name says what is in it.
func keepAnswers(name string, data []byte) (string, error) {
	state, err := safefile.StateFolder()
	if err != nil {
		return "", fmt.Errorf("save the answers: %w", err)
	}
	folder := filepath.Join(state, "answers")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("save the answers: %w", err)
	}
	sum := sha256.Sum256(data)
	name += "-" + hex.EncodeToString(sum[:4])
	for n := 1; ; n++ {
		path := filepath.Join(folder, name+".yaml")
		if n > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s-%d.yaml", name, n))
		}
		err := safefile.Write(path, data, 0o600, false)
		if errors.Is(err, safefile.ErrExists) {
			if have, readErr := os.ReadFile(path); readErr != nil || !bytes.Equal(have, data) {
				continue // somebody has changed it since
			}
			err = nil
		}
		return path, err
	}
}
