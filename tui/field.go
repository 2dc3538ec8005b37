package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// field is one huh field in a form of its own.
//
// huh draws and edits, and that is all. Enter and Esc are not given to it: its submit travels as a
// message that a second Enter overtakes, and its way back is barred by an invalid value (huh #655).
// What its commands would send is not waited for either; that is only the blinking of the cursor,
// which stands still. So nothing of an old field can arrive at a new one.
type field struct {
	form    *huh.Form
	yesNo   *box[bool]
	text    *box[string]
	input   *huh.Input
	picker  *huh.Select[string]
	options []option
}

// option is one line to choose.
type option struct{ value, title, help string }

// box lets a huh field keep its value to itself: a select writes its first option into its
// variable before anybody has seen it.
type box[T any] struct{ v T }

func (b *box[T]) Get() T  { return b.v }
func (b *box[T]) Set(v T) { b.v = v }

// silent is a huh keymap without the keys that leave a field, and without filters.
func silent() *huh.KeyMap {
	k := huh.NewDefaultKeyMap()
	off := key.NewBinding(key.WithDisabled())
	k.Quit = off
	k.Input.Next, k.Input.Prev, k.Input.Submit, k.Input.AcceptSuggestion = off, off, off, off
	s := &k.Select
	s.Next, s.Prev, s.Submit, s.Filter, s.SetFilter, s.ClearFilter = off, off, off, off, off, off
	c := &k.Confirm
	c.Next, c.Prev, c.Submit, c.Accept, c.Reject = off, off, off, off, off
	c.Toggle = key.NewBinding(key.WithKeys("left", "right", "up", "down", "h", "l", "space"))
	return k
}

func newText(t *theme, value string) *field {
	f := &field{text: &box[string]{line(value)}}
	f.input = huh.NewInput().Prompt(markCursor + " ").Accessor(f.text)
	f.start(t, f.input)
	return f
}

func newYesNo(t *theme, value bool) *field {
	f := &field{yesNo: &box[bool]{value}}
	f.start(t, huh.NewConfirm().Affirmative("Yes").Negative("No").Accessor(f.yesNo))
	return f
}

// newChoice makes a list to choose from. It must not be empty: huh has no way out of such a one.
func newChoice(t *theme, value string, options []option) *field {
	f := &field{text: &box[string]{value}, options: options}
	var os []huh.Option[string]
	for _, o := range options {
		os = append(os, huh.NewOption(title(o), o.value))
	}
	f.picker = huh.NewSelect[string]().Options(os...).Accessor(f.text)
	f.text.v = value
	f.picker.Accessor(f.text) // puts the cursor on the value
	f.start(t, f.picker)
	return f
}

func (f *field) start(t *theme, inner huh.Field) {
	f.form = huh.NewForm(huh.NewGroup(inner)).WithShowHelp(false).WithShowErrors(false).
		WithKeyMap(silent()).WithTheme(huh.ThemeFunc(func(bool) *huh.Styles { return t.huh }))
	f.form.Init()
}

// update gives the field a key or a paste.
func (f *field) update(msg tea.Msg) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		if m.Text != "" && clean(m.Text) != m.Text {
			return
		}
	case tea.PasteMsg:
		m.Content = strings.TrimSpace(strings.ReplaceAll(clean(m.Content), "\n", " "))
		msg = m
	}
	f.form.Update(msg)
}

// value is what the field holds, as answers.Parse reads it.
func (f *field) value() string {
	switch {
	case f.yesNo != nil && f.yesNo.v:
		return "true"
	case f.yesNo != nil:
		return "false"
	case f.picker != nil:
		v, _ := f.picker.Hovered() // some of huh's moves do not write
		return v
	}
	return f.text.v
}

// set puts a text into a field for text.
func (f *field) set(text string) {
	f.text.v = text
	if f.input != nil {
		f.input.Accessor(f.text) // puts the cursor behind it
	}
}

// hovered is the option under the cursor.
func (f *field) hovered() option {
	for _, o := range f.options {
		if o.value == f.value() {
			return o
		}
	}
	return option{}
}

// typing says that letters and the question mark belong to the field.
func (f *field) typing() bool { return f.picker == nil && f.yesNo == nil }

// title is an option on one line. Its leading spaces stay: they align.
func title(o option) string { return strings.ReplaceAll(clean(o.title), "\n", " ") }

// rows is the height that shows all of the field: options are wrapped as huh does it.
func (f *field) rows(width int) int {
	rows := 0
	for _, o := range f.options {
		rows += lipgloss.Height(lipgloss.Wrap(title(o), width-ansi.StringWidth(markCursor)-1, ",.-; "))
	}
	return max(1, rows)
}

// keys are those that the field takes, for the help line.
func (f *field) keys() []key.Binding {
	switch {
	case f.yesNo != nil:
		return []key.Binding{keys.toggle, keys.yes, keys.no}
	case len(f.options) > 1:
		return []key.Binding{keys.move}
	}
	return nil
}

// view draws the field into a width and at most a height.
func (f *field) view(width, height int) []string {
	width = max(width, 4)
	rows := max(1, min(f.rows(width), height))
	if f.picker != nil {
		f.picker.Height(rows)
	}
	f.form.WithWidth(width).WithHeight(rows)
	f.form.Update(nil) // huh draws when it is updated, not when it is viewed
	lines := strings.Split(f.form.View(), "\n")
	lines = lines[:min(len(lines), rows)]
	for i := range lines {
		lines[i] = cut(strings.TrimRight(lines[i], " "), width)
	}
	return lines
}
