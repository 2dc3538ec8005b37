package shell

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The stand-in for the AWS CLI is this test binary, called aws and first on PATH. It writes each
// call down and answers from rules that the test has laid into its folder. It knows no plan.

// standInFolder tells the test binary that it is the stand-in, and where its rules are.
const standInFolder = "ONRAMP_TEST_STANDIN"

func TestMain(m *testing.M) {
	if folder := os.Getenv(standInFolder); folder != "" {
		os.Exit((&standIn{folder: folder}).run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// reply is what the stand-in answers.
type reply struct {
	Out, Err string // Err: the call fails with it
}

// readRule answers a call that changes nothing: with Before until what Key names is there, then with
// After. Slow is how many more times it answers Before.
type readRule struct {
	Call, Query, Key string
	Before, After    reply
	Slow             int
}

// changeRule answers a call that changes something, after which what Keys name is there.
type changeRule struct {
	Call  string
	Keys  []string
	Outs  map[string]string // what it answers, by query
	Fails []string          // errors that come first, one each time
}

// rules are what an account does.
type rules struct {
	Account, Region string   // Region: what `aws configure get region` says
	CLI             string   // what `aws --version` says; "" : of a new CLI
	Lacks           []string // members that the CLI does not know
	Reads           []readRule
	Changes         []changeRule
	Sleep           time.Duration // how long a change takes
	Refused         string        // not "": what every login to a database fails with
}

// made is a call as it was made: the words, and the contents of the files that they name.
type made struct {
	Words   []string
	Files   map[string]string
	Changes bool
	Region  string // of the environment
}

type standIn struct {
	folder string
	rules  rules
}

func (s *standIn) run(args []string) int {
	data, err := os.ReadFile(filepath.Join(s.folder, "rules.json"))
	if err == nil {
		err = json.Unmarshal(data, &s.rules)
	}
	if err != nil {
		return s.say(reply{Err: err.Error()})
	}
	call, query := parse(args, contentOf)
	r, changes := s.answer(args, call, query)
	s.write("calls", made{Words: args, Files: contents(args), Changes: changes, Region: os.Getenv("AWS_REGION")})
	if changes {
		time.Sleep(s.rules.Sleep)
	}
	return s.say(r)
}

func (s *standIn) say(r reply) int {
	if r.Err != "" {
		fmt.Fprintln(os.Stderr, errorText(r.Err))
		return 254
	}
	fmt.Println(r.Out)
	return 0
}

func (s *standIn) answer(args []string, call, query string) (reply, bool) {
	switch {
	case slices.Equal(args, []string{"--version"}):
		return reply{Out: cmp.Or(s.rules.CLI, "aws-cli/2.36.7 Python/3.14.5 Linux/6.1 exe/x86_64.debian.12")}, false
	case isProbe(args):
		return s.skeleton(), false
	case slices.Equal(args, []string{"configure", "get", "region"}):
		return reply{Out: s.rules.Region}, false
	case strings.HasPrefix(call, "sts get-caller-identity"):
		return reply{Out: s.rules.Account}, false
	case strings.HasPrefix(call, "redshift-data describe-statement"):
		return s.described(call, query), false
	case strings.HasPrefix(call, "redshift-data get-statement-result"):
		return s.read(statementOf(call), query), false
	}
	if i := slices.IndexFunc(s.rules.Changes, func(c changeRule) bool { return c.Call == call }); i >= 0 {
		return s.change(i, query), true
	}
	if strings.HasPrefix(call, "redshift-data execute-statement") {
		return reply{Out: statementID(call)}, false
	}
	return s.read(call, query), false
}

// isProbe says whether a call only asks what the CLI knows.
func isProbe(args []string) bool { return slices.Contains(args, "--generate-cli-skeleton") }

// skeleton has every member that is new, but for those that the CLI lacks.
func (s *standIn) skeleton() reply {
	members := map[string]string{}
	for _, f := range features {
		if !slices.Contains(s.rules.Lacks, f.member) {
			members[f.member] = ""
		}
	}
	return reply{Out: encoded(members)}
}

var errorCode = regexp.MustCompile(`An error occurred \((\w+)\)`)

// errorText is an error as the CLI writes it: version 2 in another form, if its settings say so.
func errorText(text string) string {
	code := errorCode.FindStringSubmatch(text)
	if code == nil || os.Getenv("AWS_CLI_ERROR_FORMAT") != "json" {
		return text
	}
	return encoded(map[string]string{"Code": code[1], "Message": "not there"})
}

func (s *standIn) change(i int, query string) reply {
	c := s.rules.Changes[i]
	if n := s.count(fmt.Sprintf("change-%d", i)); n <= len(c.Fails) {
		return reply{Err: c.Fails[n-1]}
	}
	for _, key := range c.Keys {
		s.write("there", key)
	}
	if strings.HasPrefix(c.Call, "redshift-data") {
		return reply{Out: statementID(c.Call)}
	}
	if out, ok := c.Outs[query]; ok {
		return reply{Out: out}
	}
	return reply{Out: "{}"}
}

func (s *standIn) read(call, query string) reply {
	for i, r := range s.rules.Reads {
		if r.Call != call || r.Query != query {
			continue
		}
		if !slices.Contains(s.lines("there"), fmt.Sprintf("%q", r.Key)) || r.Slow > 0 && s.count(fmt.Sprintf("read-%d", i)) <= r.Slow {
			return r.Before
		}
		return r.After
	}
	return reply{Err: "unexpected call: " + call + " query " + query}
}

// described says that a statement has begun, and when asked again that it has ended, or was refused.
func (s *standIn) described(call, query string) reply {
	if s.rules.Refused != "" && query == "Error" {
		return reply{Out: s.rules.Refused}
	}
	if s.rules.Refused != "" {
		return reply{Out: "FAILED"}
	}
	if s.count("describe "+call) == 1 {
		return reply{Out: "STARTED"}
	}
	return reply{Out: "FINISHED"}
}

// A statement's id holds its call, so that nothing has to be remembered.
func statementID(call string) string { return fmt.Sprintf("%x", call) }

func statementOf(call string) string {
	_, values, _ := strings.Cut(call, `--id ["`)
	var text []byte
	_, _ = fmt.Sscanf(values, "%x", &text)
	return string(text)
}

// count counts how often it was asked for a name.
func (s *standIn) count(name string) int {
	s.write("counts", name)
	n := 0
	for _, line := range s.lines("counts") {
		if line == fmt.Sprintf("%q", name) {
			n++
		}
	}
	return n
}

func (s *standIn) write(file string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	f, err := os.OpenFile(filepath.Join(s.folder, file), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Fprintf(f, "%s\n", data)
}

func (s *standIn) lines(file string) []string {
	data, err := os.ReadFile(filepath.Join(s.folder, file))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

// parse makes one text of a call: command, options and values in a form in which calls that mean the
// same are equal. The query stands apart, and the output format is left out.
func parse(args []string, read func(path string) string) (call, query string) {
	var command, options []string
	values := map[string][]string{}
	name := ""
	for _, a := range args {
		switch option, value, joined := strings.Cut(a, "="); {
		case strings.HasPrefix(a, "--") && joined && !strings.ContainsAny(option, " '\""):
			name = option
			values[name] = []string{value}
		case strings.HasPrefix(a, "--"):
			name = a
			values[name] = []string{}
		case name == "":
			command = append(command, a)
		default:
			values[name] = append(values[name], a)
		}
	}
	for name, v := range values {
		switch name {
		case "--query":
			query = strings.Join(v, " ")
		case "--output":
		default:
			options = append(options, name+" "+normal(v, read))
		}
	}
	slices.Sort(options)
	return strings.Join(append(command, options...), " "), query
}

// normal writes the values of an option as JSON.
func normal(values []string, read func(path string) string) string {
	if len(values) != 1 {
		return encoded(values)
	}
	if path, bytes := strings.CutPrefix(values[0], "fileb://"); bytes { // which the CLI sends in base64
		return encoded([]string{base64.StdEncoding.EncodeToString([]byte(read(path)))})
	}
	path, isFile := strings.CutPrefix(values[0], "file://")
	if !isFile {
		return normalText(values[0])
	}
	return normalText(read(path))
}

// normalText writes a value as JSON. What is JSON already is written anew.
func normalText(text string) string {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		var decoded any
		if json.Unmarshal([]byte(text), &decoded) == nil {
			return encoded(decoded)
		}
	}
	return encoded([]string{text})
}

func encoded(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func contentOf(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func contents(args []string) map[string]string {
	files := map[string]string{}
	for _, a := range args {
		if prefix, path, isFile := strings.Cut(a, "://"); isFile && (prefix == "file" || prefix == "fileb") {
			files[a] = contentOf(path)
		}
	}
	return files
}
