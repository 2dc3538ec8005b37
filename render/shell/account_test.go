package shell

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"onramp/internal/plan"
)

// account is an account in which exactly the calls of one plan are known. Its rules follow from the
// plan's steps, and not from the script.
type account struct {
	rules
	folder string
	plan   plan.Plan
	there  []string   // what is there at the beginning
	late   []readRule // after those of the checks

	started func(*exec.Cmd) // called once the script runs; nil: nobody
}

// newAccount is the account in which nothing of the plan is there yet, but all that the plan only
// looks at.
func newAccount(t testing.TB, p plan.Plan) *account {
	a := &account{folder: t.TempDir(), plan: p, rules: rules{Account: p.Target.Account}}
	for _, r := range p.Resources {
		for i, st := range r.Spec.Steps() {
			a.add(r, i, st)
		}
	}
	a.Reads = append(a.Reads, a.late...)
	for i, r := range a.Reads { // where any value would do, give the one that somebody waits for
		if r.After.Out == anything {
			a.Reads[i].After.Out = a.awaited(r)
		}
	}
	return a
}

func (a *account) awaited(r readRule) string {
	for _, other := range a.Reads {
		if other.Call == r.Call && other.Query == r.Query && other.After.Out != anything && other.After.Out != "None" {
			return other.After.Out
		}
	}
	return anything
}

// all are the keys of everything that the plan would make.
func (a *account) all() []string {
	var keys []string
	for _, c := range a.Changes {
		keys = append(keys, c.Keys...)
	}
	return keys
}

// value is what AWS gives for a reference.
func value(r plan.Ref) string { return "value-of-" + r.Resource + "-" + r.Output }

func filled(s string) string { return plan.Fill(s, value) }

func key(r plan.Resource, i int) string { return fmt.Sprintf("%s/%d", r.ID, i) }

func (a *account) add(r plan.Resource, i int, st plan.Step) {
	k := key(r, i)
	if len(st.Create) == 0 && (len(st.Update) == 0 || merges(st.Update)) { // what the plan only uses or adds to
		a.there = append(a.there, k)
	}
	if st.Owner != nil {
		a.owner(*st.Owner)
	}
	a.reads(r, k, st)
	a.changes(r, i, st)
	if m := manual(st); m != nil {
		for _, l := range m.Looks {
			a.Reads = append(a.Reads, readRule{Call: text(l.Read), Query: l.Query, Key: k, Before: reply{Out: l.Want}, After: reply{Out: l.Want}})
		}
	}
}

// absent is how the account answers where there is nothing yet.
func absent(codes []string, operation string) reply {
	if len(codes) == 0 {
		return reply{Out: "None"}
	}
	return reply{Err: fmt.Sprintf("\nAn error occurred (%s) when calling the %s operation: not there", codes[0], operation)}
}

func (a *account) reads(r plan.Resource, k string, st plan.Step) {
	if st.Read.Zero() {
		return
	}
	rule := readRule{Call: text(st.Read), Key: k, Before: absent(st.Absent, st.Read.Operation)}
	add := func(query, after string) {
		rule.Query, rule.After = filled(query), reply{Out: after}
		a.Reads = append(a.Reads, rule)
	}
	read := func(outputs []plan.Output) { // a check that asks the same says better when it is there
		rule.Query, rule.After = queries(outputs, func(o plan.Output) string { return o.Read }), reply{Out: answered(r, outputs)}
		a.late = append(a.late, rule)
	}
	for n := range st.Take {
		read(st.Take[n : n+1])
	}
	read(st.Take)
	if st.Wait != nil {
		add(st.Wait.Query, filled(st.Wait.Want))
	}
	if isStatement(st.Read) && len(st.Create) == 0 {
		rule.Before = reply{Out: "0"}
	}
	add(st.Check.Query, wanted(st.Check))
	if f := st.Find; f != nil { // there are no candidates
		a.Reads = append(a.Reads, readRule{Call: text(f.List), Query: f.Items, Before: reply{Out: "None"}})
	}
	for _, c := range slices.Concat(st.Create, st.Update) {
		a.currents(c, rule)
	}
}

