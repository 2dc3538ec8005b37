package main

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// The measures of a cell, in pixels: what a common monospaced font takes at this size. Every text
// says its own length, so that another font does not move it.
const (
	fontSize        = 14
	cellWide        = 8.4
	cellHigh        = 18.0
	baseline        = 13.0 // from the top of a cell
	margin          = 16.0
	underlineAt     = baseline + 2.5
	strikethroughAt = baseline - 4.5
	lineThick       = 1.0
	faint           = 0.6
	fonts           = "'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace"
)

// picture draws a screen as SVG.
func picture(cells [][]uv.Cell, t theme, title string) []byte {
	var b bytes.Buffer
	begin(&b, cells, t, title)
	for y, row := range cells {
		drawRow(&b, row, t, y)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func drawRow(b *bytes.Buffer, row []uv.Cell, t theme, y int) {
	for _, s := range stretches(row) {
		s.draw(b, t, margin+float64(y)*cellHigh)
	}
}

// begin writes what comes before the rows.
func begin(b *bytes.Buffer, cells [][]uv.Cell, t theme, title string) {
	wide, high := 2*margin, 2*margin+float64(len(cells))*cellHigh
	if len(cells) > 0 {
		wide += float64(len(cells[0])) * cellWide
	}
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" xml:space="preserve" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="%s" font-size="%d" style="font-variant-ligatures:none">`+"\n",
		wide, high, wide, high, fonts, fontSize)
	fmt.Fprintf(b, "<title>%s</title>\n", html.EscapeString(title))
	fmt.Fprintf(b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", t.css(nil, t.background))
}

// stretch is neighbouring cells of one style.
type stretch struct {
	at, width int // columns
	text      string
	style     uv.Style
}

// stretches cuts a row. What a font might not set in one cell stands alone: line drawing, which is
// drawn and not written, and what is two cells wide or not of one character. A line of many cells
// is one.
func stretches(row []uv.Cell) []stretch {
	var out []stretch
	joins := false
	for x := 0; x < len(row); {
		c := row[x]
		content, width := c.Content, max(c.Width, 1)
		if content == "" {
			content = " "
		}
		n := len(out) - 1
		alone := width > 1 || len([]rune(content)) > 1 || drawn(content)
		longer := n >= 0 && spans(content) && strings.HasSuffix(out[n].text, content)
		if n >= 0 && (joins && !alone || longer) && out[n].style.Equal(&c.Style) {
			out[n].text += content
			out[n].width += width
		} else {
			out = append(out, stretch{at: x, width: width, text: content, style: c.Style})
		}
		joins = !alone
		x += width
	}
	return out
}

func (s stretch) draw(b *bytes.Buffer, t theme, top float64) {
	left, wide := margin+float64(s.at)*cellWide, float64(s.width)*cellWide
	ink, paper := t.css(s.style.Fg, t.foreground), ""
	if s.style.Bg != nil {
		paper = t.css(s.style.Bg, nil)
	}
	if s.style.Attrs&uv.AttrReverse != 0 {
		ink, paper = t.css(s.style.Bg, t.background), ink
	}
	if paper != "" {
		b.WriteString(rect(box{0, 0, wide, cellHigh}, left, top, paper, ""))
	}
	if s.style.Attrs&uv.AttrConceal != 0 {
		return
	}
	first := string([]rune(s.text)[0])
	switch {
	case spans(first):
		long := boxes[first]
		long.wide = wide
		b.WriteString(rect(long, left, top, ink, s.opacity()))
	case drawn(first):
		b.WriteString(glyph(first, left, top, ink, s.opacity()))
	default:
		s.write(b, left, top, ink)
	}
	s.rule(b, left, top, wide, ink)
}

// write sets text. Blanks at its ends need no ink, and their length is known without them.
func (s stretch) write(b *bytes.Buffer, left, top float64, ink string) {
	text := strings.TrimRight(s.text, " ")
	lead := len(text) - len(strings.TrimLeft(text, " "))
	if text = text[lead:]; text == "" {
		return
	}
	wide := float64(s.width) * cellWide
	if len([]rune(s.text)) == s.width { // one cell each: the blanks can be counted
		wide = float64(len([]rune(text))) * cellWide
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" fill="%s" textLength="%.1f"%s%s>%s</text>`+"\n",
		left+float64(lead)*cellWide, top+baseline, ink, wide, s.weight(), s.opacity(), firm(html.EscapeString(text)))
}

// firm makes blanks beside each other such that no renderer takes them for one: browsers differ in what they make of
// xml:space.
func firm(text string) string { return strings.ReplaceAll(text, "  ", "\u00a0\u00a0") }

func (s stretch) weight() string {
	out := ""
	if s.style.Attrs&uv.AttrBold != 0 {
		out += ` font-weight="bold"`
	}
	if s.style.Attrs&uv.AttrItalic != 0 {
		out += ` font-style="italic"`
	}
	return out
}

func (s stretch) opacity() string {
	if s.style.Attrs&uv.AttrFaint == 0 {
		return ""
	}
	return fmt.Sprintf(` opacity="%.1f"`, faint)
}

// rule draws the lines below and through the cells; blanks have them too.
func (s stretch) rule(b *bytes.Buffer, left, top, wide float64, ink string) {
	line := func(at float64) { b.WriteString(rect(box{0, at, wide, lineThick}, left, top, ink, s.opacity())) }
	if s.style.Underline != uv.UnderlineNone {
		line(underlineAt)
	}
	if s.style.Attrs&uv.AttrStrikethrough != 0 {
		line(strikethroughAt)
	}
}
