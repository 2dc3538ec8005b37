// Command onramp walks an operator through a documented AWS set-up, shows exactly what it will do,
// and then does it or writes it down as a script.
//
// The package holds flags, streams, exit codes and the wiring of all other packages. It decides
// nothing about AWS.
package main

import "os"

// Set by the linker at release.
var version = "dev"

func main() { os.Exit(run(guides(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