// wanted is what the CLI prints where a check holds.
func wanted(c plan.Check) string {
	switch {
	case c.Document != nil:
		return string(c.Document.Policy.Map(filled).JSON())
	case c.Want == "":
		return anything
	case strings.Contains(c.Query, ".["):
		return strings.ReplaceAll(filled(c.Want), " ", "\t")
	}
	return filled(c.Want)
}

// Roles and values that are there before, as AWS writes them.
const (
	oldRoles = "IamRole(applyStatus=in-sync, iamRoleArn=arn:aws:iam::123456789012:role/old)\tIamRole(iamRoleArn=arn:aws:iam::123456789012:role/a, applyStatus=adding)\tarn:aws:iam::123456789012:role/b"
	anything = "what-is-there"
)

// currents adds the reads for what a call sends back as it is.
func (a *account) currents(c plan.Call, rule readRule) {
	for _, m := range c.Input {
		switch v := m.Value.(type) {
		case plan.Current: // nothing, unless a check says what
			rule.Query, rule.Before, rule.After = v.Query, reply{Out: "None"}, reply{Out: "None"}
		case plan.RoleList:
			rule.Query, rule.Before, rule.After = v.Query, reply{Out: oldRoles}, reply{Out: oldRoles}
		default:
			continue
		}
		a.late = append(a.late, rule)
	}
}

func queries(outputs []plan.Output, of func(plan.Output) string) string {
	var list []string
	for _, o := range outputs {
		list = append(list, of(o))
	}
	if len(list) == 1 {
		return list[0]
	}
	return "[" + strings.Join(list, ", ") + "]"
}

func answered(r plan.Resource, outputs []plan.Output) string {
	var list []string
	for _, o := range outputs {
		list = append(list, value(plan.Ref{Resource: r.ID, Output: o.Name}))
	}
	return strings.Join(list, "\t")
}

// owner adds the read that says who made a thing. The thing is there once the first resource that is
// asked so has been made.
func (a *account) owner(o plan.Owner) {
	first := slices.IndexFunc(a.plan.Resources, func(r plan.Resource) bool {
		other := r.Spec.Steps()[0].Owner
		return other != nil && reflect.DeepEqual(other.Read, o.Read)
	})
	exists := o.Exists
	if exists == "" {
		exists = "'yes'"
	}
	rule := readRule{
		Call: text(o.Read), Query: "[" + exists + ", " + o.Check.Query + "]", Key: key(a.plan.Resources[first], 0),
		Before: absent(o.Absent, o.Read.Operation), After: reply{Out: "there\t" + o.Check.Want},
	}
	if len(o.Absent) == 0 {
		rule.Before = reply{Out: "None\tNone"}
	}
	a.Reads = append(a.Reads, rule)
}

func (a *account) changes(r plan.Resource, i int, st plan.Step) {
	keys := []string{key(r, i)}
	for j, other := range r.Spec.Steps() {
		if i == 0 && other.Fresh {
			keys = append(keys, key(r, j))
		}
	}
	for _, calls := range [][]plan.Call{st.Create, st.Update} {
		for n, c := range calls {
			rule := changeRule{Call: text(c), Outs: map[string]string{}}
			if n == len(calls)-1 {
				rule.Keys = keys
			}
			for m := range st.Take {
				rule.Outs[queries(st.Take[m:m+1], func(o plan.Output) string { return o.Made })] = answered(r, st.Take[m:m+1])
			}
			rule.Outs[queries(st.Take, func(o plan.Output) string { return o.Made })] = answered(r, st.Take)
			a.Changes = append(a.Changes, rule)
		}
	}
}

