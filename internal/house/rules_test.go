package house

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

const module = "onramp/"

// room is a package and whom it may know.
type room struct {
	path    string   // below the module's root; a last element * stands for any one
	own     []string // packages of this module that it may import, written alike; everything: "..."
	third   []string // modules of others that it may import, by the beginning of the path
	indoors bool     // no file, no network, no environment, no chance
	pure    bool     // indoors, and no clock: the same input gives the same output
	tests   bool     // for tests only: nothing else imports it, and it may import what it likes
	planned bool     // may stand empty, because it is still being built
}

// world is what is not indoors, by import path or by the folder above it. An address alone reaches
// nothing.
var world = []string{
	"crypto/rand", "log", "math/rand", "net", "os", "path/filepath", "plugin", "runtime", "syscall", "testing", "unsafe", "C",
}

// clock is what asks the time, or waits.
var clock = []string{"time.After", "time.AfterFunc", "time.NewTicker", "time.NewTimer", "time.Now", "time.Since", "time.Sleep", "time.Tick", "time.Until"}

// direction finds imports that do not run downward.
func direction(rooms []room, pkgs []pkg) []string {
	var wrong []string
	for _, p := range pkgs {
		if !slices.ContainsFunc(p.files, func(f file) bool { return !f.test() }) {
			continue // nothing can import it
		}
		r, ok := find(rooms, p.path)
		if !ok {
			wrong = append(wrong, p.path+" has no room: say in the table of house_test.go whom it may know")
			continue
		}
		for _, f := range p.files {
			if f.test() || r.tests {
				continue
			}
			for _, i := range f.imports {
				if why := r.refuses(rooms, i); why != "" {
					wrong = append(wrong, fmt.Sprintf("%s imports %s: %s", path.Join(p.path, f.name), i, why))
				}
			}
			wrong = append(wrong, r.asksTime(p.path, f)...)
		}
	}
	return wrong
}

// refuses says why a room may not have an import; "" if it may.
func (r room) refuses(rooms []room, imported string) string {
	first, _, _ := strings.Cut(imported, "/")
	own, isOwn := strings.CutPrefix(imported, module)
	switch {
	case isOwn:
		return r.refusesOwn(rooms, own)
	case strings.Contains(first, "."):
		if !slices.ContainsFunc(r.third, func(m string) bool { return under(m, imported) }) {
			return "this module is not for " + r.path
		}
	case (r.indoors || r.pure) && imported != "net/netip" && slices.ContainsFunc(world, func(w string) bool { return under(w, imported) }):
		return r.path + " does not touch the world"
	}
	return ""
}

func (r room) refusesOwn(rooms []room, own string) string {
	if other, ok := find(rooms, own); ok && other.tests {
		return own + " is for tests only"
	}
	if !slices.ContainsFunc(r.own, func(pattern string) bool { return pattern == "..." || matches(pattern, own) }) {
		return "imports run downward, and " + r.path + " stands below or beside it"
	}
	return ""
}

func (r room) asksTime(folder string, f file) []string {
	var wrong []string
	for _, c := range clock {
		if r.pure && slices.Contains(f.uses, c) {
			wrong = append(wrong, fmt.Sprintf("%s uses %s: %s is pure", path.Join(folder, f.name), c, r.path))
		}
	}
	return wrong
}

// empty finds rooms where nobody lives: a rule about nothing looks like a rule.
func empty(rooms []room, pkgs []pkg) []string {
	var wrong []string
	for _, r := range rooms {
		if !r.planned && !slices.ContainsFunc(pkgs, func(p pkg) bool { return matches(r.path, p.path) }) {
			wrong = append(wrong, "no package is "+r.path)
		}
	}
	return wrong
}

func find(rooms []room, name string) (room, bool) {
	i := slices.IndexFunc(rooms, func(r room) bool { return matches(r.path, name) })
	if i < 0 {
		return room{}, false
	}
	return rooms[i], true
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// under says that a path is a folder or lies below it.
func under(folder, name string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }

// mostLines bounds a file: longer ones are two rooms. mostMain bounds the file that only starts.
const mostLines, mostMain = 450, 20

func tooLong(pkgs []pkg) []string {
	var wrong []string
	for _, p := range pkgs {
		for _, f := range p.files {
			most := mostLines
			if f.name == "main.go" && !tool(p) {
				most = mostMain
			}
			if f.lines > most && !f.test() {
				wrong = append(wrong, fmt.Sprintf("%s has %d lines, more than %d", path.Join(p.path, f.name), f.lines, most))
			}
		}
	}
	return wrong
}

// tool says that a package is a program for those who work on this one.
func tool(p pkg) bool { return strings.HasPrefix(p.path, "internal/tools/") }

// leaves finds what ends the process anywhere but in main.go: deferred work would be lost, and the
// exit codes are a contract.
func leaves(pkgs []pkg) []string {
	exits := []string{"os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "syscall.Exit", "runtime.Goexit"}
	var wrong []string
	for _, p := range pkgs {
		for _, f := range p.files {
			if f.name == "main.go" && f.pkg == "main" || f.test() || tool(p) {
				continue
			}
			for _, e := range exits {
				if slices.Contains(f.uses, e) {
					wrong = append(wrong, path.Join(p.path, f.name)+" uses "+e+": only main.go ends the process")
				}
			}
		}
	}
	return wrong
}

// early finds work that is done when the program starts, for whatever command: a pattern takes some 20 microseconds.
// sync.OnceValue does it when it is needed.
func early(pkgs []pkg) []string {
	var wrong []string
	for _, p := range pkgs {
		for _, f := range p.files {
			if slices.Contains(f.first, "regexp.MustCompile") && !f.test() && !tool(p) {
				wrong = append(wrong, path.Join(p.path, f.name)+" compiles a pattern before main: use sync.OnceValue")
			}
		}
	}
	return wrong
}

// unexplained finds packages that do not say what they are for.
func unexplained(pkgs []pkg) []string {
	var wrong []string
	for _, p := range pkgs {
		if !slices.ContainsFunc(p.files, file.explains) {
			wrong = append(wrong, p.path+" has no package comment: what does it do, what must it not know?")
		}
	}
	return wrong
}

func (f file) explains() bool {
	if f.pkg == "main" {
		return strings.HasPrefix(f.doc, "Command ")
	}
	rest, ok := strings.CutPrefix(f.doc, "Package "+f.pkg)
	return ok && (strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "_test "))
}

// replaced finds replace lines of a go.mod: with one, `go install` refuses the module.
func replaced(goMod string) []string {
	var wrong []string
	for line := range strings.Lines(goMod) {
		if words := strings.Fields(line); len(words) > 0 && words[0] == "replace" {
			wrong = append(wrong, "go.mod: "+strings.TrimSpace(line))
		}
	}
	return wrong
}
