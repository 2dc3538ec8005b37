package house

import (
	"fmt"
	"path"
	"strings"
)

// Whoever is to serve every guide must not know one: a new guide is its folder and one line.

// strangers are the rooms in which no guide is named.
var strangers = []string{"cmd/*", "tui", "render", "render/*", "internal/apply", "internal/awsapi"}

// naming finds texts with the name of a guide where none may be named.
func naming(pkgs []pkg, guides []string) []string {
	var wrong []string
	for _, p := range pkgs {
		for _, f := range p.files {
			if f.test() || !stranger(p) {
				continue
			}
			for _, text := range f.texts {
				for _, name := range guides {
					if strings.Contains(text, name) {
						wrong = append(wrong, fmt.Sprintf("%s names the guide %s: what is said of one guide is that guide's to say", path.Join(p.path, f.name), name))
					}
				}
			}
		}
	}
	return wrong
}

func stranger(p pkg) bool {
	for _, pattern := range strangers {
		if matches(pattern, p.path) {
			return true
		}
	}
	return false
}

// registration is the file with the one line that names the guides, and guideUse how it names each of them.
const registration, guideUse = "cmd/onramp/root.go", "Guide"

// registering finds packages that know a guide: but for the line of registration, none does.
func registering(pkgs []pkg) []string {
	var wrong []string
	for _, p := range pkgs {
		if r, ok := find(rooms, p.path); ok && r.tests {
			continue
		}
		for _, f := range p.files {
			if !f.test() {
				wrong = append(wrong, f.registers(path.Join(p.path, f.name))...)
			}
		}
	}
	return wrong
}

func (f file) registers(where string) []string {
	var wrong []string
	times := map[string]int{} // that the file names a guide
	for _, use := range f.uses {
		guide, of := ofGuide(use)
		if times[guide]++; of && path.Ext(use) != "."+guideUse {
			wrong = append(wrong, where+" uses "+use+": a guide is known by its "+guideUse+" alone")
		}
	}
	for _, i := range f.imports {
		if guide, of := ofGuide(i); of && (where != registration || times[guide] != 1) {
			wrong = append(wrong, fmt.Sprintf("%s imports %s and names it %d times: a guide is registered in one line of %s", where, i, times[guide], registration))
		}
	}
	return wrong
}

// ofGuide says of an import, or of a name with its import, whether it is a guide's, and whose.
func ofGuide(name string) (guide string, of bool) {
	guide, of = strings.CutPrefix(name, module+"steps/")
	guide, _, _ = strings.Cut(guide, ".")
	return guide, of
}
