//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onramp/internal/practice"
	"onramp/internal/practice/fault"
)

// printedCommand is a command in a text for people or in JSON. It goes to the end of its line.
var printedCommand = regexp.MustCompile("(?m)onramp (?:apply|undo|verify|plan|export|questions)\\b[^`\"\\n]*")

// commandsIn are the commands that a text prints. A page breaks a long one with a backslash.
func commandsIn(text string) []string {
	text = regexp.MustCompile(`\\ *\n +`).ReplaceAllString(text, "")
	var out []string
	for _, c := range printedCommand.FindAllString(text, -1) {
		if c = strings.TrimRight(c, " │"); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// sh runs a command line and gives all that it prints.
func (s stage) sh(input, command string) (out string, code int) {
	c := exec.Command("sh", "-c", command)
	c.Dir, c.Env, c.Stdin = s.dir, append(os.Environ(), s.env...), strings.NewReader(input)
	var b bytes.Buffer
	c.Stdout, c.Stderr = &b, &b
	_ = c.Run() // the exit code says it
	return b.String(), c.ProcessState.ExitCode()
}

// allWork runs the commands that a text prints, and wants that each does what it says, or would do so after a question.
func (s stage) allWork(t *testing.T, text string, least int) {
	t.Helper()
	commands := commandsIn(text)
	if len(commands) < least {
		t.Errorf("only %d commands are printed, want %d:\n%s", len(commands), least, text)
	}
	for _, c := range commands {
		out, code := s.sh("", c)
		if code != exitDone && code != exitDifferences && !strings.Contains(out, "there is no terminal to ask on") && !strings.Contains(out, "exists already") {
			t.Errorf("printed, and does not work: %s: exit code %d\n%s", c, code, out)
		}
	}
}

// failing is an account in which one kind of call fails a number of times.
func failing(t *testing.T, faults string) *practice.Account {
	t.Helper()
	f, err := fault.Parse(faults)
	if err != nil {
		t.Fatal(err)
	}
	return practice.New(practice.Settings{Region: "us-east-1", Faults: f})
}

// TestEveryPrintedCommandWorks collects what is printed after success, failure, refusal and undo, and runs it.
func TestEveryPrintedCommandWorks(t *testing.T) {
	const once = "iam:PutRolePolicy error code=InvalidInput status=400 times=1"
	profiles := "[profile other]\nregion = us-east-1\naws_access_key_id = practice\naws_secret_access_key = practice\n"
	for name, c := range map[string]struct {
		faults string
		input  string // "FILE": the answers
		line   string // FILE stands for an answers file
		code   int
		least  int
		wants  []string // in what is printed
		lacks  []string
	}{
		"success": {
			line: "onramp apply redshift-ml -a FILE --set role.name=other --parallelism 3 --yes", least: 1,
			wants: []string{"to undo: onramp undo /"}, lacks: []string{"known after apply"},
		},
		"success, with a profile": {
			line: "onramp apply redshift-ml -a FILE --profile other --yes", least: 1, wants: []string{"--profile other"},
		},
		"failure": {
			faults: once, line: "onramp apply redshift-ml -a FILE --set role.name='a+b' --region us-east-1 --parallelism 3 --yes", code: exitFailed, least: 2,
			wants: []string{"to resume: onramp apply redshift-ml -a ", "--set 'role.name=a+b'", "--region us-east-1", "--yes"},
		},
		"failure, flags before the command": {
			faults: once, line: "onramp -a FILE apply redshift-ml --adopt --yes", code: exitFailed, least: 2, wants: []string{"--adopt"},
		},
		"failure, with a debug log": {
			faults: once, line: "onramp apply redshift-ml -a FILE --yes --debug-log calls.log", code: exitFailed, least: 2,
			wants: []string{"--debug-log calls.log --yes\nto undo: ", ".jsonl --debug-log calls.log\n"},
		},
		"line prompts, with a debug log": {
			faults: once, input: "\napply\nyes\n", line: "onramp redshift-ml --plain -a FILE --debug-log calls.log", code: exitFailed, least: 2,
			wants: []string{".yaml --debug-log calls.log\n", ".jsonl --debug-log calls.log\n"},
		},
		"failure, answers from standard input": {
			faults: once, input: "FILE", line: "onramp apply redshift-ml -a - --set role.name=other --yes", code: exitFailed, least: 2,
			wants: []string{"/answers/answers-", "--set 'role.name=other'"}, lacks: []string{"-a - "},
		},
		"failure, as JSON": {
			faults: once, line: "onramp apply redshift-ml -a FILE --yes --json", code: exitFailed, least: 2, wants: []string{`"continue":"onramp apply`, `"undo":"onramp undo`},
		},
		"success, as JSON": {
			line: "onramp apply redshift-ml -a FILE --yes --json", least: 1, wants: []string{`"follow_up":[{`, `"hand_over":[]`, "KMS_KEY_ID '"}, lacks: []string{"known after apply"},
		},
		"blocked": {
			line: "onramp apply redshift-ml -a FILE --set bucket.choice=existing --set bucket.name=nope-nope --yes", code: exitFailed, lacks: []string{"onramp apply", "to resume"},
		},
		"verify --fix fails": {
			faults: once, line: "onramp verify redshift-ml -a FILE --fix --yes", code: exitFailed, least: 2, wants: []string{"to resume: onramp verify redshift-ml", "--fix --yes"},
		},
		"practice": {
			line: "onramp apply redshift-ml --practice --practice-delays 0 -a FILE --yes", least: 1, lacks: []string{"to resume", "to undo"},
		},
		"practice fails": {
			line: "onramp apply redshift-ml --practice-delays 0 --practice-fault '" + once + "' -a FILE --yes", code: exitFailed,
			wants: []string{"nothing to resume or undo"}, lacks: []string{"onramp apply", "onramp undo"},
		},
		"files": {
			line: "onramp apply ai-unlimited --set account=000000000000 --set region=us-east-1 --parallelism 2 --yes=true", least: 1, wants: []string{"-f json -o plan/"},
		},
		"files in practice": {
			line: "onramp apply ai-unlimited --practice --parallelism 2 --yes", least: 2, wants: []string{"-f json -o plan/"},
		},
		"without a terminal":    {line: "onramp redshift-ml --mouse -a FILE", code: exitFailed, least: 3},
		"offline":               {line: "onramp apply redshift-ml --offline --yes -a FILE", code: exitFailed, least: 1},
		"nothing to undo":       {line: "onramp undo --yes", least: 1},
		"an unknown key":        {line: "onramp plan redshift-ml -a FILE --set role.nam=x", code: exitAnswers, least: 1},
		"an empty file":         {line: "onramp plan redshift-ml -a /dev/null", code: exitAnswers, least: 1},
		"line prompts":          {input: "\napply\nyes\n", line: "onramp redshift-ml --plain -a FILE", least: 2, lacks: []string{"--plain -", "--yes"}},
		"line prompts, failure": {faults: once, input: "\napply\nyes\n", line: "onramp redshift-ml --plain -a FILE", code: exitFailed, least: 2, lacks: []string{"--yes"}},
		"line prompts, practice": {
			input: "\napply\nyes\n", line: "onramp redshift-ml --plain --practice --practice-delays 0 -a FILE", least: 1, lacks: []string{"--practice -", "--yes"},
		},
		"line prompts, a script": {
			input: "\nshell\nscript.sh\nleave\n", line: "onramp redshift-ml --plain -a FILE; grep 'onramp export' script.sh", least: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, failing(t, c.faults))
			file := s.answersFile(t, "sample.yaml")
			config := s.dir + "/config"
			if err := os.WriteFile(config, []byte(profiles), 0o600); err != nil {
				t.Fatal(err)
			}
			s.env = append(s.env, "AWS_CONFIG_FILE="+config)
			if c.input == "FILE" {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				c.input = string(data)
			}
			out, code := s.sh(c.input, strings.ReplaceAll(c.line, "FILE", file))
			if code != c.code && !strings.Contains(c.line, ";") {
				t.Fatalf("exit code %d, want %d\n%s", code, c.code, out)
			}
			for _, want := range c.wants {
				if !strings.Contains(out, strings.ReplaceAll(want, "FILE", file)) {
					t.Errorf("not printed: %s\n%s", want, out)
				}
			}
			for _, lack := range c.lacks {
				if strings.Contains(out, lack) {
					t.Errorf("printed: %s\n%s", lack, out)
				}
			}
			s.allWork(t, out, c.least)
		})
	}
}

