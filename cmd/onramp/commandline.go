package main

import (
	"runtime"

	"onramp/render/commandline"
)

// prompt is where the commands that onramp prints are copied to.
var prompt = commandline.Of(runtime.GOOS)

// command is the command line that makes the same export again, for the header of what is exported.
func (a *app) command() string { return commandLine(a.args) }

func commandLine(args []string) string { return prompt.Line(append([]string{"onramp"}, args...)) }
