package main

import (
	"fmt"
	"strings"
)

// This file draws the characters that must meet those of the next cell: a font's own are as high
// as its line, not as the cell, and leave gaps.

// arms are the strokes from the middle of a cell to its edges, as thick as the number says: up,
// right, down, left.
type arms [4]float64

// Thicknesses of a stroke, in pixels.
const thin, thick, overlap = 1.2, 2.6, 0.3

var strokes = map[string]arms{
	"┌": {0, thin, thin, 0}, "┐": {0, 0, thin, thin}, "└": {thin, thin, 0, 0}, "┘": {thin, 0, 0, thin},
	"├": {thin, thin, thin, 0}, "┤": {thin, 0, thin, thin}, "┬": {0, thin, thin, thin}, "┴": {thin, thin, 0, thin}, "┼": {thin, thin, thin, thin},
	"┏": {0, thick, thick, 0}, "┓": {0, 0, thick, thick}, "┗": {thick, thick, 0, 0}, "┛": {thick, 0, 0, thick},
	"╴": {0, 0, 0, thin}, "╵": {thin, 0, 0, 0}, "╶": {0, thin, 0, 0}, "╷": {0, 0, thin, 0},
}

// corners are round: the two edges that they join, as steps from the middle.
var corners = map[string][2]float64{"╭": {1, 1}, "╮": {-1, 1}, "╯": {-1, -1}, "╰": {1, -1}}

// box is a part of a cell, in pixels from its left and top edge.
type box struct{ left, top, wide, high float64 }

var boxes = map[string]box{
	"─": beam(thin), "━": beam(thick), "│": post(thin), "┃": post(thick),
	"█": eighths(0, 0, 8, 8), "▀": eighths(0, 0, 8, 4), "▄": eighths(0, 4, 8, 4), "▌": eighths(0, 0, 4, 8), "▐": eighths(4, 0, 4, 8),
	"▔": eighths(0, 0, 8, 1), "▁": eighths(0, 7, 8, 1), "▏": eighths(0, 0, 1, 8), "▎": eighths(0, 0, 2, 8), "▍": eighths(0, 0, 3, 8), "▊": eighths(0, 0, 6, 8), "▕": eighths(7, 0, 1, 8),
}

// beam is a line across a cell, post one from its top to its bottom. Posts overlap a little: where
// a picture is scaled, a gap would show between them.
func beam(thickness float64) box { return box{0, (cellHigh - thickness) / 2, cellWide, thickness} }

func post(thickness float64) box {
	return box{(cellWide - thickness) / 2, -overlap, thickness, cellHigh + 2*overlap}
}

func eighths(left, top, wide, high float64) box {
	return box{left * cellWide / 8, top * cellHigh / 8, wide * cellWide / 8, high * cellHigh / 8}
}

// spans says that a character fills its cell from edge to edge, so that several are one longer box.
func spans(s string) bool { return boxes[s].wide == cellWide }

// drawn says that a character is drawn here.
func drawn(s string) bool { return glyph(s, 0, 0, "", "") != "" }

// glyph draws a character into its cell; "" for one that is written.
func glyph(s string, left, top float64, ink, more string) string {
	if b, ok := boxes[s]; ok {
		return rect(b, left, top, ink, more)
	}
	x, y := left+cellWide/2, top+cellHigh/2
	if to, ok := corners[s]; ok {
		return fmt.Sprintf(`<path d="M%.1f %.1fQ%.1f %.1f %.1f %.1f" fill="none" stroke="%s" stroke-width="%.1f"%s/>`+"\n",
			x, y+to[1]*cellHigh/2, x, y, x+to[0]*cellWide/2, y, ink, thin, more)
	}
	return cross(strokes[s], x, y, ink, more)
}

func rect(b box, left, top float64, ink, more string) string {
	return fmt.Sprintf(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"%s/>`+"\n", left+b.left, top+b.top, b.wide, b.high, ink, more)
}

// cross draws the arms of a line character. Each begins a little beyond the middle, so that the
// corner is closed.
func cross(a arms, x, y float64, ink, more string) string {
	var b strings.Builder
	most := max(a[0], a[1], a[2], a[3]) / 2
	for i, ends := range [4][4]float64{
		{x, y + most, x, y - cellHigh/2}, {x - most, y, x + cellWide/2, y}, {x, y - most, x, y + cellHigh/2}, {x + most, y, x - cellWide/2, y},
	} {
		if a[i] > 0 {
			fmt.Fprintf(&b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-width="%.1f"%s/>`+"\n", ends[0], ends[1], ends[2], ends[3], ink, a[i], more)
		}
	}
	return b.String()
}
