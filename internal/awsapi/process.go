package awsapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// processLimit is how long a credential_process may take: as in the SDK.
const processLimit = processcreds.DefaultTimeout

// mostWritten is how much of its standard error is kept.
const mostWritten = 4096

// Processes are the credential processes of a program. They have no terminal whose signals would end them, and the SDK keeps
// the end of a call from them. The zero value is ready to use.
type Processes struct {
	mu      sync.Mutex
	ended   bool
	kill    []context.CancelFunc
	running sync.WaitGroup
}

// End kills what runs, and waits until it is gone. Nothing starts after it: it is for the end of the program.
func (p *Processes) End() {
	p.mu.Lock()
	p.ended = true
	for _, kill := range p.kill {
		kill()
	}
	p.mu.Unlock()
	p.running.Wait()
}

// begin gives a context for one process, which ends with all of them.
func (p *Processes) begin(ctx context.Context) (_ context.Context, end func()) {
	ctx, kill := context.WithCancel(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		kill()
		return ctx, kill
	}
	p.kill = append(p.kill, kill)
	p.running.Add(1)
	return ctx, func() {
		kill()
		p.running.Done()
	}
}

// processChain gets credentials from a credential_process, and assumes the roles that lead from there to the profile
// in use. The SDK would give the process the terminal, and put what it prints into an error.
func (c *chain) processChain() aws.CredentialsProvider {
	var roles []config.SharedConfig // the last is assumed first
	for p := &c.profile; p != nil; p = p.Source {
		if p.RoleARN != "" {
			roles = append(roles, *p)
		}
	}
	cfg := c.cfg
	cfg.Credentials = aws.NewCredentialsCache(aws.CredentialsProviderFunc(c.runProcess), early)
	for i := len(roles) - 1; i >= 0; i-- {
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), roles[i].RoleARN, func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = roles[i].RoleSessionName
			if roles[i].RoleDurationSeconds != nil {
				o.Duration = *roles[i].RoleDurationSeconds
			}
			if roles[i].ExternalID != "" {
				o.ExternalID = &roles[i].ExternalID
			}
			if roles[i].MFASerial != "" {
				o.SerialNumber = &roles[i].MFASerial
			}
			c.assuming(o)
		}), early)
	}
	return cfg.Credentials
}

// runProcess runs the credential_process without a terminal: it can read nothing, and what it writes to its standard
// error goes to the debug log alone.
func (c *chain) runProcess(ctx context.Context) (got aws.Credentials, err error) {
	if c.options.Processes != nil {
		var end func()
		ctx, end = c.options.Processes.begin(ctx)
		defer end()
	}
	var written bounded
	command := processcreds.DefaultNewCommandBuilder{Args: []string{c.root.CredentialProcess}}
	provider := processcreds.NewProviderCommand(processcreds.NewCommandBuilderFunc(func(ctx context.Context) (*exec.Cmd, error) {
		cmd, err := command.NewCommand(ctx)
		if err == nil {
			cmd.Stdin, cmd.Stderr, cmd.WaitDelay = nil, &written, time.Second
			detach(cmd)
		}
		return cmd, err
	}), func(o *processcreds.Options) { o.Timeout = processLimit })
	limitOf(ctx).pause(func() { got, err = provider.Retrieve(ctx) })
	if written.Len() > 0 {
		c.options.log(Entry{Time: time.Now(), Process: c.rootName(), Message: written.String()})
	}
	if err != nil {
		return got, &CredentialsError{cause: fmt.Sprintf("the credential_process of profile %q %s", c.rootName(), failure(err)), hint: c.seeLog(), err: err}
	}
	return got, nil
}

// failure says how a process failed, without anything that it has printed.
func failure(err error) string {
	var exit *exec.ExitError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("has not ended within %s", processLimit)
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return fmt.Sprintf("failed with exit code %d", exit.ExitCode())
	case errors.As(err, &exit):
		return fmt.Sprintf("has not ended within %s, or was killed", processLimit)
	case errors.Is(err, exec.ErrWaitDelay):
		return "ended, but left a process running that holds its output open"
	}
	return "printed no credentials (a JSON object with Version, AccessKeyId and SecretAccessKey)"
}

func (c *chain) seeLog() string {
	if c.options.LogName != "" {
		return "see what it wrote in " + c.options.LogName
	}
	return "run again with --debug-log FILE to see what it wrote"
}

// bounded keeps the beginning of what is written to it.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, mostWritten-b.Len()))])
	return len(p), nil
}
