package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"onramp/internal/awsapi"
	"onramp/steps"
	"onramp/steps/aiunlimited"
	"onramp/steps/amazonml"
	"onramp/steps/redshiftml"
)

// guides lists every guide: the one line of registration.
func guides() []steps.Guide {
	return []steps.Guide{redshiftml.Guide(), aiunlimited.Guide(), amazonml.Guide()}
}

// app is one run of the program.
type app struct {
	guides    []steps.Guide
	in        io.Reader
	out       output
	errOut    io.Writer
	flags     flags
	args      []string       // as typed, for the command that a script repeats
	waits     map[string]int // what is waited for, and when that was said last
	reach     reaching
	cmd       *cobra.Command // that was called
	piped     []byte         // answers that came from standard input
	emergency emergency
	logins    awsapi.Logins // to databases: at most one fails
	processes awsapi.Processes
}

// flags are those that every command with a guide takes.
type flags struct {
	answers     string
	set         []string
	profile     string
	region      string
	offline     bool
	practice    practising
	parallelism int
	json        bool
	noColor     bool
	plain       bool
	mouse       bool
	debugLog    string
}

func run(guides []steps.Guide, args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, again, stop := catchSignals()
	defer stop()
	a := &app{guides: guides, in: in, out: output{out}, errOut: errOut, args: args}
	defer a.processes.End()
	root := a.root()
	root.SetArgs(args)
	done := make(chan error, 1)
	go func() { done <- root.ExecuteContext(ctx) }()
	select {
	case err := <-done:
		if err != nil {
			report(errOut, err)
		}
		return endCode(ctx, err)
	case <-again: // nothing is waited for
		a.emergency.handle()
		return exitInterrupted
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "onramp",
		Short: "Set up AWS services by their documented steps: preview, apply, or export",
		Long: "onramp walks you through a documented AWS set-up, shows exactly what it will do, and then does it or writes it down as a script.\n\n" +
			"Without a command it opens the wizard. Everything the wizard does can be done without a terminal from an answers file.",
		Args:              cobra.NoArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: a.prepare,
		RunE:              func(cmd *cobra.Command, _ []string) error { return a.wizard(cmd.Context(), "") },
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.errOut)
	root.PersistentFlags().StringVar(&a.flags.debugLog, "debug-log", "", "add a line for each call to AWS to a `file`; also ONRAMP_DEBUG_LOG")
	a.guideFlags(root)
	for _, g := range a.guides {
		c := &cobra.Command{
			Use: g.Name, Short: "Open the wizard on the guide " + g.Title, Long: g.Summary + "\n\nIt follows " + g.Source, Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return a.wizard(cmd.Context(), g.Name) },
		}
		a.guideFlags(c)
		root.AddCommand(c)
	}
	root.AddCommand(a.planCmd(), a.exportCmd(), a.applyCmd(), a.verifyCmd(), a.undoCmd(), a.questionsCmd(), a.practiceCmd(), a.versionCmd(), a.manCmd())
	return root
}

// guideFlags adds the flags that say what the answers are and where they are for.
func (a *app) guideFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&a.flags.answers, "answers", "a", "", "answers `file`; - is standard input")
	f.StringArrayVar(&a.flags.set, "set", nil, "one answer, as `key=value`; wins over the file; repeatable")
	f.StringVar(&a.flags.profile, "profile", "", "AWS `profile`")
	f.StringVar(&a.flags.region, "region", "", "AWS `region`; wins over the file")
	f.BoolVar(&a.flags.offline, "offline", false, "make no AWS call at all")
	f.BoolVar(&a.flags.practice.on, "practice", false, "use the practice account inside onramp instead of AWS")
	a.flags.practice.flags(f)
	f.BoolVar(&a.flags.json, "json", false, "print JSON for machines")
	f.BoolVar(&a.flags.noColor, "no-color", false, "print no colours, as NO_COLOR does")
	f.BoolVar(&a.flags.mouse, "mouse", false, "let the mouse wheel scroll the wizard; the terminal then selects text with shift held down")
	f.BoolVar(&a.flags.plain, "plain", false, "ask line by line, for screen readers and dumb terminals")
}

// findGuide finds a guide by the name on the command line.
func (a *app) findGuide(name string) (steps.Guide, error) {
	var names []string
	for _, g := range a.guides {
		if g.Name == name {
			return g, nil
		}
		names = append(names, g.Name)
	}
	return steps.Guide{}, &hinted{fmt.Errorf("no guide is called %q", name), fmt.Sprintf("the guides are: %v", names)}
}

func (a *app) guideArg(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return &hinted{fmt.Errorf("onramp %s takes the name of one guide", cmd.Name()), "for example: onramp " + cmd.Name() + " " + a.guides[0].Name}
	}
	return nil
}

// guideNames completes the names of guides in a shell.
func (a *app) guideNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, g := range a.guides {
		names = append(names, g.Name+"\t"+g.Title)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, "onramp "+release())
			return err
		},
	}
}

// release is the version that the linker set, or else the one of the module.
func release() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "dev" && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version
}

var errNoTerminal = errors.New("there is no terminal to ask on")
