package safefile

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// sums is a list of files: what each had in it when it was written.
type sums struct {
	title string
	of    map[string]string // by name
}

// sum is a file's content in short.
func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// sumsOf is the list as a file, with what else it is to hold.
func sumsOf(title string, files []File, others map[string]string) File {
	of := maps.Clone(others)
	if of == nil {
		of = map[string]string{}
	}
	for _, f := range files {
		of[f.Name] = sum(f.Data)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", strings.Join(strings.Fields(title), " "))
	for _, name := range slices.Sorted(maps.Keys(of)) {
		fmt.Fprintf(&b, "%s  %s\n", of[name], name)
	}
	return File{Name: Sums, Data: b.Bytes(), Mode: 0o644}
}

// readSums reads the list of a folder. One that cannot be read is none.
func readSums(root *os.Root) sums {
	out := sums{of: map[string]string{}}
	data, err := readIn(root, Sums)
	if err != nil {
		return out
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		if title, is := strings.CutPrefix(line, "# "); is {
			out.title = cmp.Or(out.title, title)
			continue
		}
		if hash, name, is := strings.Cut(line, "  "); is {
			out.of[name] = hash
		}
	}
	return out
}

// readIn reads a file of a folder, if it is an ordinary one.
func readIn(root *os.Root, name string) ([]byte, error) {
	info, err := root.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not an ordinary file")
	}
	if err != nil {
		return nil, err
	}
	return root.ReadFile(name)
}

// stale are files that were written under the same title, are not of it any more, and nobody has changed.
func (s sums) stale(root *os.Root, title string, files []File) []string {
	if s.title != strings.Join(strings.Fields(title), " ") {
		return nil
	}
	var out []string
	for name, was := range s.others(files, nil) {
		if !filepath.IsLocal(name) || linked(root, path.Dir(name)) != nil {
			continue
		}
		if data, err := readIn(root, name); err == nil && sum(data) == was {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// others are the files of the list that are neither of these nor gone.
func (s sums) others(files []File, gone []string) map[string]string {
	out := maps.Clone(s.of)
	for _, f := range files {
		delete(out, f.Name)
	}
	for _, name := range gone {
		delete(out, name)
	}
	return out
}
