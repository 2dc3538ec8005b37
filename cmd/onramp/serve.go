package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"onramp/internal/practice"
	"onramp/render/commandline"
)

const practiceHelp = `practice serves an AWS account that lives in memory, for the AWS CLI, Terraform, the SDKs and onramp
itself. It refuses what AWS refuses and takes its time where AWS does; nothing in it is real, costs
anything or leaves this machine, and all of it is gone when the command ends.

It prints the variables that lead other tools to it. With a command behind -- it runs that command
with these variables, and ends with it:

  onramp practice -- bash setup.sh
  onramp practice -- bash          a shell inside the practice account

Signatures are not checked: whoever reaches the address uses the account. These addresses show it:

  GET  /practice/state   everything it holds, as JSON that can be compared
  GET  /practice/calls   every call so far, one JSON object a line
  POST /practice/reset   back to the start

Faults are written MATCH KIND [key=value ...], as in 'iam:CreateRole throttle times=2':

  MATCH  service:Operation, with * for any characters; login:WAREHOUSE for a login to its
         database, as in 'login:analytics error' for a secret whose password is wrong
  KIND   latency d=100ms jitter=50ms   the answer comes late
         throttle, error               refused, and nothing has happened
         drop-before, drop-after       the connection breaks before or after it has happened
         error-after, cut, hang d=1m   it has happened, and the answer is an error, half of one, or none
  keys   nth, from, times, every, p, seed   which of the calls that match
         code, msg, status                  of the error`

func (a *app) practiceCmd() *cobra.Command {
	var listen, region string
	c := &cobra.Command{
		Use: "practice [flags] [-- COMMAND ...]", Short: "Serve the practice account to the AWS CLI, Terraform or a second terminal", Long: practiceHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.servePractice(cmd.Context(), listen, practiceRegion(region), args)
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "`address` to listen on; port 0 takes any that is free")
	c.Flags().StringVar(&region, "region", "", "AWS `region` that the account is at home in; it decides the partition")
	a.flags.practice.flags(c.Flags())
	return c
}

// servePractice serves until the context ends, or until the command that it was given does.
func (a *app) servePractice(ctx context.Context, listen, region string, command []string) error {
	account, err := a.flags.practice.open(region)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return &hinted{fmt.Errorf("listen on %s: %w", listen, err), "choose another address with --listen, such as 127.0.0.1:0"}
	}
	server := &http.Server{Handler: account, ReadHeaderTimeout: time.Minute}
	defer server.Close()
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	vars := practiceVariables("http://"+l.Addr().String(), region)
	if len(command) > 0 {
		return runWith(ctx, vars, command, a)
	}
	if _, err := io.WriteString(a.out, practiceNote(prompt, vars, region)); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return exitCode(exitDone) // a signal is how it is meant to end
	case err := <-served:
		return fmt.Errorf("serve the practice account: %w", err)
	}
}

// practiceVariables lead AWS tools to the account (AWS SDKs and Tools Reference Guide, environment
// variables). What leads elsewhere is emptied.
func practiceVariables(url, region string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + url, "AWS_ACCESS_KEY_ID=practice", "AWS_SECRET_ACCESS_KEY=practice", "AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=",
	}
}

// elsewhere are variables that would lead AWS tools to another account.
var elsewhere = []string{"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"}

// practiceNote is text for the shell of the system: what is not a variable is a comment in it.
func practiceNote(sh commandline.Shell, vars []string, region string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# the practice account %s, at home in %s; nothing in it is real. Ctrl+C ends it.\n", practice.Number, region)
	b.WriteString("# In another terminal:\n")
	for _, v := range vars {
		name, value, _ := strings.Cut(v, "=")
		b.WriteString(sh.Set(name, value) + "\n")
	}
	b.WriteString(sh.Unset(elsewhere) + "\n")
	return b.String()
}

// runWith runs a command whose AWS tools reach the practice account. A signal goes on to it. Its exit code is onramp's.
func runWith(ctx context.Context, vars, command []string, a *app) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Cancel = func() error {
		if s, is := context.Cause(ctx).(signalled); is && cmd.Process.Signal(s.Signal) == nil {
			return nil
		}
		return cmd.Process.Kill() // Windows sends no signals
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.in, a.out.Writer, a.errOut
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		if runtime.GOOS == "windows" { // upper and lower case are the same there
			name = strings.ToUpper(name)
		}
		return slices.Contains(elsewhere, name) || strings.HasPrefix(name, "AWS_ENDPOINT_URL_")
	})
	cmd.Env = append(cmd.Env, vars...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run %s: %w", command[0], err)
	}
	a.emergency.set(func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code > 0 || code == 0 && wasSignalled(ctx) {
		return exitCode(code)
	}
	if err != nil {
		return fmt.Errorf("run %s: %w", command[0], err)
	}
	return nil
}
