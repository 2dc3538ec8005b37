package shell

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// step is a step being written.
type step struct {
	*script
	plan.Step
	of   plan.Resource
	made []plan.Output // what Create answers, of what is referred to
	rest []plan.Output // what only Read answers
}

// step writes one step: what it reads, how it looks, what it runs in which state, and what it
// waits for and takes.
func (s *script) step(r plan.Resource, st plan.Step) {
	if onlyJudged(st) {
		return
	}
	w := step{script: s, Step: st, of: r}
	for _, o := range st.Take {
		switch _, used := s.variables[w.ref(o)]; {
		case !used:
		case o.Made != "" && len(st.Create) > 0:
			w.made = append(w.made, o)
		default:
			w.rest = append(w.rest, o)
		}
	}
	s.writeDocuments(r, st)
	s.printf("\nstep %s\n", s.word(st.Title))
	w.settings()
	switch {
	case st.Read.Zero(): // nothing tells whether it was done: it is always done
		w.calls(st.Create, w.made, "")
	case st.Check.Query != "" || st.Check.Document != nil:
		w.look()
		w.arms()
	}
	w.ending()
}

func (w step) ref(o plan.Output) plan.Ref { return plan.Ref{Resource: w.of.ID, Output: o.Name} }

// settings writes what the helpers of the prelude look at.
func (w step) settings() {
	if w.Owner != nil {
		w.owner("", *w.Owner)
	}
	if !w.Read.Zero() {
		w.array("", "READ", w.command(w.of, w.Read, ""))
		w.array("", "ABSENT", w.quoteAll(w.Absent))
	}
	w.array("", "RETRY", w.quoteAll(w.Retry))
	if w.Fresh {
		w.printf("FRESH=yes\n")
	}
	if w.replacesTrust() { // apply sees whether somebody does lose access
		w.Ask, w.Affects = true, "principals that the planned policy does not name lose access"
	}
	if w.Ask {
		w.printf("ASK=yes\n")
	}
	if w.Affects != "" {
		w.printf("AFFECTS=%s\n", w.word(w.Affects))
	}
	if m := manual(w.Step); m != nil {
		w.printf("CHECKED=%s TO_CHECK=%s\n", w.quote(m.Variable), w.word(m.What))
	}
}

func (w step) replacesTrust() bool {
	return w.Check.Document != nil && w.Check.Document.Kind == policy.Trust && len(w.Update) > 0 && !merges(w.Update)
}

// onlyJudged says that a step does nothing but judge facts, which a script cannot.
func onlyJudged(st plan.Step) bool {
	return st.Guard != nil && st.Read.Zero() && len(st.Calls()) == 0
}

func manual(st plan.Step) *plan.Manual {
	if st.Guard == nil {
		return nil
	}
	return st.Guard.Manual
}

// looks writes what a script checks of a guard, one query each.
func (w step) looks(indent string) {
	m := manual(w.Step)
	if m == nil {
		return
	}
	for _, l := range m.Looks {
		words := append([]string{"see", w.word(l.Title), w.word(l.Query), w.word(l.Want), w.word(l.Refuse)}, w.command(w.of, l.Read, indent)...)
		w.printf("%s%s\n", indent, folded(words, " \\\n"+indent+"  "))
	}
}

func (w step) owner(indent string, o plan.Owner) {
	there := o.Exists
	if there == "" { // any answer says so
		there = "'yes'"
	}
	mark := w.word("["+there+", "+o.Check.Query+"]") + " " + w.word(o.Check.Want)
	w.array(indent, "OWNER", append([]string{mark}, w.command(w.of, o.Read, indent)...))
	w.array(indent, "OWNER_ABSENT", w.quoteAll(o.Absent))
	w.array(indent, "OWNER_UNMARKED", w.quoteAll(o.Unmarked))
}

// array writes an array, unless it is empty: begin and step make it so.
func (w step) array(indent, name string, words []string) {
	if len(words) > 0 {
		w.printf("%s%s=(%s)\n", indent, name, folded(words, "\n  "+indent))
	}
}

// width is where a line is folded.
const width = 100

// folded puts words on one line, or where that is too long, each on a line of its own.
func folded(words []string, separator string) string {
	if line := strings.Join(words, " "); len(line) <= width {
		return line
	}
	return strings.Join(words, separator)
}

func (w step) look() {
	if w.Check.Document == nil {
		w.printf("look %s %s\n", w.word(w.Check.Query), w.word(w.Check.Want))
		return
	}
	format := "text"
	if w.Read.Service == "iam" { // the CLI decodes the documents of IAM, and of nobody else
		format = "json"
	}
	w.printf("look_document %s %s %s\n", w.word(w.Check.Query), w.documentFile(w.of, *w.Check.Document), format)
}

