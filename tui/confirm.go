package tui

import (
	"cmp"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/render"
)

// practiceAccount is the account that is not one: there a yes is enough.
const practiceAccount = "000000000000"

// confirm is the page on which the operator says that the plan is to be carried out.
type confirm struct {
	w       *Wizard
	below   *review
	replace []consent // differences that are replaced
	agreed  *apply.Consent
	field   *field
	pane    scroll
	err     string
}

func newConfirm(below *review) *confirm {
	return &confirm{
		w: below.w, below: below, replace: consents(below.plan, below.found), agreed: apply.Agree(below.found),
		field: newText(&below.w.theme, ""),
	}
}

// word is what must be typed.
func word(account string) string {
	if account == practiceAccount {
		return "yes"
	}
	return account
}

// typeToApply says what to type.
func typeToApply(account string) string {
	if account == practiceAccount {
		return `This is the practice account. Type "yes" to apply:`
	}
	return "Type the account number " + account + " to apply:"
}

// press implements page.
func (p *confirm) press(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	switch {
	case ok && key.Matches(k, keys.back):
		return p.w.open(p.below)
	case ok && key.Matches(k, keys.enter):
		return p.apply()
	case ok && key.Matches(k, keys.pageUp):
		p.pane.page(-1)
	case ok && key.Matches(k, keys.pageDown):
		p.pane.page(1)
	default:
		p.field.update(msg)
		p.err = ""
	}
	return nil
}

func (p *confirm) apply() tea.Cmd {
	account := p.below.plan.Target.Account
	if typed := strings.TrimSpace(p.field.value()); typed != word(account) {
		p.err = fmt.Sprintf("that is not %s: nothing was done", word(account))
		return nil
	}
	return p.w.apply(p.below.plan, p.agreed)
}

// summary says in one sentence what will happen.
func (p *confirm) summary() string {
	counts := map[plan.Action]int{}
	for _, res := range p.below.plan.Resources {
		action := res.Spec.Action()
		if f, ok := p.below.found[res.ID]; ok {
			action = f.Action
		}
		counts[action]++
	}
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{counts[plan.Create], "to make"}, {counts[plan.Update], "to change"}, {counts[plan.Adopt], "to use as they are"}, {counts[plan.None], "as planned already"},
	} {
		if part.n > 0 {
			parts = append(parts, itoa(part.n)+" "+part.what)
		}
	}
	t := p.below.plan.Target
	account := t.Account
	if who := p.w.who; who.Account == account {
		account = who.account()
	}
	if len(parts) == 0 {
		parts = []string{"nothing is made or changed"}
	}
	text := fmt.Sprintf("In account %s, region %s: %s.", account, t.Region, strings.Join(parts, ", "))
	if n := len(p.replace); n > 0 {
		text += " " + counted(n, "setting") + " of others will be replaced; saying yes agrees to that:"
	}
	return text
}

// body implements page.
func (p *confirm) body(width, height int) []string {
	t := p.w.theme
	width = min(width, measure)
	ask := append(wrap(typeToApply(p.below.plan.Target.Account), width), p.field.view(width, 1)...)
	r := &report{theme: t, width: width, plan: p.below.plan, found: p.below.found}
	r.add(wrap(line(p.summary()), width)...)
	for _, c := range p.replace {
		r.item(t.accent.Render("~"), c.label+": "+c.Step)
		r.remark("now: " + cmp.Or(c.Have, "nothing") + "\nthen: " + render.Pretty(c.Want))
	}
	out := []string{t.strong.Render("Apply"), ""}
	p.pane.set(r.lines, min(len(r.lines), max(1, height-len(out)-len(ask)-1)))
	out = append(out, p.pane.window()...)
	out = append(out, "")
	return append(out, ask...)
}

// keys implements page.
func (p *confirm) keys() []key.Binding {
	out := []key.Binding{called(keys.enter, "apply")}
	if p.pane.where() != "" { // there is more to read before saying yes
		out = append(out, keys.page)
	}
	return append(out, called(keys.back, "back to the review"))
}

// wrong implements page.
func (p *confirm) wrong() string { return p.err }