// TestEveryCommandOfTheWizardWorks is the same for its pages and for what it leaves on the screen.
func TestEveryCommandOfTheWizardWorks(t *testing.T) {
	const once = "iam:PutRolePolicy error code=InvalidInput status=400 times=1"
	for name, c := range map[string]struct {
		faults string
		flags  []string
		undo   bool
		shows  string
		code   int
		lacks  string
	}{
		"success, the answers of the file":   {shows: "Done in", lacks: "--yes"},
		"success, other answers":             {flags: []string{"--set", "role.name=other"}, shows: "Done in", lacks: "--yes"},
		"failure":                            {faults: once, shows: "Failed after", code: exitFailed, lacks: "--yes"},
		"undone":                             {undo: true, shows: "Done in"},
		"an undo that fails":                 {undo: true, faults: "iam:DeleteRole error code=InvalidInput status=400 times=1", shows: "Done in", code: exitFailed},
		"success in practice":                {flags: []string{"--practice", "--practice-delays", "0"}, shows: "Done in", lacks: "--practice -"},
		"failure in practice leaves nothing": {flags: []string{"--practice-delays", "0", "--practice-fault", once}, shows: "Failed after", code: exitFailed, lacks: "onramp undo"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, failing(t, c.faults))
			a := s.start(t, append([]string{"onramp", "redshift-ml", "-a", s.answersFile(t, "sample.yaml")}, c.flags...)...)
			a.until("user/practice", "\r")
			a.until("as planned · ! cannot", "")
			a.untilAgain("Type", "a", 5)
			a.until("Type", "yes\r")
			a.until(c.shows, "")
			text := a.Text()
			if c.undo {
				a.untilAgain("Take it back", "u", 20)
				a.until("Type", "yes\r")
				a.until(map[int]string{exitDone: "Taken back", exitFailed: "Stopped"}[c.code], "")
				text += "\n" + a.Text()
			}
			a.untilAgain("over.", "q", 20)
			text += "\n" + a.ended(c.code)
			if c.lacks != "" && strings.Contains(strings.Join(commandsIn(text), "\n"), c.lacks) {
				t.Errorf("a command has %s:\n%s", c.lacks, text)
			}
			if strings.Contains(text, "known after apply") {
				t.Errorf("a value of the run is not filled in:\n%s", text)
			}
			least := 1
			if strings.Contains(name, "leaves nothing") {
				least = 0
			}
			s.allWork(t, text, least)
		})
	}
}