// text is a call in the form of parse.
func text(c plan.Call) string {
	service := map[string]string{"s3": "s3api"}[c.Service]
	if service == "" {
		service = c.Service
	}
	var options []string
	for _, m := range c.Input {
		if _, isCurrent := m.Value.(plan.Current); !isCurrent { // there is nothing to send back
			options = append(options, option(m))
		}
	}
	slices.Sort(options)
	return strings.Join(append([]string{service, kebab(c.Operation)}, options...), " ")
}

func option(m plan.Member) string {
	name := "--" + kebab(m.Name)
	switch v := plan.MapStrings(m.Value, filled).(type) {
	case bool:
		if !v {
			name = "--no-" + kebab(m.Name)
		}
		return name + " []"
	case int:
		return name + ` ["` + strconv.Itoa(v) + `"]`
	case string:
		return name + " " + normalText(v)
	case plan.Document:
		return name + " " + normalText(string(v.Policy.Compact()))
	case plan.Blob:
		return name + " " + encoded([][]byte{[]byte(v)})
	case plan.RoleList:
		return name + " " + encoded(withOldRoles(v))
	default:
		return name + " " + normalText(encoded(v))
	}
}

// withOldRoles are the roles that are there, and those that a list adds.
func withOldRoles(l plan.RoleList) []string {
	var roles []string
	for item := range strings.SplitSeq(oldRoles, "\t") {
		roles = append(roles, plan.RoleARN(item))
	}
	for _, add := range l.Add {
		if !slices.Contains(roles, add) {
			roles = append(roles, add)
		}
	}
	return roles
}

// shells are the programs that the scripts are run with: bash, and those that the environment names
// besides, for example a bash 3.2.
func shells() []string {
	return append([]string{"bash"}, strings.Fields(os.Getenv("ONRAMP_TEST_SHELLS"))...)
}

// outcome is what a script did.
type outcome struct {
	stdout, stderr string
	code           int
	calls          []made // all of them
	changes        []string
}

// run runs a script in the account with one shell.
func (a *account) run(t testing.TB, shell, script string, env ...string) outcome {
	t.Helper()
	data, err := json.Marshal(a.rules)
	if err != nil {
		t.Fatal(err)
	}
	var there strings.Builder
	for _, k := range a.there {
		fmt.Fprintf(&there, "%q\n", k)
	}
	tmp := t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(a.folder, "rules.json"): string(data), filepath.Join(a.folder, "there"): there.String(),
		filepath.Join(tmp, "script.sh"): script,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Remove(filepath.Join(a.folder, "calls"))
	bin := filepath.Join(tmp, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(os.Args[0], filepath.Join(bin, "aws")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(shell, filepath.Join(tmp, "script.sh"))
	cmd.Dir = tmp
	private := filepath.Join(tmp, "tmp")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append([]string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + tmp, "TMPDIR=" + private, standInFolder + "=" + a.folder, "ONRAMP_POLL_SECONDS=0",
		"ROUTING_CHECKED=1", // a test of the refusal says 0
	}, env...)
	o := finished(t, cmd, a.folder, a.started)
	if left, err := os.ReadDir(private); err != nil || len(left) > 0 {
		t.Errorf("the script left its private folder behind: %v %v", left, err)
	}
	return o
}

// finished runs a script to its end. Once it runs, started is called, if it is not nil.
func finished(t testing.TB, cmd *exec.Cmd, folder string, started func(*exec.Cmd)) outcome {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if started != nil {
		started(cmd)
	}
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	o := outcome{stdout: stdout.String(), stderr: stderr.String(), code: cmd.ProcessState.ExitCode()}
	for _, line := range (&standIn{folder: folder}).lines("calls") {
		var m made
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		o.calls = append(o.calls, m)
		if m.Changes {
			o.changes = append(o.changes, m.text())
		}
	}
	return o
}

// text is the call in the form of parse, with the contents of its files in their place.
func (m made) text() string {
	call, _ := parse(m.Words, func(path string) string {
		if bytes, is := m.Files["fileb://"+path]; is {
			return bytes
		}
		return m.Files["file://"+path]
	})
	return call
}
