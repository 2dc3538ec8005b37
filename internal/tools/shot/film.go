package main

import (
	"bytes"
	"fmt"
	"reflect"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
)

// film draws screens one after another, each for a while, for ever. Rows that are the same on all of them are drawn once.
// Who wants no motion, or looks with something that knows none, sees the last screen.
func film(screens [][][]uv.Cell, each time.Duration, t theme, title string) []byte {
	last := screens[len(screens)-1]
	var b bytes.Buffer
	begin(&b, last, t, title)
	n := float64(len(screens))
	fmt.Fprintf(&b, "<style>.f{visibility:hidden;animation:f %.1fs step-end infinite}@keyframes f{0%%{visibility:visible}%.4f%%{visibility:hidden}}"+
		"@media(prefers-reduced-motion:reduce){.f{animation:none}.l{visibility:visible}}</style>\n", each.Seconds()*n, 100/n)
	for y := range last {
		if still(screens, y) {
			drawRow(&b, last[y], t, y)
		}
	}
	for i, cells := range screens {
		class := "f"
		if i == len(screens)-1 {
			class = "f l"
		}
		fmt.Fprintf(&b, `<g class="%s" style="animation-delay:%.1fs">`+"\n", class, each.Seconds()*float64(i))
		for y := range cells {
			if !still(screens, y) {
				drawRow(&b, cells[y], t, y)
			}
		}
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// still says that a row is the same on all screens.
func still(screens [][][]uv.Cell, y int) bool {
	for _, s := range screens[1:] {
		if !reflect.DeepEqual(s[y], screens[0][y]) {
			return false
		}
	}
	return true
}