// arms writes what is run in which state. An update that puts policies together is none: bash cannot.
func (w step) arms() {
	if merges(w.Update) {
		w.Update = nil
	}
	canDiffer := w.Check.Want != "" || w.Check.Document != nil // from "any value" nothing differs
	w.printf("case $STATE in\n")
	if canDiffer && len(w.made) == 0 && reflect.DeepEqual(w.Create, w.Update) {
		w.arm("absent | differs", w.Update)
	} else {
		w.arm("absent", w.Create)
		if canDiffer {
			w.arm("differs", w.Update)
		}
	}
	if len(w.made) > 0 {
		w.printf("  same)\n")
		w.learn(w.made, "    ")
		w.printf("    ;;\n")
	}
	w.printf("esac\n")
}

func (w step) arm(state string, calls []plan.Call) {
	w.printf("  %s)\n", state)
	switch {
	case len(calls) == 0:
		why := w.Refuse
		if why == "" {
			why = "no call can change this: change it by hand, or answer otherwise and export the script again"
		}
		w.printf("    refuse %s\n", w.word(why))
	case state == "absent" && w.Find != nil:
		w.search(*w.Find)
		w.printf("    if [ -z \"$FOUND\" ]; then\n")
		w.calls(calls, w.made, "      ")
		w.printf("    fi\n")
	case strings.HasPrefix(state, "absent"):
		w.looks("    ")
		w.calls(calls, w.made, "    ")
	default:
		w.looks("    ")
		w.calls(calls, nil, "    ")
		w.learn(w.made, "    ")
	}
	w.printf("    ;;\n")
}

// merges says that a call puts statements into a policy that is there.
func merges(calls []plan.Call) bool {
	return slices.ContainsFunc(calls, func(c plan.Call) bool {
		return slices.ContainsFunc(c.Input, func(m plan.Member) bool { _, is := m.Value.(plan.Merged); return is })
	})
}

// search writes how what an earlier run has made and could not name is found among all of its kind: each
// becomes the output in turn. OWNER is for the candidates here, so the resource can have none itself.
func (w step) search(f plan.Find) {
	if w.of.Spec.Steps()[0].Owner != nil {
		w.fail(errOwners)
	}
	ref := plan.Ref{Resource: w.of.ID, Output: f.Output}
	w.known[ref] = true
	w.printf("    candidates %s\n", folded(append([]string{w.word(f.Items)}, w.command(w.of, f.List, "    ")...), " \\\n      "))
	w.printf("    while next %s; do\n", w.variable(ref))
	w.owner("      ", f.Owner)
	w.array("      ", "READ", w.command(w.of, f.Read, "      "))
	w.printf("      if found %s %s; then\n", w.word(f.Check.Query), w.word(f.Check.Want))
	w.learn(w.made, "        ")
	w.printf("        break\n      fi\n    done\n")
}

// calls writes calls that change something. The first one answers what is in made.
func (w step) calls(calls []plan.Call, made []plan.Output, indent string) {
	for i, c := range calls {
		words := w.command(w.of, c, indent)
		if i > 0 || len(made) == 0 {
			w.printf("%srun %s\n", indent, folded(words, " \\\n"+indent+"  "))
			continue
		}
		if isStatement(c) {
			w.fail(errStatementOutput)
		}
		query, names := w.query(made, func(o plan.Output) string { return o.Made })
		words = append(words, "--query "+query, "--output text")
		w.printf("%srun %s\n%stake %s\n", indent, folded(words, " \\\n"+indent+"  "), indent, names)
	}
}

// learn writes how values are taken from what Read answers.
func (w step) learn(outputs []plan.Output, indent string) {
	if len(outputs) > 0 {
		query, names := w.query(outputs, func(o plan.Output) string { return o.Read })
		w.printf("%slearn %s %s\n", indent, query, names)
	}
}

// query asks for several outputs at once, and names the variables that take them.
func (w step) query(outputs []plan.Output, of func(plan.Output) string) (query, names string) {
	var queries, variables []string
	for _, o := range outputs {
		w.known[w.ref(o)] = true
		queries, variables = append(queries, of(o)), append(variables, w.variable(w.ref(o)))
	}
	query = queries[0]
	if len(queries) > 1 {
		query = "[" + strings.Join(queries, ", ") + "]"
	}
	return w.word(query), strings.Join(variables, " ")
}

// ending writes what comes after the calls, or in a step without calls, instead of them.
func (w step) ending() {
	if len(w.Calls()) > 0 {
		w.printf("outcome\n")
		w.wait("settle")
	} else {
		w.wait("await")
		w.printf("looked\n")
	}
	w.learn(w.rest, "")
}

func (w step) wait(how string) {
	if w.Wait == nil {
		return
	}
	words := []string{how, w.word(w.Wait.For), w.word(w.Wait.Query), w.word(w.Wait.Want)}
	words = append(append(words, w.seconds(w.Wait.Limit)), w.words(w.Wait.Never)...)
	w.printf("%s\n", folded(words, " \\\n  "))
}

func (w step) seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
