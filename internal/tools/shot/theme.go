package main

import (
	"fmt"
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// theme is the colours of a terminal.
type theme struct {
	foreground, background color.Color
	named                  [16]color.Color // the colours that programs call by name
}

var dark = theme{
	foreground: hex(0xc9d1d9), background: hex(0x15181e),
	named: palette(
		0x2b303b, 0xe06c75, 0x8fc379, 0xe0b46c, 0x6cb0f0, 0xc58af0, 0x5cc0c8, 0xc9d1d9,
		0x6b7280, 0xf28b82, 0xa8d78f, 0xf0cd8a, 0x8cc4ff, 0xd7a8ff, 0x7fd8e0, 0xffffff,
	),
}

var light = theme{
	foreground: hex(0x1f2328), background: hex(0xffffff),
	named: palette(
		0x1f2328, 0xb42318, 0x1a7f37, 0x8a5a00, 0x1f5fa8, 0x8034b5, 0x0b7285, 0x59636e,
		0x6b7280, 0xd1382b, 0x2da44e, 0xa87100, 0x2f7bd0, 0x9a4fd0, 0x1391a8, 0x8c959f,
	),
}

func themeCalled(name string) (theme, error) {
	switch name {
	case "dark":
		return dark, nil
	case "light":
		return light, nil
	}
	return theme{}, fmt.Errorf("no theme is called %q", name)
}

func hex(rgb uint32) color.Color {
	return color.RGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 0xff}
}

func palette(rgb ...uint32) (out [16]color.Color) {
	for i, c := range rgb {
		out[i] = hex(c)
	}
	return out
}

// css writes a colour of a cell. A colour that is called by its name is the theme's.
func (t theme) css(c, otherwise color.Color) string {
	switch named := c.(type) {
	case nil:
		c = otherwise
	case ansi.BasicColor:
		c = t.named[named&15]
	case ansi.IndexedColor:
		if named < 16 {
			c = t.named[named]
		}
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
