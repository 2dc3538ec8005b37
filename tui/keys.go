package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"
)

func bind(keys, shown, does string) key.Binding {
	return key.NewBinding(key.WithKeys(strings.Fields(keys)...), key.WithHelp(shown, does))
}

// called gives a key another word in the help line.
func called(b key.Binding, does string) key.Binding {
	b.SetHelp(b.Help().Key, does)
	return b
}

// keys are all keys of the wizard. The help line of every page is made of them.
var keys = struct {
	enter, back, leave, stop               key.Binding
	why, ask, full, toReview               key.Binding
	nextTab, previousTab, pageUp, pageDown key.Binding
	up, down, left, right                  key.Binding
	move, mark, toggle, yes, no, any       key.Binding
	scroll, sideways, page                 key.Binding
	apply, script, answers, edit, step     key.Binding
	undo, find, findNext, copy, fix, all   key.Binding
}{
	enter: bind("enter", "enter", "next"),
	back:  bind("esc", "esc", "back"),
	leave: bind("q", "q", "leave"),
	stop:  bind("ctrl+c", "ctrl+c", "leave"),

	why:      bind("f1", "f1", "why"),
	ask:      bind("?", "?", "why"),
	full:     bind("ctrl+p", "ctrl+p", "preview"),
	toReview: bind("ctrl+r", "ctrl+r", "review"),

	nextTab:     bind("tab", "tab", "next document"),
	previousTab: bind("shift+tab", "shift+tab", "previous document"),
	pageUp:      bind("pgup", "pgup", "page up"),
	pageDown:    bind("pgdown", "pgdn", "page down"),

	up:    bind("up k", "↑", "up"),
	down:  bind("down j", "↓", "down"),
	left:  bind("left h", "←", "left"),
	right: bind("right l", "→", "right"),

	move:   bind("up down", "↑/↓", "choose"),
	mark:   bind("space", "space", "add or take away"),
	toggle: bind("left right", "←/→", "choose"),
	yes:    bind("y Y", "y", "yes"),
	no:     bind("n N", "n", "no"),
	any:    bind("any", "any key", "close"),

	scroll:   bind("up down", "↑/↓", "scroll"),
	sideways: bind("left right", "←/→", "sideways"),
	page:     bind("pgup pgdown", "pgup/pgdn", "scroll"),

	apply: bind("a", "a", "apply"),
	undo:  bind("u", "u", "undo"),

	find:     bind("/", "/", "find"),
	findNext: bind("n", "n", "next match"),
	copy:     bind("c", "c", "copy"),
	fix:      bind("A B C D E F G H I J K L M N O P Q R S T U V W X Y Z", "A-Z", "apply a remedy"),
	script:   bind("s", "s", "script"),
	answers:  bind("f", "f", "answers"),
	all:      bind("x", "x", "everything"),
	edit:     bind("e", "e", "edit"),
	step:     bind("1 2 3 4 5 6 7 8 9", "1-9", "edit a step"),
}

// helpLine writes as many keys as fit; none is cut in the middle.
func helpLine(t theme, bindings []key.Binding, width int) string {
	var out string
	for _, b := range bindings {
		if !b.Enabled() {
			continue
		}
		entry := t.plain.Render(b.Help().Key) + " " + t.dim.Render(b.Help().Desc)
		if out != "" {
			entry = out + t.dim.Render(" · ") + entry
		}
		if ansi.StringWidth(entry) > width {
			break
		}
		out = entry
	}
	return out
}
