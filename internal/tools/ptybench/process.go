package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// This file reads what Linux tells of a process below /proc. Other systems do not have it, and
// their rows say so.

// usage is what a process has used since it began.
type usage struct {
	busy     time.Duration // on a processor
	switches int           // times that one of its threads was given a processor
	known    bool
}

func usageOf(pid int) usage {
	var u usage
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	for _, folder := range threads {
		status := fields(folder + "/status")
		u.switches += number(status["voluntary_ctxt_switches"]) + number(status["nonvoluntary_ctxt_switches"])
		data, err := os.ReadFile(folder + "/schedstat") // nanoseconds; /proc/PID/stat counts hundredths of a second
		if words := strings.Fields(string(data)); err == nil && len(words) > 0 {
			u.busy += time.Duration(number(words[0]))
			u.known = true
		}
	}
	return u
}

// memory is what the process holds, and the most that it has held.
func memory(pid int, tab *table) {
	status := fields(fmt.Sprintf("/proc/%d/status", pid))
	for _, m := range []struct{ what, name string }{{"memory", "VmRSS"}, {"memory, peak", "VmHWM"}} {
		value := "not known on this system"
		if kb := number(status[m.name]); kb > 0 {
			value = fmt.Sprintf("%.1f MiB", float64(kb)/1024)
		}
		tab.row(m.what, value)
	}
}

// fields reads lines of the form "name: value".
func fields(path string) map[string]string {
	data, _ := os.ReadFile(path) // not there: nothing is known
	out := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			out[name] = value
		}
	}
	return out
}

// number is the first word of a value; 0 if it is none.
func number(value string) int {
	words := strings.Fields(value)
	if len(words) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(words[0])
	return n
}
