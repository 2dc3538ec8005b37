package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const script = `printf '\033[1mbold\033[0m \033[3mslant\033[0m \033[2mfaint\033[0m \033[4mbelow\033[0m \033[7mback\033[0m \033[31mred\033[0m\r\n'
printf '┌──┐ <&> 日本\r\n'; read name; echo "got $name"; sleep 60`

// shoot takes a picture of the script and gives it back.
func shoot(t *testing.T, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "picture")
	args = append([]string{"-size", "40x6", "-o", path}, args...)
	if err := run(append(args, "sh", "-c", script)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPictureShowsTheScreen(t *testing.T) {
	svg := shoot(t, "-keys", "<wait:bold>ada<enter><wait:got ada>", "-title", "a < b")
	wellFormed(t, svg)
	for what, want := range map[string]string{
		"bold":            ` font-weight="bold">bold</text>`,
		"italic":          ` font-style="italic">slant</text>`,
		"faint":           ` opacity="0.6">faint</text>`,
		"reverse":         `fill="#15181e" textLength="33.6">back</text>`,
		"a named colour":  `fill="#e06c75" textLength="25.2"`,
		"underline":       `<rect x="158.8" y="31.5" width="42.0" height="1.0"`,
		"a corner":        `<path d="M19.6 43.0L24.4 43.0"`,
		"a line":          `<rect x="24.4" y="42.4" width="16.8" height="1.2"`,
		"escaped text":    `&lt;&amp;&gt;`,
		"two cells":       `textLength="16.8">日</text>`,
		"what was typed":  `got ada</text>`,
		"the title":       `<title>a &lt; b</title>`,
		"size of 40 by 6": `width="368" height="140"`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s (%s) in\n%s", what, want, svg)
		}
	}
	if again := shoot(t, "-keys", "<wait:bold>ada<enter><wait:got ada>", "-title", "a < b"); again != svg {
		t.Error("the same screen gives another picture")
	}
}

// TestFilm: screens that are cut stand one after another; what stays is drawn once.
func TestFilm(t *testing.T) {
	svg := shoot(t, "-keys", "<wait:bold><cut>ada<enter><wait:got ada>", "-each", "2s")
	wellFormed(t, svg)
	for _, want := range []string{"animation:f 4.0s step-end infinite", "animation-delay:2.0s", `class="f l"`, "prefers-reduced-motion"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in\n%s", want, svg)
		}
	}
	if n := strings.Count(svg, ">bold</text>"); n != 1 {
		t.Errorf("what stays is drawn %d times", n)
	}
	if n := strings.Count(svg, "got ada</text>"); n != 1 {
		t.Errorf("what comes is drawn %d times", n)
	}
}

func TestThemes(t *testing.T) {
	svg := shoot(t, "-theme", "light", "-keys", "<wait:bold>")
	for _, want := range []string{`rx="8" fill="#ffffff"`, `fill="#b42318"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in\n%s", want, svg)
		}
	}
}

func TestText(t *testing.T) {
	if text := shoot(t, "-text", "-keys", "<wait:bold>ada<enter><wait:got>"); !strings.HasPrefix(text, "bold slant faint below back red\n┌──┐ <&> 日本\n") || !strings.HasSuffix(text, "got ada\n") {
		t.Errorf("have %q", text)
	}
}

func TestRefused(t *testing.T) {
	for what, args := range map[string][]string{
		"no command":         {"-size", "80x24"},
		"no size":            {"-size", "80", "true"},
		"a size of nothing":  {"-size", "0x5", "true"},
		"an unknown theme":   {"-theme", "blue", "true"},
		"an unknown key":     {"-keys", "<f99>", "true"},
		"an unknown program": {"./no-such-program"},
		"what never shows":   {"-keys", "<wait:hello>", "true"},
	} {
		if err := run(args); err == nil {
			t.Errorf("%s is no error", what)
		}
	}
}

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
