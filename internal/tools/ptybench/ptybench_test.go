package main

import (
	"strings"
	"testing"
	"time"
)

// echo is a program that shows what is typed, as the terminal itself does; ctrl-u empties its line.
const echo = `[ "$1" = version ] && exit; printf 'ready: '; cat`

func TestMeasuresAProgram(t *testing.T) {
	var out strings.Builder
	args := []string{"-size", "60x5", "-starts", "2", "-frame", "ready:", "-letters", "40", "-shows", "ready: %s", "-idle", "100ms", "-bare", ""}
	if err := run(append(args, "sh", "-c", echo), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| p50", "| start to first complete frame", "| idle", "| key to redrawn screen", "| written per key", "| memory, peak"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

func TestTimesTheBareStart(t *testing.T) {
	o := options{command: []string{"sh"}, bare: "-c true", starts: 3}
	if times, err := o.timeBare(); err != nil || len(times) != 3 || times[0] <= 0 {
		t.Errorf("%v: %v", times, err)
	}
	if _, err := (options{command: []string{"false"}, bare: "version", starts: 1}).timeBare(); err == nil {
		t.Error("a program that fails is no error")
	}
}

func TestRefused(t *testing.T) {
	for what, args := range map[string][]string{
		"no command":          {"-frame", "x", "-letters", "0"},
		"no frame":            {"-letters", "0", "true"},
		"no start":            {"-frame", "x", "-letters", "0", "-starts", "0", "true"},
		"letters, none shown": {"-frame", "x", "true"},
		"an unknown key":      {"-frame", "x", "-letters", "0", "-keys", "<f99>", "true"},
		"a frame never shown": {"-frame", "x", "-letters", "0", "-bare", "", "true"},
		"letters never shown": {"-frame", "x", "-letters", "1", "-shows", "%s!", "-idle", "0s", "-bare", "", "-starts", "1", "sh", "-c", "echo x; sleep 0.5"},
	} {
		if err := run(args, &strings.Builder{}); err == nil {
			t.Errorf("%s is no error", what)
		}
	}
}

func TestPercentile(t *testing.T) {
	var times []time.Duration
	for i := range 20 {
		times = append(times, time.Duration(i+1)*time.Millisecond)
	}
	for part, want := range map[float64]string{0.5: "10.0 ms", 0.95: "19.0 ms", 1: "20.0 ms", 0: "1.0 ms"} {
		if have := ms(percentile(times, part)); have != want {
			t.Errorf("%v: want %s, have %s", part, want, have)
		}
	}
}
