package html_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	nethtml "golang.org/x/net/html"
	"pgregory.net/rapid"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/redshiftsql"
	"onramp/internal/testenv"
	"onramp/render/html"
)

// area is a rectangle of the picture.
type area struct {
	x, y, width, height int
	what                string
}

func (a area) overlaps(b area) bool {
	return a.x < b.x+b.width && b.x < a.x+a.width && a.y < b.y+b.height && b.y < a.y+a.height
}

func (a area) holds(b area) bool {
	return a.x <= b.x && a.y <= b.y && b.x+b.width <= a.x+a.width && b.y+b.height <= a.y+a.height
}

func number(n *nethtml.Node, key string) int {
	i, _ := strconv.Atoi(attr(n, key))
	return i
}

func areaOf(n *nethtml.Node) area {
	return area{number(n, "x"), number(n, "y"), number(n, "width"), number(n, "height"), text(n)}
}

// labelWide and labelHigh are what a label may take, in the picture's own units.
const labelWide, labelHigh = 7, 12

// laidOut says what lies on what in the picture of a page.
func laidOut(root *nethtml.Node) error {
	pictures := all(root, func(n *nethtml.Node) bool { return n.Data == "svg" && attr(n, "role") == "img" })
	if len(pictures) == 0 {
		return nil
	}
	whole := area{width: number(pictures[0], "width"), height: number(pictures[0], "height")}
	var apart []area
	for _, n := range all(pictures[0], class("box")) {
		box := areaOf(n)
		apart = append(apart, box)
		for _, line := range all(n, tag("text")) {
			if y := number(line, "y"); y < 0 || y > box.height-4 {
				return fmt.Errorf("the line %q stands at %d in a box %d high", text(line), y, box.height)
			}
		}
	}
	for _, n := range all(pictures[0], class("label")) {
		wide := labelWide * len(text(n))
		apart = append(apart, area{number(n, "x") - wide, number(n, "y") - labelHigh + 2, wide, labelHigh, "label " + text(n)})
	}
	for i, a := range apart {
		if !whole.holds(a) {
			return fmt.Errorf("%+v is not in the picture, %+v", a, whole)
		}
		for _, b := range apart[:i] {
			if a.overlaps(b) {
				return fmt.Errorf("%+v lies on %+v", a, b)
			}
		}
	}
	return linesEnd(pictures[0], apart)
}

// linesEnd: every line ends at the left side of a box, and none where another does.
func linesEnd(picture *nethtml.Node, boxes []area) error {
	var ends []string
	for _, n := range all(picture, class("tip")) {
		at := strings.Split(strings.Split(attr(n, "d"), "L")[1], " ")
		x, _ := strconv.Atoi(at[0])
		y, _ := strconv.Atoi(at[1])
		if !slices.ContainsFunc(boxes, func(b area) bool { return b.x == x+1 && b.y < y && y < b.y+b.height }) {
			return fmt.Errorf("a line ends at %d, %d, where no box is", x, y)
		}
		ends = append(ends, fmt.Sprint(x, y))
	}
	if slices.Sort(ends); len(slices.Compact(slices.Clone(ends))) != len(ends) {
		return fmt.Errorf("two lines end at one place: %v", ends)
	}
	return nil
}

// TestNothingLiesOnAnything in the pictures of a guide's plans, of one with every kind, of many groups and of odd names.
func TestNothingLiesOnAnything(t *testing.T) {
	sample := testenv.OneOf(t, 211)
	for name, p := range plantest.All() {
		if !sample.Takes() {
			continue
		}
		if err := laidOut(read(t, rendered(t, html.Input{Plan: p}))); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for _, name := range hostile {
		if err := laidOut(read(t, rendered(t, with(t, name)))); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := laidOut(read(t, rendered(t, many(40)))); err != nil {
		t.Error(err)
	}
}

// TestNamesAreWhole: a name is broken into lines that a box has room for, and nothing of it is lost.
func TestNamesAreWhole(t *testing.T) {
	name := rapid.OneOf(rapid.StringMatching(`[A-Za-z][A-Za-z0-9 _./-]{0,126}`), rapid.StringMatching(`[日本語é]{1,42}`), rapid.StringMatching(`([A-Z][a-z]{1,9}){1,12}`))
	rapid.Check(t, func(t *rapid.T) {
		name := name.Draw(t, "name")
		p := plan.Plan{SQL: []plan.Statement{redshiftsql.CreateGroup(name)}, Resources: []plan.Resource{{ID: "w", Spec: kind.ClusterRoles{Identifier: "w"}}}}
		root := read(t, rendered(t, html.Input{Plan: p}))
		var whole strings.Builder
		for _, n := range all(all(root, class("box"))[0], class("name")) {
			line := text(n)
			whole.WriteString(line)
			cells := 0
			for _, r := range line {
				cells += map[bool]int{true: 1, false: 2}[r < 0x80]
			}
			if cells > 22 || line == "" {
				t.Fatalf("the line %q takes %d cells", line, cells)
			}
		}
		if got, want := strings.ReplaceAll(whole.String(), " ", ""), strings.ReplaceAll(name, " ", ""); got != want {
			t.Fatalf("shows %q, want %q", got, want)
		}
		if err := laidOut(root); err != nil {
			t.Fatal(err)
		}
	})
}
